// The arbitraries of sagastorm/fast-check: what they draw runs, what breaks is found, and it shrinks to little.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import transfer from '../../scenarios/bank-transfer.ts';
import order from '../../scenarios/order-processing.ts';
import { planFault } from '../../simulator/faults/plan-fault.ts';
import type { FaultPlan } from '../../simulator/index.ts';
import {
  faultPlan,
  sagaDefinition,
  simulate,
  withWorkload,
  workload,
} from '../../testing/fast-check/index.ts';
import forgetful from './fixtures/forgetful.ts';

const SEED = { seed: 4711 };

test('faults of a plan strike where it says, and a correct scenario bears any of them', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(faultPlan(transfer, { sagas: 2 }), (plan) => {
      const result = simulate(transfer, { sagas: 2, plan });
      expect(planFault(plan)).toBeUndefined();
      expect(result.plan).toEqual(plan);
      expect(result.violations).toEqual([]);
      for (const { kind } of plan) kinds.add(kind);
    }),
    { ...SEED, numRuns: 60 },
  );
  expect(kinds.size).toBeGreaterThan(15);
});

test('a plan that breaks a scenario shrinks to one fault in one step', () => {
  const holds = fc.property(
    faultPlan(forgetful, { sagas: 2, faultsMax: 8 }),
    (plan) => simulate(forgetful, { sagas: 2, plan }).verdict === 'held',
  );
  const { failed, counterexample, numShrinks } = fc.check(holds, { ...SEED, numRuns: 200 });
  expect(failed).toBe(true);
  expect(counterexample?.[0]).toHaveLength(1);
  expect(numShrinks).toBeLessThanOrEqual(3);
});

test('a property about something else shrinks by fewer and milder faults', () => {
  const never = (plan: FaultPlan): boolean => !plan.some(({ kind }) => kind === 'delay-reply');
  const { counterexample } = fc.check(fc.property(faultPlan(transfer, { sagas: 2, faultsMax: 8 }), never), {
    ...SEED,
    numRuns: 300,
  });
  expect(counterexample?.[0]).toHaveLength(1);
  const [[{ kind, params }]] = counterexample as [[FaultPlan[number]]];
  expect(kind).toBe('delay-reply');
  expect(Math.max(...Object.values(params))).toBeLessThanOrEqual(1_000);
});

test('any workload runs, and one that breaks shrinks to a single saga', () => {
  const [saga] = transfer.sagas as [(typeof transfer.sagas)[0]];
  const account = fc.nat(99).map((i) => `a-${i}`);
  const input = fc.record({ from: account, to: account, amount: fc.integer({ min: 1, max: 100 }) });
  const wishes = workload([{ saga, input: input.filter(({ from, to }) => from !== to) }]);
  fc.assert(
    fc.property(wishes, (starts) => {
      const { sagas, violations } = simulate(withWorkload(transfer, starts), { sagas: starts.length });
      expect(sagas.started).toBe(starts.length);
      expect(violations).toEqual([]);
    }),
    { ...SEED, numRuns: 30 },
  );
  const { counterexample } = fc.check(
    fc.property(wishes, (starts) => simulate(withWorkload(transfer, starts)).sagas.started === 0),
    SEED,
  );
  expect(counterexample?.[0]).toHaveLength(1);
});

test('any saga over the actions of services runs, and all or nothing of it stands', () => {
  const sagas = sagaDefinition([
    {
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      payload: () => ({ productId: 'lamp', quantity: 1 }),
    },
    { service: 'payment', action: 'charge', compensation: 'refund', payload: () => ({ amount: 1_00 }) },
  ]);
  const shapes = new Set<string>();
  fc.assert(
    fc.property(sagas, (saga) => {
      shapes.add(JSON.stringify(saga.steps.map(({ action, after }) => [action, after])));
      expect(simulate(withWorkload(order, [{ saga, input: {} }])).violations).toEqual([]);
    }),
    { ...SEED, numRuns: 50 },
  );
  expect(shapes.size).toBeGreaterThan(20);
});

test('what cannot be drawn from is refused', () => {
  expect(() => faultPlan({} as never)).toThrow('faultPlan is for scenarios');
  expect(() => sagaDefinition([])).toThrow('no steps are offered');
  expect(() => withWorkload(transfer, [])).toThrow('no saga to start');
  const [elsewhere] = order.sagas;
  expect(() => withWorkload(transfer, [{ saga: elsewhere!, input: {} }])).toThrow('unknown service');
});
