// Saga definitions for properties: any order of steps that the engine accepts, over the actions that services offer.

import fc from 'fast-check';
import type { SagaDefinition, StepSpec } from '../../engine/core/define-saga.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { defineSaga } from '../../engine/policy/index.ts';

/** A step that a saga may have: without its place in the saga, which is drawn. */
export type Offer = Omit<StepSpec<unknown>, 'after' | 'kind'>;

/** How large the drawn sagas may be. */
export interface SagaDefinitionOptions {
  /** Steps at most; default 5. */
  readonly stepsMax?: number;
  /** Default `any-saga`. */
  readonly name?: string;
  /** Default five minutes. */
  readonly deadlineMs?: number;
}

interface Drawn {
  readonly offer: Offer;
  /** The earlier steps that it comes after, as bits. */
  readonly after: number;
}

const STEPS_MAX_DEFAULT = 5;
/** A bit per earlier step. */
const AFTER_MAX = 0x7fff_ffff;
const STEPS_MAX = 31;
const DEADLINE_MS_DEFAULT = 300_000;

/**
 * Any saga over these steps: each may come several times, after any of those before it, or beside them. Shrinks to fewer
 * steps with fewer dependencies.
 *
 * @throws UserError `no-steps` or `bad-option`
 * @example
 * const sagas = sagaDefinition([
 *   { service: 'inventory', action: 'reserve', compensation: 'release', payload: () => ({ productId: 'lamp', quantity: 1 }) },
 *   { service: 'payment', action: 'charge', compensation: 'refund', payload: () => ({ amount: 1_00 }) },
 * ]);
 * fc.assert(
 *   fc.property(sagas, (saga) => {
 *     expect(simulate(withWorkload(shop, [{ saga, input: {} }])).violations).toEqual([]);
 *   }),
 * );
 */
export function sagaDefinition(
  offers: readonly Offer[],
  options: SagaDefinitionOptions = {},
): fc.Arbitrary<SagaDefinition> {
  if (offers.length === 0)
    throw new UserError('no-steps', 'sagaDefinition: no steps are offered', 'Give at least one.');
  const { stepsMax = STEPS_MAX_DEFAULT } = options;
  if (!Number.isInteger(stepsMax) || stepsMax < 1 || stepsMax > STEPS_MAX)
    throw new UserError('bad-option', `sagaDefinition: stepsMax is ${stepsMax}`, `It is 1 to ${STEPS_MAX}.`);
  const step = fc.record({ offer: fc.constantFrom(...offers), after: fc.nat(AFTER_MAX) });
  return fc.array(step, { minLength: 1, maxLength: stepsMax }).map((steps) => definitionOf(steps, options));
}

function definitionOf(steps: readonly Drawn[], options: SagaDefinitionOptions): SagaDefinition {
  const { name = 'any-saga', deadlineMs = DEADLINE_MS_DEFAULT } = options;
  const nameOf = ({ offer }: Drawn, i: number): string => `${offer.action}-${i + 1}`;
  const entries = steps.map((step, i) => {
    const after = steps.flatMap((earlier, j) => (j < i && (step.after >> j) & 1 ? [nameOf(earlier, j)] : []));
    return [nameOf(step, i), { ...step.offer, after }] as const;
  });
  return defineSaga({ name, version: 1, deadlineMs, steps: Object.fromEntries(entries) });
}
