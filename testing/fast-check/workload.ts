// Workloads for properties: who asks for which saga, with what, and when; and a scenario that is asked for these.

import fc from 'fast-check';
import type { SagaDefinition } from '../../engine/core/define-saga.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { assertServicesExist, type SagaStart, type Scenario } from '../../simulator/scenario.ts';
import { checkScenario } from '../storm-options.ts';

/** A saga that may be asked for, and any input that it takes. */
export interface Wish {
  readonly saga: SagaDefinition;
  readonly input: fc.Arbitrary<unknown>;
}

/** How many sagas are asked for, and within which time. */
export interface WorkloadOptions {
  /** Sagas at least; default 1. */
  readonly minLength?: number;
  /** Sagas at most; default 10. */
  readonly maxLength?: number;
  /** All are asked for within so many virtual milliseconds; default 1,000. */
  readonly withinMs?: number;
}

const LENGTH_DEFAULT = 10;
const WITHIN_MS_DEFAULT = 1_000;
const MICROSECONDS_PER_MS = 1_000;

/**
 * Any workload that is made of these sagas; shrinks to fewer, smaller inputs and earlier starts.
 *
 * @example
 * const transfers = workload([{ saga: transfer, input: fc.record({ from, to, amount: fc.integer({ min: 1, max: 9 }) }) }]);
 * fc.assert(
 *   fc.property(transfers, (starts) => {
 *     expect(simulate(withWorkload(shop, starts)).violations).toEqual([]);
 *   }),
 * );
 */
export function workload(
  wishes: readonly Wish[],
  { minLength = 1, maxLength = LENGTH_DEFAULT, withinMs = WITHIN_MS_DEFAULT }: WorkloadOptions = {},
): fc.Arbitrary<readonly SagaStart[]> {
  const startAtUs = fc.nat(withinMs * MICROSECONDS_PER_MS);
  const starts = wishes.map(({ saga, input }) => fc.record({ saga: fc.constant(saga), input, startAtUs }));
  return fc.array(fc.oneof(...starts), { minLength, maxLength });
}

/**
 * A scenario that is asked for these sagas, in this order, and no others.
 *
 * @throws UserError `not-a-scenario`, `no-workload`, and what `defineScenario` throws for sagas that it cannot serve
 * @example
 * simulate(withWorkload(shop, [{ saga: transfer, input: { from: 'a-0', to: 'a-1', amount: 1 } }]));
 */
export function withWorkload(scenario: Scenario, starts: readonly SagaStart[]): Scenario {
  checkScenario('withWorkload', scenario);
  if (starts.length === 0)
    throw new UserError('no-workload', 'withWorkload: there is no saga to start', 'Give at least one.');
  const sagas = [...new Set([...starts.map(({ saga }) => saga)])];
  assertServicesExist({ ...scenario, sagas });
  return {
    ...scenario,
    sagas,
    sagasPerRun: starts.length,
    workload: ({ index }) => starts[index % starts.length]!,
  };
}
