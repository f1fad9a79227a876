// What an event bus must do, whatever it keeps its events in: deliver each of them at least once, until it is heard; those of
// one transaction to one service in an order that agrees with what caused what; and lose nothing when its process goes.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { eventBus, type PublishedEvent, ReactiveService } from '../../engine/choreography/index.ts';
import { hash32 } from '../../engine/core/mix.ts';
import type { InputSink, Store, Transport } from '../../engine/core/ports.ts';
import type { Call, LedgerEntry, Outcome } from '../../engine/index.ts';
import { Host, LocalTransport } from '../../engine/live/index.ts';
import { flow, LOST, NO, Obedient } from '../engine/choreography/order-flow.ts';
import { quick } from '../engine/live/stage.ts';

const TRANSACTIONS = 40;
const definition = eventBus(flow);

/** A third of all requests is lost, a third of all answers; every fifth comes twice. */
class BadNetwork implements Transport {
  readonly delivered: Call[] = [];
  readonly #services: LocalTransport;

  constructor(services: LocalTransport) {
    this.#services = services;
  }

  send(call: Call, answers: InputSink): void {
    const lot = (hash32(`${call.key}#${call.attempt}`) >>> 1) % 15;
    if (lot < 5) return answers.input({ kind: 'reply', call, outcome: LOST });
    this.delivered.push(call);
    const deaf: InputSink = { input: () => answers.input({ kind: 'reply', call, outcome: LOST }) };
    this.#services.send(call, lot < 10 ? deaf : answers);
    if (lot % 5 === 0) this.#services.send(call, answers);
  }
}

/** Three services whose data outlives every process. */
function shop() {
  const participants = Object.fromEntries(
    Object.keys(flow.services).map((service) => {
      const one = new Obedient();
      one.answer = ({ action, saga }): Outcome =>
        action === 'ship' && Number(saga.slice(2)) % 3 === 0 ? NO : { kind: 'applied' };
      return [service, one] as const;
    }),
  );
  const reactive = Object.fromEntries(
    Object.entries(participants).map(([service, one]) => [
      service,
      new ReactiveService(service, one, [flow]),
    ]),
  );
  const network = new BadNetwork(new LocalTransport({ participants: reactive }));
  const entries = (): readonly LedgerEntry[] =>
    Object.values(participants).flatMap(({ ledger }) => ledger.drain());
  return { network, entries };
}

/** @param open the same events each time, by a new store unless it is kept in memory */
export function busContract(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let hosts: Host[] = [];
    afterEach(async () => {
      await Promise.all(hosts.map((host) => host.stop({ graceMs: 0 })));
      hosts = [];
    });

    async function running(transport: Transport): Promise<Host> {
      const store = await open();
      const host = new Host({
        store,
        transport,
        definitions: [definition],
        policy: quick,
        overridePolicy: true,
      });
      hosts.push(host);
      await host.start();
      return host;
    }

    const ids = Array.from({ length: TRANSACTIONS }, (_, i) => `t-${i}`);

    test('delivers everything, to an effect that happens once', async () => {
      const { network, entries } = shop();
      const host = await running(network);
      for (const id of ids) await host.create(definition, { amount: 1 }, { id });
      const ended = await Promise.all(ids.map((id) => host.whenEnded(id)));
      expect(ended.map(({ status }) => status)).toEqual(
        ids.map((_, i) => (i % 3 === 0 ? 'compensated' : 'completed')),
      );
      expect(effectsOf(entries())).toEqual(expectedEffects(ids));
      expect(network.delivered.some(({ attempt }) => attempt > 2)).toBe(true);
    });

    test('tells a service of the events of a transaction in their order', async () => {
      const { network } = shop();
      const host = await running(network);
      for (const id of ids) await host.create(definition, { amount: 1 }, { id });
      await Promise.all(ids.map((id) => host.whenEnded(id)));
      const last = new Map<string, number>();
      let seen = 0;
      for (const { saga, service, payload } of network.delivered) {
        const { time } = payload as PublishedEvent;
        const key = `${saga} ${service}`;
        expect(time).toBeGreaterThanOrEqual(last.get(key) ?? 0);
        if (last.has(key)) seen++;
        last.set(key, time);
      }
      expect(seen).toBeGreaterThan(TRANSACTIONS / 2);
    });

    test('loses nothing with its process', async () => {
      const { network, entries } = shop();
      const silent: Transport = { send: () => undefined };
      const before = await running(silent);
      for (const id of ids) await before.create(definition, { amount: 1 }, { id });
      await before.stop({ graceMs: 0 });
      const after = await running(network);
      const ended = await Promise.all(ids.map((id) => after.whenEnded(id)));
      expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['completed', 'compensated']));
      expect(effectsOf(entries())).toEqual(expectedEffects(ids));
    });

    test('keeps a dead letter until somebody knows what to do with it', async () => {
      const { network } = shop();
      let isKnown = false;
      const transport: Transport = {
        send: (call, answers) => {
          if (isKnown) return network.send(call, answers);
          const outcome: Outcome = { kind: 'rejected', failure: 'invalid_request', reason: 'schema 2' };
          answers.input({ kind: 'reply', call, outcome });
        },
      };
      const host = await running(transport);
      await host.create(definition, { amount: 1 }, { id: 't-1' });
      isKnown = true;
      await vi.waitFor(() => host.resume('t-1')); // refused until the letter is dead
      expect((await host.whenEnded('t-1')).status).toBe('completed');
    });
  });
}

function effectsOf(entries: readonly LedgerEntry[]): readonly string[] {
  return entries.map(({ saga, action }) => `${saga} ${action}`).toSorted();
}

/** Each effect, once. */
function expectedEffects(ids: readonly string[]): readonly string[] {
  const done = ids.flatMap((id, i) =>
    ['charge', 'reserve', ...(i % 3 === 0 ? ['release', 'refund'] : ['ship'])].map(
      (action) => `${id} ${action}`,
    ),
  );
  return done.toSorted();
}
