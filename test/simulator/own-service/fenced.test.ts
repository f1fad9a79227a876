// The fence for real services, in a service under the full storm: it holds; without one of its guards it does not.

import { expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { shipping } from '../../../participants-mock/index.ts';
import { defineScenario, ownService, profiles, type Scenario, simulate } from '../../../simulator/index.ts';

const purchase = defineSaga({
  name: 'purchase',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    charge: { service: 'till', action: 'charge', compensation: 'refund' },
    ship: { service: 'shipping', action: 'create', compensation: 'cancel', after: ['charge'] },
  },
});

function scenarioOf(name: string): Scenario {
  return defineScenario({
    name: 'fenced',
    title: 'A till behind the fence',
    sagas: [purchase],
    participants: () => ({
      till: ownService(new URL('./fixtures/fenced.ts', import.meta.url), {
        actions: ['charge', 'refund'],
        export: name,
      }),
      shipping: shipping({ createFails: { permille: 300 } }),
    }),
    workload: () => ({ saga: purchase, input: {} }),
  });
}

/** The invariant that breaks first in so many runs; undefined where all of them hold. */
function brokenIn(name: string, seeds: number): string | undefined {
  const scenario = scenarioOf(name);
  for (let seed = 0; seed < seeds; seed++) {
    const options = { seed: `fenced/${seed}`, sagas: 5, profile: profiles.storm };
    const { violations, verdict } = simulate(scenario, options);
    if (verdict !== 'held') return violations[0]?.invariant ?? verdict;
  }
  return undefined;
}

test.each(['memory', 'sqlite'])('with its table in %s, 200 storms do it no harm', (name) => {
  expect(brokenIn(name, 200)).toBeUndefined();
});

test.each([
  ['memoryWithoutMemory', 'at-most-once'],
  ['sqliteWithoutMemory', 'at-most-once'],
  ['memoryWithoutTombstones', 'nothing-after-the-end'],
  ['sqliteWithoutTombstones', 'nothing-after-the-end'],
  ['memoryWithoutOneCommit', 'all-or-nothing'],
  ['sqliteWithoutOneCommit', 'all-or-nothing'],
])('%s is caught: %s', (name, invariant) => {
  expect(brokenIn(name, 200)).toBe(invariant);
});
