// E12: what is wrong with a saga is said when it is defined, in one sentence that names the place. E8: the kinds of
// steps. And what the types of `defineSaga` know.

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineSaga, type SagaSpec, type StepSpec, stepIndexOf } from '../../../engine/core/define-saga.ts';
import type { Policy } from '../../../engine/core/policy.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { THREE_TIMES } from './given.ts';

const A = { service: 'svc', action: 'do', compensation: 'undo' };
const LOOK = { service: 'svc', action: 'look', effects: 'none' } as const;
const PIVOT = { service: 'svc', action: 'pay', kind: 'pivot' } as const;
const TAIL = { service: 'svc', action: 'ship', kind: 'retriable' } as const;

function errorOf(define: () => unknown): UserError {
  try {
    define();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

type Steps = Readonly<Record<string, StepSpec<unknown>>>;

function define(steps: Steps, head: Partial<SagaSpec<unknown, string>> = {}) {
  return defineSaga({ name: 'order', version: 1, steps, ...head });
}

test.each<[code: string, sentence: string, steps: Steps, head?: Partial<SagaSpec<unknown, string>>]>([
  ['bad-name', 'saga name "my order" is not usable', { a: A }, { name: 'my order' }],
  ['bad-name', 'saga name "" is not usable', { a: A }, { name: '' }],
  ['bad-name', 'saga "order": step name "a/b" is not usable', { 'a/b': A }],
  ['bad-version', 'saga "order": version 0 is not a whole number from 1', { a: A }, { version: 0 }],
  ['bad-version', 'saga "order": version 1.5 is not a whole number from 1', { a: A }, { version: 1.5 }],
  [
    'bad-limit',
    'saga "order": deadlineMs is NaN; it must be a whole number from 1 to 31622400000',
    { a: A },
    { deadlineMs: Number.NaN },
  ],
  [
    'bad-limit',
    'saga "order", step "a": timeoutMs is 0; it must be a whole number from 1 to 86400000',
    { a: { ...A, timeoutMs: 0 } },
  ],
  [
    'bad-limit',
    'saga "order", step "a": attemptsMax is 1001; it must be a whole number from 1 to 1000',
    { a: { ...A, attemptsMax: 1001 } },
  ],
  ['no-steps', 'saga "order" has no steps', {}],
  [
    'bad-limit',
    'saga "order" has 501 steps; 500 are the most',
    Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`s${i}`, A])),
  ],
  [
    'unknown-step',
    'saga "order", step "a": after names "b", which is not a step',
    { a: { ...A, after: ['b'] } },
  ],
  [
    'cycle',
    'saga "order": steps wait for one another: a → b → c → a',
    { a: { ...A, after: ['c'] }, b: { ...A, after: ['a'] }, c: { ...A, after: ['b'] } },
  ],
  ['cycle', 'saga "order": steps wait for one another: a → a', { a: { ...A, after: ['a'] } }],
  [
    'no-compensation',
    'saga "order", step "a": there is no compensation',
    { a: { service: 's', action: 'x' } },
  ],
  [
    'bad-kind',
    'saga "order", step "p": a pivot is never undone, so it has no compensation',
    { p: { ...PIVOT, compensation: 'undo' } },
  ],
  [
    'bad-kind',
    'saga "order", step "l": a step without effects is never undone, so it has no compensation',
    { l: { ...LOOK, compensation: 'undo' } },
  ],
  [
    'bad-kind',
    'saga "order" has more than one pivot: "p" and "q"',
    { p: PIVOT, q: { ...PIVOT, after: ['p'] } },
  ],
  [
    'bad-kind',
    'saga "order", step "p": a pivot step cannot be undone, yet "a", which can fail, does not come before it',
    { p: PIVOT, a: { ...A, after: ['p'] } },
  ],
  [
    'bad-kind',
    'saga "order", step "t": a retriable step cannot be undone, yet "l", which can fail, does not come before it',
    { t: TAIL, l: LOOK },
  ],
])('E12: %s: %s', (code, sentence, steps, head) => {
  const error = errorOf(() => define(steps, head));
  expect(error.code).toBe(code);
  expect(error.message).toBe(sentence);
});

const STEP = 'saga "order", step "a": ';

test.each<[code: string, sentence: string, steps: unknown]>([
  ['no-steps', 'saga "order": steps is missing; it must be an object', undefined],
  ['no-steps', 'saga "order": steps is null; it must be an object', null],
  ['no-steps', 'saga "order": steps is a list; it must be an object', [A]],
  ['no-steps', 'saga "order": steps is "debit"; it must be an object', 'debit'],
  ['bad-step', `${STEP}it is null; it must be an object`, { a: null }],
  ['bad-step', `${STEP}it is a function; it must be an object`, { a: () => A }],
  ['bad-step', `${STEP}service is missing; it must be a text that is not empty`, { a: { action: 'do' } }],
  ['bad-step', `${STEP}service is ""; it must be a text that is not empty`, { a: { ...A, service: '' } }],
  ['bad-step', `${STEP}action is 7; it must be a text that is not empty`, { a: { ...A, action: 7 } }],
  ['bad-step', `${STEP}action is missing; it must be a text that is not empty`, { a: { service: 'svc' } }],
  [
    'bad-step',
    `${STEP}compensation is ""; it must be a text that is not empty`,
    { a: { ...A, compensation: '' } },
  ],
  [
    'bad-step',
    `${STEP}compensation is a function; it must be a text that is not empty`,
    { a: { ...A, compensation: () => 1 } },
  ],
  ['bad-step', `${STEP}payload is an object; it must be a function`, { a: { ...A, payload: {} } }],
  ['bad-step', `${STEP}payload is null; it must be a function`, { a: { ...A, payload: null } }],
  [
    'bad-step',
    `${STEP}compensationPayload is 1; it must be a function`,
    { a: { ...A, compensationPayload: 1 } },
  ],
  ['bad-step', `${STEP}after is "b"; it must be a list of step names`, { a: { ...A, after: 'b' }, b: A }],
  ['unknown-step', `${STEP}after names "7", which is not a step`, { a: { ...A, after: [7] } }],
  [
    'bad-kind',
    `${STEP}kind is "pivto"; it must be one of compensatable, pivot, retriable`,
    { a: { ...PIVOT, kind: 'pivto' } },
  ],
  [
    'bad-kind',
    `${STEP}kind is null; it must be one of compensatable, pivot, retriable`,
    { a: { ...A, kind: null } },
  ],
])('E12: JavaScript, too, is refused: %s: %s', (code, sentence, steps) => {
  const error = errorOf(() => define(steps as Steps));
  expect(error.code).toBe(code);
  expect(error.message).toBe(sentence);
});

test('E12: a name that only looks like one is refused', () => {
  expect(errorOf(() => define({ a: A }, { name: 7 as unknown as string })).code).toBe('bad-name');
});

test.each<[kind: unknown, hint: string]>([
  ['pivto', 'Did you mean "pivot"? Kinds: compensatable, pivot, retriable.'],
  ['Retryable', 'Did you mean "retriable"? Kinds: compensatable, pivot, retriable.'],
  ['optional', 'Kinds: compensatable, pivot, retriable.'],
  [2, 'Leave it out for a step that can be undone.'],
])('E12: kind %j: %s', (kind, hint) => {
  const step = { ...TAIL, kind } as StepSpec<unknown>;
  expect(errorOf(() => define({ a: step })).hint).toBe(hint);
});

test('E12: the policy may refuse the saga', () => {
  const policy: Policy = {
    ...THREE_TIMES,
    check: ({ name }) => {
      throw new UserError('deadline-too-short', `saga "${name}": too short`);
    },
  };
  expect(errorOf(() => define({ a: A }, { policy })).code).toBe('deadline-too-short');
});

test('E12: an error says what to do next', () => {
  expect(errorOf(() => define({ a: { ...A, after: ['b'] } })).hint).toBe('Steps are: a.');
  expect(errorOf(() => define({ p: PIVOT, a: A })).hint).toBe(
    'Add after: ["a"] to "p", or make "a" retriable and put it after.',
  );
});

test('E8: compensatable steps, then the pivot, then retriable ones', () => {
  const saga = define({
    look: LOOK,
    a: A,
    pay: { ...PIVOT, after: ['look', 'a'] },
    ship: { ...TAIL, after: ['pay'] },
    mail: { ...TAIL, after: ['pay'] },
  });
  expect(saga.steps.map(({ kind }) => kind)).toEqual([
    'compensatable',
    'compensatable',
    'pivot',
    'retriable',
    'retriable',
  ]);
});

test('a definition is compiled: milliseconds to microseconds, names to indices', () => {
  const saga = define(
    { a: A, b: { ...A, after: ['a'], timeoutMs: 5, attemptsMax: 2 }, c: { ...A, after: ['b'] } },
    { deadlineMs: 60_000 },
  );
  expect(saga.deadlineUs).toBe(60_000_000);
  expect(saga.steps.map(({ after, descendants }) => [after, descendants])).toEqual([
    [[], [1, 2]],
    [[0], [2]],
    [[1], []],
  ]);
  expect(saga.steps[1]).toMatchObject({ index: 1, name: 'b', timeoutUs: 5_000, attemptsMax: 2 });
  expect(stepIndexOf(saga, 'c')).toBe(2);
  expect(stepIndexOf(saga, 'd')).toBe(-1);
});

test('the payload is the input unless the step makes its own, and the undo is asked the same', () => {
  const forward = { saga: 's-1', input: { n: 1 }, results: {} };
  const undo = { ...forward, result: undefined };
  const [a, b] = define({ a: A, b: { ...A, payload: () => 'b' } }).steps;
  expect(a!.payload(forward)).toEqual({ n: 1 });
  expect(a!.compensationPayload(undo)).toEqual({ n: 1 });
  expect(b!.compensationPayload(undo)).toBe('b');
});

describe('types', () => {
  const input = z.object({ from: z.string(), amount: z.number() });

  test('the input of payloads is what the schema makes of it', () => {
    defineSaga({
      name: 'typed',
      version: 1,
      input,
      steps: {
        a: {
          ...A,
          payload: (context) => {
            expectTypeOf(context.input).toEqualTypeOf<{ from: string; amount: number }>();
            return context.input.amount;
          },
        },
      },
    });
  });

  test('without a schema the input is unknown', () => {
    defineSaga({
      name: 'untyped',
      version: 1,
      steps: { a: { ...A, payload: (context) => expectTypeOf(context.input).toBeUnknown() } },
    });
  });

  test('`after` can only name steps of the same saga', () => {
    const wrong = () =>
      defineSaga({
        name: 'typed',
        version: 1,
        // @ts-expect-error: there is no step "c"
        steps: { a: A, b: { ...A, after: ['c'] } },
      });
    expect(errorOf(wrong).code).toBe('unknown-step');
  });

  test('a schema that transforms types its output', () => {
    const schema: StandardSchemaV1<unknown, number> = z.pipe(z.unknown(), z.transform(Number));
    defineSaga({
      name: 'typed',
      version: 1,
      input: schema,
      steps: { a: { ...A, payload: (context) => expectTypeOf(context.input).toBeNumber() } },
    });
  });
});

test.each<[where: string, spec: object, message: RegExp]>([
  ['saga', { deadlineMS: 5 }, /saga "s": unknown member "deadlineMS"/],
  [
    'step',
    { steps: { a: { service: 's', action: 'a', compensation: 'u', dependsOn: [] } } },
    /step "a": unknown member "dependsOn"/,
  ],
])('E12: a member of a %s that nothing reads is refused', (_where, spec, message) => {
  const right = { name: 's', version: 1, steps: { a: { service: 's', action: 'a', compensation: 'u' } } };
  expect(() => defineSaga({ ...right, ...spec } as Parameters<typeof defineSaga>[0])).toThrow(message);
});
