// S10: a run that passed a bound is inconclusive and says which; and a run is never part of another one.

import { describe, expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { inventory } from '../../../participants-mock/index.ts';
import {
  defineScenario,
  profiles,
  type RunResult,
  type Scenario,
  type SimulationOptions,
  simulate,
} from '../../../simulator/index.ts';
import type { WorldVariant } from '../../../simulator/world/simulation-options.ts';
import { SimStore } from '../../../simulator/world/store.ts';

function scenarioWith(inPayload: () => void = () => undefined): Scenario {
  const saga = defineSaga({
    name: 'reserve-only',
    version: 1,
    steps: {
      reserve: {
        service: 'inventory',
        action: 'reserve',
        compensation: 'release',
        payload: () => {
          inPayload();
          return { productId: 'lamp', quantity: 1 };
        },
      },
    },
  });
  return defineScenario({
    name: 'small',
    title: 'One reservation',
    sagas: [saga],
    participants: () => ({ inventory: inventory({ items: { lamp: 1_000_000 } }) }),
    workload: () => ({ saga, input: {} }),
  });
}

function run(scenario: Scenario, more: Partial<SimulationOptions> = {}): RunResult {
  return simulate(scenario, { seed: 'host', sagas: 3, profile: profiles.calm, ...more });
}

/** A store beside which something is still to happen, long after all sagas have ended. */
function storeWithPlans(atUs: number): WorldVariant {
  return {
    store(world, partitions) {
      world.sim.schedule(atUs, world.sim.add({ happen: () => undefined }), 0, undefined);
      return new SimStore(world, partitions);
    },
  };
}

test('S10: a run that stopped at its bound of time is inconclusive, also when every saga has ended', () => {
  expect(run(scenarioWith(), { variant: storeWithPlans(1e10) }).verdict).toBe('held');
  const { verdict, inconclusive, sagas } = run(scenarioWith(), { variant: storeWithPlans(1e14) });
  expect([verdict, sagas.completed]).toEqual(['inconclusive', 3]);
  expect(inconclusive).toMatch(/^stopped after \d+ s of virtual time$/);
});

describe('a run cannot start inside another run', () => {
  const nested = (): RunResult => run(scenarioWith());
  const alone = nested().fingerprint;

  test('not from a payload', () => {
    expect(() => run(scenarioWith(nested))).toThrow(
      expect.objectContaining({ code: 'nested-run', message: 'a run cannot start inside another run' }),
    );
  });

  test('not from a host that is told of progress', () => {
    expect(() => run(scenarioWith(), { sagas: 1_000, onProgress: nested })).toThrow('inside another run');
  });

  test('code that catches the refusal does not hide it, and the next run is as it was', () => {
    const swallows = scenarioWith(() => expect(nested).toThrow('inside another run'));
    expect(() => run(swallows)).toThrow('inside another run');
    expect(nested().fingerprint).toBe(alone);
  });
});
