// Any saga that the engine accepts, and anything that may happen to it: what the properties of the core draw from.

import fc from 'fast-check';
import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import { FAILURE_CLASSES, type Outcome } from '../../../engine/core/protocol.ts';
import { type GraphSpec, graph } from './given.ts';

interface Shape {
  /** Per step that can be undone: the earlier ones that it comes after, as bits, and whether it has effects. */
  readonly first: readonly { readonly after: number; readonly effects: boolean }[];
  readonly pivot: boolean;
  readonly tail: number;
  readonly deadline: boolean;
}

function definitionOf({ first, pivot, tail, deadline }: Shape): SagaDefinition {
  const names = first.map((_, i) => `s${i}`);
  const steps: Record<string, GraphSpec[string]> = {};
  first.forEach(({ after, effects }, i) => {
    const before = names.filter((_, j) => j < i && (after >> j) & 1);
    steps[names[i]!] = { after: before, ...(effects ? {} : { effects: 'none' }) };
  });
  const mayFail = pivot ? [...names, 'pivot'] : names;
  if (pivot) steps.pivot = { kind: 'pivot', after: names };
  for (let i = 0; i < tail; i++) steps[`tail${i}`] = { kind: 'retriable', after: mayFail };
  return graph(steps, deadline ? { deadlineMs: 60_000 } : {});
}

/** Up to five steps in any order that has no cycle, perhaps a pivot, up to two retriable ones. */
export const anySaga: fc.Arbitrary<SagaDefinition> = fc
  .record({
    first: fc.array(fc.record({ after: fc.nat(31), effects: fc.boolean() }), { minLength: 1, maxLength: 5 }),
    pivot: fc.boolean(),
    tail: fc.nat(2),
    deadline: fc.boolean(),
  })
  .map(definitionOf);

const anyFailure = fc.constantFrom(...FAILURE_CLASSES);

/** Success twice as often, or long sagas would never get far. */
export const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant<Outcome>({ kind: 'applied' }),
  fc.constant<Outcome>({ kind: 'applied', result: { id: 1 } }),
  anyFailure.map((failure): Outcome => ({ kind: 'rejected', failure, reason: 'no' })),
  anyFailure.map((failure): Outcome => ({ kind: 'unknown', failure, reason: 'lost' })),
);
