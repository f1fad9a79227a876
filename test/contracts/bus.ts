// What an event bus must do, whatever it keeps its events in: deliver each of them at least once, until it is heard; those of
// one transaction to one service in an order that agrees with what caused what; and lose nothing when its process goes.
// Each in every weather; how a bus is brought about, and its weather, is the business of a rig: bus-rig.ts.

import { describe, expect, test } from 'vitest';
import { type BusRig, type BusRun, type Delivery, isRefused, REPEATING, WEATHERS } from './bus-rig.ts';

const TRANSACTIONS = 40;
const IDS = Array.from({ length: TRANSACTIONS }, (_, i) => `s-${i}`);

export function busContract(name: string, rig: BusRig): void {
  describe(name, () => {
    test.each(WEATHERS)('delivers everything, to an effect that happens once, when %s', async (weather) => {
      const run = await rig.play(TRANSACTIONS, weather);
      expectAllDone(run);
      expect(run.struck).toBeGreaterThanOrEqual(10);
      if (REPEATING.includes(weather)) expect(run.heard.length).toBeGreaterThan(firstOf(run.heard).length);
    });

    test.each(WEATHERS)('tells a service of what caused what in that order, when %s', async (weather) => {
      const { heard } = await rig.play(TRANSACTIONS, weather);
      const last = new Map<string, number>();
      for (const { saga, service, event } of firstOf(heard)) {
        const key = `${saga} ${service}`;
        expect(event.time).toBeGreaterThanOrEqual(last.get(key) ?? 0);
        last.set(key, event.time);
      }
      expect(firstOf(heard).length).toBeGreaterThan(last.size + TRANSACTIONS / 2); // many are told of two
    });

    test('keeps a dead letter until somebody knows what to do with it', async () => {
      const run = await rig.playDeadLetters(TRANSACTIONS);
      expect(run.struck).toBeGreaterThanOrEqual(TRANSACTIONS);
      expectAllDone(run);
    });
  });
}

/** All have ended as shipping would have it, and each effect happened, once. */
function expectAllDone({ statuses, effects }: BusRun): void {
  expect(statuses).toEqual(IDS.map((id) => (isRefused(id) ? 'compensated' : 'completed')));
  expect(effects.toSorted()).toEqual(IDS.flatMap(effectsOf).toSorted());
}

function effectsOf(id: string): readonly string[] {
  const rest = isRefused(id) ? ['release', 'refund'] : ['ship'];
  return ['charge', 'reserve', ...rest].map((action) => `${id} ${action}`);
}

/** Deliveries that were no repetition. */
function firstOf(heard: readonly Delivery[]): readonly Delivery[] {
  const known = new Set<string>();
  return heard.filter(({ saga, service, event: { type } }) => {
    const key = `${saga} ${service} ${type}`;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}
