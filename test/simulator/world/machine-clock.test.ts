// C1 and C2: a wrong clock never shows a time before the begin, and never lets a thing happen before its time.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import transfer from '../../../scenarios/bank-transfer.ts';
import { FaultInjector } from '../../../simulator/faults/injector.ts';
import { type FaultPlan, profiles, simulate } from '../../../simulator/index.ts';
import { EventQueue } from '../../../simulator/kernel/event-queue.ts';
import { Seed } from '../../../simulator/kernel/random.ts';
import { Simulation } from '../../../simulator/kernel/simulation.ts';
import { Timeline } from '../../../simulator/timeline.ts';
import { MachineClock } from '../../../simulator/world/machine-clock.ts';
import type { SimSaga } from '../../../simulator/world/sim-saga.ts';
import type { World } from '../../../simulator/world/world.ts';

/** A clock that runs wrong by `driftPpm` and is ahead by `skewUs` from 0 on, and a way to move the time. */
function clockWith(driftPpm: number, skewUs: number): { clock: MachineClock; sim: Simulation } {
  const sim = new Simulation(new EventQueue());
  const seed = new Seed('clock');
  const params = {
    slow: driftPpm < 0 ? 1 : 0,
    driftPpm: Math.abs(driftPpm),
    behind: skewUs < 0 ? 1 : 0,
    skewUs: Math.abs(skewUs),
  };
  const injector = new FaultInjector({
    seed,
    profile: profiles.calm,
    sagas: 1,
    keepPlan: false,
    names: { saga: () => 's', step: () => 'a', machine: () => 'm' },
    plan: [{ kind: 'clock-drift', at: 'm@0ms:clock', params }],
  });
  const clock = new MachineClock({ sim, injector, timeline: new Timeline() } as unknown as World, 0);
  clock.tick({ phase: 'running' } as SimSaga);
  return { clock, sim };
}

const drift = fc.integer({ min: -20_000, max: 20_000 });
const skew = fc.integer({ min: -600_000_000, max: 600_000_000 });
const time = fc.integer({ min: 0, max: 40_000_000_000 });

test('a clock that nobody set shows true time', () => {
  const { clock, sim } = clockWith(0, 0);
  sim.nowUs = 12_345;
  expect([clock.nowUs, clock.trueUs(77)]).toEqual([12_345, 77]);
});

test('C2: when a thing is due by a wrong clock, it shows at least that time, and a microsecond before it does not', () => {
  fc.assert(
    fc.property(drift, skew, time, (driftPpm, skewUs, atUs) => {
      const { clock, sim } = clockWith(driftPpm, skewUs);
      const due = clock.trueUs(atUs);
      sim.nowUs = Math.max(0, due);
      expect(clock.nowUs).toBeGreaterThanOrEqual(atUs);
      if (due <= 1) return;
      sim.nowUs = due - 1;
      expect(clock.nowUs).toBeLessThanOrEqual(atUs);
    }),
  );
});

test('C1: a clock that was set back beyond the begin shows the begin, and goes on from there in its time', () => {
  const { clock, sim } = clockWith(0, -1_000_000);
  sim.nowUs = 400_000;
  expect(clock.nowUs).toBe(0);
  sim.nowUs = 1_500_000;
  expect(clock.nowUs).toBe(500_000);
});

test('a clock can be set more than once', () => {
  const { clock, sim } = clockWith(10_000, 5);
  sim.nowUs = 1_000_000;
  expect(clock.nowUs).toBe(1_010_005);
  clock.jump(-10_005);
  expect(clock.nowUs).toBe(1_000_000);
  sim.nowUs = 2_000_000;
  expect(clock.nowUs).toBe(2_010_000);
});

test('a saga outlives a clock that is set by ten minutes at any of its inputs, forward or back', () => {
  for (const back of [0, 1]) {
    for (let input = 1; input <= 8; input++) {
      const plan: FaultPlan = [
        { kind: 'clock-jump', at: `s-0#${input}:input`, params: { back, jumpUs: 600_000_000 } },
      ];
      const { verdict, sagas } = simulate(transfer, { seed: 'set', sagas: 1, profile: profiles.calm, plan });
      expect([back, input, verdict, sagas.open]).toEqual([back, input, 'held', 0]);
    }
  }
});
