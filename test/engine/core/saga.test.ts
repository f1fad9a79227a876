// One saga on its way forward: what is requested when, what a reply means, and what a saga that has ended does.

import { expect, test } from 'vitest';
import type { FailedAttempt, Policy } from '../../../engine/core/policy.ts';
import {
  applied,
  given,
  graph,
  kindsOf,
  lost,
  refused,
  rejected,
  SagaUnderTest,
  SECOND,
  sequence,
  THREE_TIMES,
} from './given.ts';

const diamond = graph({ a: {}, b: { after: ['a'] }, c: { after: ['a'] }, d: { after: ['b', 'c'] } });

test('a saga begins with the steps that come after nothing, all at once', () => {
  const saga = given(graph({ a: {}, b: {}, c: { after: ['a', 'b'] } }));
  expect(kindsOf(saga.log)).toEqual(['saga-created', 'step-requested a', 'step-requested b']);
  expect(saga.calls).toEqual(['do a #1', 'do b #1']);
});

test('a step begins when all that it comes after are applied, and not before', () => {
  const saga = given(diamond, applied('a'));
  expect(saga.calls).toEqual(['do b #1', 'do c #1']);
  saga.when(applied('c'));
  expect(saga.calls).toEqual(['do b #1']);
  saga.when(applied('b'));
  expect(saga.calls).toEqual(['do d #1']);
});

test('a saga is completed when every step is applied', () => {
  const saga = given(diamond, applied('a'), applied('b'), applied('c'));
  expect(saga.status).toBe('running');
  expect(kindsOf(saga.when(applied('d')))).toEqual(['step-applied d', 'saga-completed']);
  expect(saga.status).toBe('completed');
});

test('results are kept with their steps', () => {
  const saga = given(sequence('a', 'b'), applied('a', {}, { id: 7 }));
  expect(saga.state.steps.map(({ result }) => result)).toEqual([{ id: 7 }, undefined]);
});

test('a transient failure is tried again after the wait that the policy names', () => {
  const saga = given(sequence('a'));
  saga.nowUs = 5 * SECOND;
  expect(saga.when(refused('a'))).toEqual([
    {
      kind: 'step-retry-scheduled',
      step: 'a',
      attempt: 2,
      dueAtUs: 6 * SECOND,
      failure: 'transient',
      inDoubt: false,
    },
  ]);
  expect(saga.calls).toEqual(['do a #2']);
});

test('the policy is told everything about the failure', () => {
  const asked: FailedAttempt[] = [];
  const policy: Policy = {
    ...THREE_TIMES,
    retryDelayUs: (failed) => {
      asked.push(failed);
      return 0;
    },
  };
  const definition = graph({ a: { attemptsMax: 7 }, b: { kind: 'retriable', after: ['a'] } });
  const outcome = { kind: 'rejected', failure: 'rate_limited', reason: '', retryAfterUs: 9 } as const;
  const saga = new SagaUnderTest(definition, policy);
  saga.when({ step: 'a', outcome }, { step: 'a', outcome }, applied('a'), lost('b'));
  expect(asked).toMatchObject([
    { direction: 'forward', failure: 'rate_limited', attempt: 1, attemptsMax: 7, retryAfterUs: 9 },
    { direction: 'forward', failure: 'rate_limited', attempt: 2, attemptsMax: 7, endless: false },
    { direction: 'forward', failure: 'timeout', attempt: 1, endless: true, retryAfterUs: 0 },
  ]);
  // The key is that of the operation: the same for all its attempts, another for another step.
  expect(asked[0]!.jitterKey).toBe(asked[1]!.jitterKey);
  expect(asked[0]!.jitterKey).not.toBe(asked[2]!.jitterKey);
});

test('a business rejection is never tried again', () => {
  const saga = given(sequence('a'));
  expect(kindsOf(saga.when(rejected('a')))).toEqual(['step-rejected a', 'saga-failed']);
  expect(saga.state.reason).toEqual({ kind: 'step-failed', step: 'a', failure: 'business', reason: 'no' });
});

test('E2: what is not known is no refusal, whatever class of failure comes with it', () => {
  const saga = given(sequence('a', 'b'), applied('a'));
  const outcome = { kind: 'unknown', failure: 'business', reason: 'no, or is it' } as const;
  expect(kindsOf(saga.when({ ...lost('b'), outcome }))[0]).not.toBe('step-rejected b');
  for (let attempt = 2; attempt <= 3; attempt++) saga.when({ ...lost('b'), outcome });
  expect(saga.calls).toEqual(['undo b #1']);
});

test('a saga that ends with nothing to undo has failed, and is not called compensated', () => {
  expect(given(sequence('a', 'b'), rejected('a')).status).toBe('failed');
  const looks = graph({ look: { effects: 'none' }, a: { after: ['look'] } });
  expect(given(looks, applied('look'), rejected('a')).status).toBe('failed');
});

test('a retry that would come after the deadline is not waited for', () => {
  const saga = given(graph({ a: {} }, { deadlineMs: 10_000 }));
  saga.nowUs = 9 * SECOND;
  expect(kindsOf(saga.when(refused('a')))[0]).toBe('step-left-unknown a');
  expect(saga.status).toBe('compensating');
});

test('E4: a retry by a person opens a new round from the beginning, with a new deadline', () => {
  const saga = given(graph({ a: {}, b: { after: ['a'] } }, { deadlineMs: 60_000 }));
  saga.when(applied('a', {}, 1), rejected('b'), applied('a'));
  expect(saga.status).toBe('compensated');
  saga.nowUs = 500 * SECOND;
  expect(saga.when('retry')).toEqual([
    { kind: 'saga-retried', round: 1, deadlineAtUs: 560 * SECOND },
    { kind: 'step-requested', step: 'a' },
  ]);
  expect(saga.calls).toEqual(['do a #1']);
  expect(saga.state.deadlineAtUs).toBe(560 * SECOND);
  expect(saga.state.steps[0]).toMatchObject({ result: undefined, attempt: 1, inDoubt: false });
});

test.each([
  ['a saga on its way', given(sequence('a'))],
  ['a completed saga', given(sequence('a'), applied('a'))],
  ['a saga that is being undone', given(sequence('a', 'b'), applied('a'), rejected('b'))],
  [
    'a saga whose undo has failed',
    given(sequence('a', 'b'), applied('a'), rejected('b'), rejected('a'), rejected('a'), rejected('a')),
  ],
])('E4: %s, whose effects may stand, is not retried', (_what, saga) => {
  expect(saga.when('retry')).toEqual([]);
});

test('E4: replies of an earlier round mean nothing to this one', () => {
  const saga = given(sequence('a'), rejected('a'), 'retry');
  expect(saga.when(applied('a', { round: 0 }), rejected('a', { round: 0 }))).toEqual([]);
  expect(kindsOf(saga.when(applied('a')))).toEqual(['step-applied a', 'saga-completed']);
});

test.each([
  ['completed', given(sequence('a'), applied('a'))],
  ['failed', given(sequence('a'), rejected('a'))],
  ['compensated', given(sequence('a', 'b'), applied('a'), rejected('b'), applied('a'))],
])('E5: a %s saga answers to nothing', (status, saga) => {
  expect(saga.status).toBe(status);
  const late = [applied, rejected, refused, lost].flatMap((reply) => [
    reply('a', undefined),
    { ...reply('a'), to: { direction: 'compensation' as const } },
  ]);
  expect(saga.when(...late, 'cancel', 'deadline-passed', 'resume')).toEqual([]);
  expect(saga.calls).toEqual([]);
});

test('E5: a step that only looks, and was under way when its saga failed, is not heard any more', () => {
  const saga = given(graph({ a: {}, look: { effects: 'none' } }), rejected('a'));
  expect(saga.status).toBe('failed');
  expect(saga.when(applied('look'), lost('look'))).toEqual([]);
});

test('E6: a late rejection of an older attempt does not settle the step', () => {
  const saga = given(sequence('a'), refused('a'));
  expect(saga.when(rejected('a', { attempt: 1 }))).toEqual([]);
  expect(saga.steps).toEqual({ a: 'retrying' });
});

test('E6: a late loss of an older attempt does not cost an attempt', () => {
  const saga = given(sequence('a'), lost('a'));
  expect(saga.when(lost('a', { attempt: 1 }))).toEqual([]);
  expect(saga.calls).toEqual(['do a #2']);
});

test('E6: a late success of an older attempt settles the step', () => {
  const saga = given(sequence('a', 'b'), lost('a'), lost('a'));
  expect(kindsOf(saga.when(applied('a', { attempt: 1 })))).toEqual(['step-applied a', 'step-requested b']);
});

test('E6: a copy of an answer is not a second answer', () => {
  const saga = given(sequence('a', 'b'), applied('a'));
  expect(saga.when(applied('a'), rejected('a'), lost('a'))).toEqual([]);
  expect(saga.calls).toEqual(['do b #1']);
});

test('E6: a forward reply says nothing about the undo, nor an undo about forward work', () => {
  const undoing = given(sequence('a', 'b'), applied('a'), rejected('b'));
  expect(undoing.when(applied('a', { direction: 'forward' }))).toEqual([]);
  const running = given(sequence('a'));
  expect(running.when(applied('a', { direction: 'compensation' }))).toEqual([]);
});

test('E8: after the pivot neither cancel nor deadline turns the saga round', () => {
  const saga = given(
    graph({ pay: { kind: 'pivot' }, ship: { kind: 'retriable', after: ['pay'] } }, { deadlineMs: 60_000 }),
    applied('pay'),
  );
  expect(saga.when('cancel', 'deadline-passed')).toEqual([]);
  expect(saga.calls).toEqual(['do ship #1']);
});

test('E8: a retriable step is endless, whatever it is answered', () => {
  const saga = given(graph({ pay: { kind: 'pivot' }, ship: { kind: 'retriable', after: ['pay'] } }));
  saga.when(applied('pay'));
  for (let attempt = 1; attempt <= 50; attempt++)
    saga.when(...[lost, refused, rejected].map((no) => no('ship')));
  expect(saga.calls).toEqual(['do ship #151']);
  saga.when(applied('ship'));
  expect(saga.status).toBe('completed');
});

test('E8: a pivot in doubt is resolved before anything is undone', () => {
  const saga = given(graph({ a: {}, pay: { kind: 'pivot', after: ['a'] } }), applied('a'));
  for (let attempt = 1; attempt <= 20; attempt++) saga.when(lost('pay'));
  expect(saga.calls).toEqual(['do pay #21']);
});

test('E8: cancelled while the pivot is in doubt, the saga is undone when the pivot turns out rejected', () => {
  const saga = given(graph({ a: {}, pay: { kind: 'pivot', after: ['a'] } }), applied('a'), lost('pay'));
  expect(kindsOf(saga.when('cancel', 'deadline-passed', 'cancel'))).toEqual(['stop-requested']);
  expect(saga.calls).toEqual(['do pay #2']);
  saga.when(rejected('pay'));
  expect(saga.calls).toEqual(['undo a #1']);
  expect(saga.state.reason).toEqual({ kind: 'cancelled' });
});

test('E8: cancelled while the pivot is in doubt, the saga goes on when the pivot turns out applied', () => {
  const saga = given(
    graph({ a: {}, pay: { kind: 'pivot', after: ['a'] }, ship: { kind: 'retriable', after: ['pay'] } }),
    applied('a'),
    lost('pay'),
    'cancel',
    applied('pay'),
  );
  expect(saga.calls).toEqual(['do ship #1']);
  saga.when(applied('ship'));
  expect(saga.status).toBe('completed');
});

test('E8: a pivot that is rejected for good is not undone, only what came before it', () => {
  const saga = given(graph({ a: {}, pay: { kind: 'pivot', after: ['a'] } }), applied('a'), rejected('pay'));
  expect(saga.calls).toEqual(['undo a #1']);
  saga.when(applied('a'));
  expect(saga.status).toBe('compensated');
});

test('E8: a pivot whose only request was malformed is rejected, and not asked for again', () => {
  const saga = given(graph({ pay: { kind: 'pivot' } }), refused('pay', 'invalid_request'));
  expect(kindsOf(saga.log).slice(-2)).toEqual(['step-rejected pay', 'saga-failed']);
});
