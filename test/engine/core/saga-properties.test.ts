// Any saga, driven by anything at all: it stays legal at every step, it ends, and its log says all there is to say.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assert } from '../../../engine/core/assert.ts';
import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import { fold, isAtRest, pending, type SagaEvent } from '../../../engine/core/saga.ts';
import { anyOutcome, anySaga } from './any-saga.ts';
import { type Answer, SagaUnderTest } from './given.ts';

/** An answer to the `which`-th outstanding call or, when `age` > 0, to an older attempt of it; or a wish. */
const anyHappening = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ which: fc.nat(20), age: fc.constantFrom(0, 0, 0, 1, 2), outcome: anyOutcome }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'cancel' as const,
      'deadline-passed' as const,
      'resume' as const,
      'retry' as const,
    ),
  },
);

type Happening = typeof anyHappening extends fc.Arbitrary<infer H> ? H : never;
const anyHappenings = fc.array(anyHappening, { maxLength: 60 });

function happen(saga: SagaUnderTest, happening: Happening): void {
  if (typeof happening === 'string') {
    saga.when(happening);
    return;
  }
  const calls = pending(saga.state);
  const call = calls[happening.which % Math.max(1, calls.length)];
  if (call === undefined) return;
  const attempt = Math.max(1, call.attempt - happening.age);
  const step = saga.state.definition.steps[call.step]!.name;
  saga.when({ step, outcome: happening.outcome, to: { attempt, direction: call.direction } });
}

/** From here on, every call is answered with success, and a person resumes what waits for one. */
function heal(saga: SagaUnderTest): void {
  for (let turn = 0; !isAtRest(saga.status) || saga.status === 'compensation_failed'; turn++) {
    assert(turn < 100, 'the saga does not end');
    saga.when('resume');
    for (const { step } of pending(saga.state)) {
      const answer: Answer = { step: saga.state.definition.steps[step]!.name, outcome: { kind: 'applied' } };
      saga.when(answer);
    }
  }
}

function driven(definition: SagaDefinition, happenings: readonly Happening[]): SagaUnderTest {
  const saga = new SagaUnderTest(definition);
  for (const happening of happenings) happen(saga, happening);
  return saga;
}

test('E9: at every moment the fold of the log is the state, and so what is outstanding', () => {
  fc.assert(
    fc.property(anySaga, anyHappenings, (definition, happenings) => {
      const saga = new SagaUnderTest(definition);
      for (const happening of happenings) {
        happen(saga, happening);
        const recovered = fold(definition, 's-1', structuredClone(saga.log));
        expect(recovered).toEqual(saga.state);
        expect(pending(recovered)).toEqual(pending(saga.state));
      }
    }),
  );
});

test('every saga ends once its calls succeed, and its end is true', () => {
  const ends = new Set<string>();
  fc.assert(
    fc.property(anySaga, anyHappenings, (definition, happenings) => {
      const saga = driven(definition, happenings);
      heal(saga);
      ends.add(saga.status);
      const standing = definition.steps.filter(
        ({ hasEffects, name }) =>
          hasEffects && !['pending', 'rejected', 'compensated'].includes(saga.steps[name]!),
      );
      if (saga.status === 'completed') {
        expect(Object.values(saga.steps).every((status) => status === 'applied')).toBe(true);
      } else {
        expect(['compensated', 'failed']).toContain(saga.status);
        expect(standing).toEqual([]);
        const undone = Object.values(saga.steps).includes('compensated');
        expect(undone).toBe(saga.status === 'compensated');
      }
    }),
    { numRuns: 400 },
  );
  expect(ends).toEqual(new Set(['completed', 'compensated', 'failed']));
});

/** Reads a log from the beginning and checks each event against those before it in its round. */
function refuseIllegal({ steps }: SagaDefinition, log: readonly SagaEvent[]): void {
  let seen = new Set<string>();
  for (const event of log) {
    if (event.kind === 'saga-retried') seen = new Set();
    const name = 'step' in event ? event.step : '';
    const step = steps.find((known) => known.name === name);
    if (event.kind === 'step-requested') {
      for (const before of step!.after) expect(seen).toContain(`step-applied ${steps[before]!.name}`);
    }
    if (event.kind === 'compensation-requested') {
      expect(seen).toContain(`step-requested ${name}`);
      for (const later of step!.descendants) expect(mayStand(steps[later]!.name)).toBe(false);
      expect([...seen].some((word) => /^step-applied (pivot|tail)/.test(word))).toBe(false); // E8
    }
    seen.add(`${event.kind} ${name}`);
  }

  function mayStand(name: string): boolean {
    const { hasEffects } = steps.find((known) => known.name === name)!;
    const closed = seen.has(`step-rejected ${name}`) || seen.has(`step-compensated ${name}`);
    return hasEffects && seen.has(`step-requested ${name}`) && !closed;
  }
}

test('E3, E8: forward work and undo keep their order, and nothing is undone past the pivot', () => {
  fc.assert(
    fc.property(anySaga, anyHappenings, (definition, happenings) => {
      const saga = driven(definition, happenings);
      heal(saga);
      refuseIllegal(definition, saga.log);
    }),
    { numRuns: 400 },
  );
});

test('E5: an ended saga decides nothing but a retry', () => {
  fc.assert(
    fc.property(
      anySaga,
      anyHappenings,
      anyOutcome,
      fc.nat(9),
      fc.nat(9),
      (definition, happenings, outcome, s, a) => {
        const saga = driven(definition, happenings);
        heal(saga);
        const step = definition.steps[s % definition.steps.length]!.name;
        for (const direction of ['forward', 'compensation'] as const) {
          expect(saga.when({ step, outcome, to: { direction, attempt: a } })).toEqual([]);
        }
        expect(saga.when('cancel', 'deadline-passed', 'resume')).toEqual([]);
      },
    ),
  );
});
