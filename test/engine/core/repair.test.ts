// What people may do to a saga: every state with every act, and what becomes of the saga then.

import { describe, expect, test } from 'vitest';
import { checkAct, REPAIR_KINDS, type RepairKind } from '../../../engine/core/repair-act.ts';
import { fold, pending } from '../../../engine/core/saga.ts';
import { whyWaiting } from '../../../engine/core/waiting.ts';
import { foldChecked } from '../../../simulator/invariants/legal-transitions.ts';
import { applied, given, graph, lost, refused, rejected, type SagaUnderTest, sequence } from './given.ts';

const two = sequence('a', 'b');
const order = graph({
  a: {},
  pay: { kind: 'pivot', after: ['a'] },
  mail: { kind: 'retriable', after: ['pay'] },
  bill: { kind: 'retriable', after: ['mail'] },
});
const spent = (step: string) => [refused(step), refused(step), refused(step)];

const STATES: Readonly<Record<string, () => SagaUnderTest>> = {
  running: () => given(two, applied('a')),
  stopping: () => given(order, applied('a'), 'cancel'), // its pivot is under way
  'past its pivot': () => given(order, applied('a'), applied('pay')),
  compensating: () => given(two, applied('a'), rejected('b')),
  compensation_failed: () => given(two, applied('a'), rejected('b'), ...spent('a')),
  completed: () => given(two, applied('a'), applied('b')),
  compensated: () => given(two, applied('a'), rejected('b'), applied('a')),
  failed: () => given(two, rejected('a')),
  resolved: () => {
    const saga = given(two, applied('a'));
    saga.repair({ act: 'resolve', id: 'first' });
    return saga;
  },
};

/** What each act comes to; what is not named is refused. The same table stands in engine/core/repair.ts. */
const ALLOWED: Readonly<Record<string, Partial<Record<RepairKind, string>>>> = {
  running: {
    compensate: 'stop-requested, compensation-started, compensation-requested b',
    resolve: 'saga-resolved',
  },
  stopping: { resolve: 'saga-resolved' },
  'past its pivot': { skip: 'step-skipped mail, step-requested bill', resolve: 'saga-resolved' },
  compensating: { skip: 'step-skipped a, saga-resolved', resolve: 'saga-resolved' },
  compensation_failed: {
    resume: 'compensation-resumed, compensation-requested a',
    skip: 'step-skipped a, saga-resolved',
    resolve: 'saga-resolved',
  },
  completed: {},
  compensated: { retry: 'saga-retried, step-requested a' },
  failed: { retry: 'saga-retried, step-requested a' },
  resolved: {},
};

describe.each(Object.keys(STATES))('a saga that is %s', (name) => {
  test.each(REPAIR_KINDS)('%s', (act) => {
    const saga = STATES[name]!();
    const before = saga.log.length;
    const said = saga.repair({ act });
    const expected = ALLOWED[name]![act];
    if (expected === undefined) {
      expect(said).toMatch(/^refused: [a-z"].{5,}[a-z0-9)]$/); // one sentence, for people
      expect(saga.log).toHaveLength(before);
    } else {
      expect(said).toBe(expected);
      expect(saga.repair({ act })).toBe('done before');
      expect(foldChecked(saga.state.definition, 's-1', saga.log).illegal).toBeUndefined();
      expect(fold(saga.state.definition, 's-1', structuredClone(saga.log))).toEqual(saga.state);
      expect(saga.state.acts.at(-1)).toMatchObject({ act, id: `${act}-1`, by: 'anna', why: 'because' });
    }
  });
});

test('an id is of one act: another under the same id is refused', () => {
  const saga = STATES.compensation_failed!();
  saga.repair({ act: 'resume', id: 'inc-7' });
  expect(saga.repair({ act: 'skip', id: 'inc-7' })).toBe(
    'refused: the id "inc-7" is that of another act, resume by anna: because',
  );
});

test('an act stays done over all rounds, and so a repeated request for a retry begins no other', () => {
  const saga = STATES.failed!();
  saga.repair({ act: 'retry' });
  saga.when(rejected('a'));
  expect(saga.status).toBe('failed');
  expect(saga.repair({ act: 'retry' })).toBe('done before');
  expect(saga.repair({ act: 'retry', id: 'retry-2' })).toBe('saga-retried, step-requested a');
});

test('the undo that waited for a skipped one begins, and the saga ends resolved', () => {
  const saga = given(sequence('a', 'b', 'c'), applied('a'), applied('b'), rejected('c'), ...spent('b'));
  expect(saga.status).toBe('compensation_failed');
  expect(saga.repair({ act: 'skip' })).toBe('step-skipped b, compensation-requested a');
  saga.when(applied('a'));
  expect(saga.status).toBe('resolved');
  expect(saga.steps).toEqual({ a: 'compensated', b: 'skipped', c: 'rejected' });
  expect(saga.repair({ act: 'retry' })).toMatch(/^refused: a person took it over/); // R2: its key is open
});

test('what else was given up waits for a person as before', () => {
  const both = graph({ a: {}, b: {}, c: { after: ['a', 'b'] } });
  const saga = given(both, applied('a'), applied('b'), rejected('c'), ...spent('a'), ...spent('b'));
  expect(saga.repair({ act: 'skip' })).toBe('refused: there are several steps to skip, so name one: a, b');
  expect(saga.repair({ act: 'skip', step: 'b' })).toBe('step-skipped b, saga-compensation-failed');
  expect(saga.repair({ act: 'skip', step: 'b', id: 'again' })).toMatch(/^refused: "b" can/);
  expect(saga.repair({ act: 'resume' })).toBe('compensation-resumed, compensation-requested a');
  saga.when(applied('a'));
  expect(saga.status).toBe('resolved');
});

test('late answers to what was skipped are not awaited (E6), and no call of it leaves', () => {
  const saga = given(two, applied('a'), rejected('b'), lost('a'));
  saga.repair({ act: 'resolve' });
  expect(pending(saga.state)).toEqual([]);
  expect(saga.when(applied('a', { direction: 'compensation', attempt: 1 }))).toEqual([]);

  const open = given(order, applied('a'), applied('pay'), lost('mail'));
  open.repair({ act: 'skip', step: 'mail' });
  expect(open.calls).toEqual(['do bill #1']);
  expect(open.when(applied('mail', { direction: 'forward', attempt: 1 }))).toEqual([]);
  open.when(applied('bill'));
  expect(open.status).toBe('resolved');
});

test('a skipped step that can be undone, a pivot or a step that waits is refused', () => {
  expect(given(two, applied('a')).repair({ act: 'skip', step: 'b' })).toMatch(/^refused: "b" can be/);
  expect(given(order, applied('a')).repair({ act: 'skip', step: 'pay' })).toMatch(/^refused/);
  expect(STATES['past its pivot']!().repair({ act: 'skip', step: 'bill' })).toMatch(/^refused/);
  expect(STATES.compensating!().repair({ act: 'skip', step: 'nope' })).toBe('refused: it has no step "nope"');
});

test('`why` tells who took a saga over, and when', () => {
  const saga = STATES.compensation_failed!();
  saga.repair({ act: 'resolve', why: 'refunded by bank transfer' });
  const rows = saga.log.map((event, i) => ({
    saga: 's-1',
    version: i + 1,
    epoch: 1,
    atUs: i * 1_000_000,
    event,
  }));
  const waiting = whyWaiting(rows, rows.length * 1_000_000);
  expect(waiting).toMatchObject({
    status: 'resolved',
    waitsFor: 'nothing',
    acts: [{ act: 'resolve', by: 'anna', atUs: (rows.length - 1) * 1_000_000 }],
  });
  expect(waiting?.sentence).toContain('resolve by anna: refunded by bank transfer');
});

test.each([
  ['an unknown act', { act: 'undo' as RepairKind }],
  ['no id', { id: '' }],
  ['an id with a space', { id: 'a b' }],
  ['nobody', { by: ' ' }],
  ['a name of two lines', { by: 'anna\nforged' }],
  ['a name without end', { by: 'a'.repeat(101) }],
  ['no reason', { act: 'resolve' as const }],
  ['an empty reason', { why: '' }],
  ['a step for an act on the whole saga', { step: 'a' }],
])('an act with %s is refused, whatever the saga', (_what, wrong) => {
  expect(() => checkAct({ act: 'resume', id: 'x', by: 'anna', ...wrong })).toThrow(
    expect.objectContaining({ code: 'bad-act' }),
  );
});
