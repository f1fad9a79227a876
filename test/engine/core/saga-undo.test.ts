// One saga on its way back: what is undone, in which order, and what no cancel, deadline or failure can stop.

import { expect, test } from 'vitest';
import { applied, given, graph, kindsOf, lost, refused, rejected, SECOND, sequence } from './given.ts';

const THREE = sequence('a', 'b', 'c');
const diamond = graph({ a: {}, b: { after: ['a'] }, c: { after: ['a'] }, d: { after: ['b', 'c'] } });

test('E2: a step in doubt is undone, because it may have happened', () => {
  const saga = given(sequence('a', 'b'), applied('a'), lost('b'), lost('b'), lost('b'));
  expect(saga.steps).toEqual({ a: 'applied', b: 'compensating' });
  expect(saga.calls).toEqual(['undo b #1']);
});

test('E2: a step that was lost once and then rejected is undone all the same', () => {
  const saga = given(sequence('a'), lost('a'), rejected('a'));
  expect(kindsOf(saga.log)).toContain('step-left-unknown a');
  expect(saga.calls).toEqual(['undo a #1']);
});

test('E2: a step that gave up without a final answer is undone, though every attempt was refused', () => {
  // No attempt applied, but a copy of a call may still be on its way: only an undo closes the key.
  const saga = given(sequence('a'), refused('a'), refused('a'), refused('a'));
  expect(saga.calls).toEqual(['undo a #1']);
});

test('E2: a step that was rejected for good at once is not undone', () => {
  const saga = given(sequence('a', 'b'), applied('a'), refused('b'), rejected('b'));
  expect(saga.calls).toEqual(['undo a #1']);
});

test('E2: a step still under way when another one fails is undone', () => {
  const saga = given(graph({ a: {}, b: {} }), rejected('a'));
  expect(saga.steps).toEqual({ a: 'rejected', b: 'compensating' });
  saga.when(applied('b', { direction: 'forward' }));
  expect(saga.calls).toEqual(['undo b #1']);
});

test('E2: a step that never began is not undone', () => {
  const saga = given(THREE, applied('a'), rejected('b'));
  expect(saga.steps.c).toBe('pending');
  saga.when(applied('a'));
  expect(saga.status).toBe('compensated');
});

test('E2: a step without effects is not undone, in doubt or not', () => {
  const saga = given(graph({ a: {}, look: { effects: 'none', after: ['a'] } }), applied('a'));
  saga.when(lost('look'), lost('look'), lost('look'));
  expect(saga.calls).toEqual(['undo a #1']);
});

test('E3: steps are undone in reverse', () => {
  const saga = given(THREE, applied('a'), applied('b'), rejected('c'));
  expect(saga.calls).toEqual(['undo b #1']);
  saga.when(applied('b'));
  expect(saga.calls).toEqual(['undo a #1']);
  expect(kindsOf(saga.when(applied('a')))).toEqual(['step-compensated a', 'saga-compensated']);
});

test('E3: independent steps are undone at the same time, what they came after waits for all of them', () => {
  const saga = given(diamond, applied('a'), applied('b'), applied('c'), rejected('d'));
  expect(saga.calls).toEqual(['undo b #1', 'undo c #1']);
  saga.when(applied('b'));
  expect(saga.calls).toEqual(['undo c #1']);
  saga.when(applied('c'));
  expect(saga.calls).toEqual(['undo a #1']);
});

test('E3: the order holds across a step that needs no undo', () => {
  const definition = graph({ a: {}, look: { effects: 'none', after: ['a'] }, b: { after: ['look'] } });
  const saga = given(definition, applied('a'), applied('look'), lost('b'), 'cancel');
  expect(saga.calls).toEqual(['undo b #1']);
});

test('E3: an undo that fails does not stop the independent ones, but those that wait for it', () => {
  const saga = given(diamond, applied('a'), applied('b'), applied('c'), rejected('d'));
  saga.when(lost('b'), lost('b'), lost('b'));
  expect(saga.steps.b).toBe('compensation_failed');
  expect(saga.calls).toEqual(['undo c #1']);
  expect(kindsOf(saga.when(applied('c')))).toEqual(['step-compensated c', 'saga-compensation-failed']);
  expect(saga.steps.a).toBe('applied');
});

test('E3: a saga is not compensated by giving up', () => {
  const saga = given(sequence('a', 'b'), applied('a'), rejected('b'));
  saga.when(rejected('a'), refused('a'), lost('a'));
  expect(saga.status).toBe('compensation_failed');
  expect(saga.calls).toEqual([]);
});

test('E7: cancel stops forward work and undoes what was done', () => {
  const saga = given(THREE, applied('a'), applied('b'));
  expect(kindsOf(saga.when('cancel'))).toEqual([
    'stop-requested',
    'compensation-started',
    'compensation-requested c',
  ]);
  expect(saga.state.reason).toEqual({ kind: 'cancelled' });
});

test('E7: the deadline does the same, for a reason of its own', () => {
  const saga = given(THREE, applied('a'), 'deadline-passed');
  expect(saga.calls).toEqual(['undo b #1']);
  expect(saga.state.reason).toEqual({ kind: 'deadline' });
});

test('E7: a saga is stopped once, for the first reason', () => {
  const saga = given(THREE, applied('a'), 'cancel');
  expect(saga.when('deadline-passed', 'cancel')).toEqual([]);
  expect(saga.state.reason).toEqual({ kind: 'cancelled' });
});

test('E7: neither cancel nor deadline stops the undo', () => {
  const saga = given(sequence('a', 'b'), applied('a'), rejected('b'), refused('a'));
  expect(saga.when('cancel', 'deadline-passed')).toEqual([]);
  expect(saga.calls).toEqual(['undo a #2']);
});

test('E7: the undo of a step that was waiting for its next attempt does not wait', () => {
  const saga = given(sequence('a'), refused('a'));
  expect(saga.state.steps[0]!.dueAtUs).toBe(SECOND);
  saga.when('cancel');
  expect(saga.calls).toEqual(['undo a #1']);
  expect(saga.state.steps[0]!.dueAtUs).toBe(0);
});

test('E7: the undo has no deadline', () => {
  const saga = given(graph({ a: {}, b: { after: ['a'] } }, { deadlineMs: 60_000 }), applied('a'));
  saga.nowUs = 59 * SECOND;
  saga.when(rejected('b'));
  saga.nowUs = 3600 * SECOND;
  saga.when(lost('a'));
  expect(saga.calls).toEqual(['undo a #2']);
  expect(saga.state.steps[0]!.dueAtUs).toBe(3601 * SECOND);
});

test("E7: the undo keeps to the policy's limit, not to the step's own", () => {
  const saga = given(graph({ a: { attemptsMax: 1 }, b: { after: ['a'] } }), applied('a'), rejected('b'));
  saga.when(lost('a'));
  expect(saga.calls).toEqual(['undo a #2']);
});

test('E7: an undo that was rejected for good is tried again: giving up needs a person', () => {
  const saga = given(sequence('a', 'b'), applied('a'), rejected('b'), rejected('a'));
  expect(saga.calls).toEqual(['undo a #2']);
});

test('E7: a person can resume an undo that has failed, and only the failed ones run again', () => {
  const saga = given(diamond, applied('a'), applied('b'), applied('c'), rejected('d'));
  saga.when(lost('b'), lost('b'), lost('b'), applied('c'));
  expect(saga.status).toBe('compensation_failed');
  expect(kindsOf(saga.when('resume'))).toEqual(['compensation-resumed', 'compensation-requested b']);
  saga.when(applied('b'), applied('a'));
  expect(saga.status).toBe('compensated');
});

test('E7: only a saga that waits for a person can be resumed', () => {
  expect(given(THREE).when('resume')).toEqual([]);
  expect(given(THREE, applied('a'), rejected('b')).when('resume')).toEqual([]);
});

test('E6: an undo is settled by the success of whatever attempt, and by nothing older that failed', () => {
  const saga = given(sequence('a', 'b'), applied('a'), rejected('b'), lost('a'));
  expect(saga.when(lost('a', { attempt: 1 }), rejected('a', { attempt: 1 }))).toEqual([]);
  saga.when(applied('a', { attempt: 1 }));
  expect(saga.status).toBe('compensated');
});

test('E6: a late failure from before a resume does not cost the resumed undo an attempt', () => {
  const saga = given(sequence('a', 'b'), applied('a'), rejected('b'), lost('a'), lost('a'), lost('a'));
  saga.when('resume');
  expect(saga.when(lost('a', { attempt: 1 }))).toEqual([]);
});
