// Countermeasures as a saga declares them: which do not start (E12), and what the others make of the calls.

import { describe, expect, test } from 'vitest';
import { sagaFromJson } from '../../../engine/core/saga-from-json.ts';
import {
  type Countermeasure,
  defineSaga,
  policies,
  type SagaDefinition,
  type StepSpec,
  UserError,
} from '../../../engine/index.ts';

type Steps = Readonly<Record<string, StepSpec<unknown>>>;

const shop = { service: 'shop', action: 'do' };
const compensatable = { ...shop, compensation: 'undo' };

function sagaOf(steps: Steps): SagaDefinition {
  return defineSaga<unknown, string>({ name: 's', version: 1, steps });
}

function refusalOf(steps: Steps): UserError {
  try {
    sagaOf(steps);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it starts');
}

const lock = (changes: object = {}): Countermeasure =>
  ({ kind: 'semantic-lock', releasedBy: 'end', ...changes }) as Countermeasure;
const end = { ...shop, kind: 'retriable', after: ['a'] } as const;

describe('E12: what protects nothing does not start', () => {
  const WRONG: readonly (readonly [what: string, steps: Steps, says: RegExp])[] = [
    [
      'a lock that no step releases',
      { a: { ...compensatable, isolation: lock() } },
      /names "end", which is not a step/,
    ],
    [
      'a lock that is released at another service',
      { a: { ...compensatable, isolation: lock() }, end: { ...end, service: 'till' } },
      /its lock is at "shop", and "end" is at "till"/,
    ],
    [
      'a lock that is released by a step that does not come after it',
      {
        a: { ...compensatable, isolation: lock({ releasedBy: 'b' }), after: ['b'] },
        b: { ...compensatable },
      },
      /"b" releases its lock, and does not come after it/,
    ],
    [
      'a lock that is released while the saga can still be undone',
      { a: { ...compensatable, isolation: lock() }, end: { ...compensatable, after: ['a'] } },
      /"end" releases its lock, and may still be undone/,
    ],
    [
      'a lock of a step that only looks',
      { a: { ...shop, effects: 'none', isolation: lock() }, end },
      /it only looks/,
    ],
    [
      'a lock of a step that is never undone',
      { a: { ...shop, kind: 'pivot', isolation: lock() }, end },
      /a pivot step is never undone/,
    ],
    [
      'a lock that does what nobody knows',
      { a: { ...compensatable, isolation: lock({ whenLocked: 'hope' }) }, end },
      /whenLocked must be one of wait, refuse, wait-die/,
    ],
    [
      'a value that no step reads',
      { a: { ...compensatable, isolation: { kind: 'reread-value', from: 'look' } } },
      /from names "look", which is not a step/,
    ],
    [
      'a value that is read later, or perhaps later',
      {
        look: { ...shop, effects: 'none' },
        a: { ...compensatable, isolation: { kind: 'reread-value', from: 'look' } },
      },
      /does not come after it/,
    ],
    [
      'a value that is read elsewhere',
      {
        look: { service: 'till', action: 'look', effects: 'none' },
        a: { ...compensatable, after: ['look'], isolation: { kind: 'reread-value', from: 'look' } },
      },
      /is at another service, "till"/,
    ],
    [
      'a commutative update that updates nothing',
      { a: { ...shop, effects: 'none', isolation: { kind: 'commutative-update' } } },
      /it only looks, so commutative-update says nothing of it/,
    ],
    [
      'a place that is no function',
      { a: { ...compensatable, isolation: { kind: 'version-file', place: 3 } as never } },
      /must be a function/,
    ],
    [
      'a kind that there is not',
      { a: { ...compensatable, isolation: { kind: 'semantic-look' } as never } },
      /"semantic-look" is no kind of isolation/,
    ],
    [
      'a member that nobody reads',
      { a: { ...compensatable, isolation: lock({ timeoutMs: 3 }) }, end },
      /unknown member "timeoutMs"/,
    ],
    [
      'the same twice',
      { a: { ...compensatable, isolation: [lock(), lock()] }, end },
      /semantic-lock is there twice/,
    ],
    ['a word', { a: { ...compensatable, isolation: 'lock' as never } }, /must be an object with a kind/],
  ];
  for (const [what, steps, says] of WRONG) {
    test(what, () => {
      const { code, message } = refusalOf(steps);
      expect(code).toBe('bad-isolation');
      expect(message).toMatch(says);
    });
  }

  test('and one that is near gets a hint', () => {
    const { hint } = refusalOf({ a: { ...compensatable, isolation: { kind: 'semantic-look' } as never } });
    expect(hint).toMatch('Did you mean "semantic-lock"?');
  });
});

const INPUT = { record: 'x', n: 4 };

/** What the calls of a step carry besides its own payload. */
function demandsOf(
  definition: SagaDefinition,
  step: string,
  results: Readonly<Record<string, unknown>> = {},
) {
  const found = definition.steps.find(({ name }) => name === step)!;
  const context = { saga: 's-1', input: INPUT, results };
  const [forward, undo] = [
    found.payload(context),
    found.compensationPayload({ ...context, result: undefined }),
  ];
  return [(forward as { isolation?: unknown }).isolation, (undo as { isolation?: unknown }).isolation];
}

describe('what is sent', () => {
  test('a lock is taken by its step, and released by its compensation and by the step that it names', () => {
    const saga = sagaOf({
      a: { ...compensatable, isolation: lock({ whenLocked: 'wait-die' }) },
      b: { ...compensatable, after: ['a'], isolation: lock() },
      end: { ...end, after: ['b'] },
    });
    expect(demandsOf(saga, 'a')).toEqual([{ lock: 'wait-die' }, { releases: ['a'] }]);
    expect(demandsOf(saga, 'b')).toEqual([{ lock: 'wait' }, { releases: ['b'] }]);
    expect(demandsOf(saga, 'end')[0]).toEqual({ releases: ['a', 'b'] });
  });

  test('a value that is read again goes with its versions', () => {
    const saga = sagaOf({
      look: { ...shop, effects: 'none' },
      a: { ...compensatable, after: ['look'], isolation: { kind: 'reread-value', from: 'look' } },
    });
    const versions = { x: 7 };
    expect(demandsOf(saga, 'look')[0]).toEqual({ versions: true });
    expect(demandsOf(saga, 'a', { look: { isolation: { versions } } })[0]).toEqual({ expects: versions });
    expect(() => demandsOf(saga, 'a', { look: { price: 3 } })).toThrow('says no versions');
  });

  test('a change goes with its place, in both directions', () => {
    const place = ({ input }: { readonly input: unknown }): number => (input as typeof INPUT).n;
    const saga = sagaOf({ a: { ...compensatable, isolation: { kind: 'version-file', place } } });
    expect(demandsOf(saga, 'a')).toEqual([{ place: 4 }, { place: 4 }]);
    const nowhere = sagaOf({ a: { ...compensatable, isolation: { kind: 'version-file', place: () => 0 } } });
    expect(() => demandsOf(nowhere, 'a')).toThrow('not a whole number from 1');
  });

  test('a commutative update says that it is one', () => {
    const saga = sagaOf({ a: { ...compensatable, isolation: { kind: 'commutative-update' } } });
    expect(demandsOf(saga, 'a')).toEqual([{ commutes: true }, { commutes: true }]);
  });

  test('a step that says nothing sends what it always sent', () => {
    const saga = sagaOf({ a: compensatable });
    const context = { saga: 's-1', input: INPUT, results: {} };
    expect(saga.steps[0]!.payload(context)).toBe(INPUT);
    expect(saga.steps[0]!.compensationPayload({ ...context, result: undefined })).toBe(INPUT);
    expect(JSON.stringify(saga)).not.toContain('isolation'); // or every capsule would say that its scenario has changed
  });

  test('a payload that has no place for it is refused, and so is one that has it already', () => {
    const saga = sagaOf({
      a: { ...compensatable, payload: () => 3, isolation: { kind: 'commutative-update' } },
    });
    expect(() => demandsOf(saga, 'a')).toThrow('it must be an object');
    const taken = sagaOf({
      a: {
        ...compensatable,
        payload: () => ({ isolation: 'mine' }),
        isolation: { kind: 'commutative-update' },
      },
    });
    expect(() => demandsOf(taken, 'a')).toThrow('only the engine may give it');
  });
});

test('a saga in JSON may say it, too', () => {
  const step = { service: 'shop', action: 'do' };
  const { definition } = sagaFromJson(
    {
      name: 's',
      steps: [
        { id: 'a', ...step, compensation: 'undo', isolation: { kind: 'semantic-lock', releasedBy: 'end' } },
        { id: 'end', ...step, kind: 'retriable' },
      ],
    },
    policies.default,
  );
  expect(demandsOf(definition, 'a')).toEqual([{ lock: 'wait' }, { releases: ['a'] }]);
});
