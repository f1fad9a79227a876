// One orchestrator and one saga: what leaves when, what is answered to whom, and how forward work, undo, timers and
// recovery hang together.

import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineSaga } from '../../../engine/core/define-saga.ts';
import { type AppendOutput, Orchestrator } from '../../../engine/core/orchestrator.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { graph, SECOND, sequence, THREE_TIMES } from './given.ts';
import { APPLIED, LOST, MachineUnderTest, NOT_NOW, REJECTED, started } from './machine.ts';

const TWO = sequence('a', 'b');

test('E1: a created saga is appended first; its calls leave when the append is durable', () => {
  const saga = new MachineUnderTest(TWO);
  expect(saga.create()).toEqual(['append @0: saga-created, step-requested a']);
  expect(saga.appended()).toEqual(['do a #1']);
});

test('E1: a reply is appended with what follows from it; only then does the next call leave', () => {
  const saga = started(TWO);
  expect(saga.reply('do a #1', APPLIED)).toEqual(['append @2: step-applied a, step-requested b']);
  expect(saga.appended()).toEqual(['do b #1']);
  expect(saga.reply('do b #1', APPLIED)).toEqual(['append @4: step-applied b, saga-completed']);
  expect(saga.appended()).toEqual(['ended completed']);
  expect(saga.machine.size).toBe(0);
});

test('E1: nothing leaves for an append that failed, is unknown, or has no answer', () => {
  for (const answer of ['append-failed', 'append-unknown'] as const) {
    const saga = new MachineUnderTest(TWO);
    saga.create();
    saga.answered(answer);
    expect([...saga.calls.keys()]).toEqual([]);
  }
  const silent = new MachineUnderTest(TWO);
  silent.create();
  silent.wake(3 * SECOND);
  silent.wake(3600 * SECOND);
  expect([...silent.calls.keys()]).toEqual([]);
});

test('E4: a call carries the key of its operation, and the same payload at every attempt', () => {
  const saga = started(TWO);
  saga.replied('do a #1', NOT_NOW);
  expect(saga.wake(SECOND)).toEqual(['do a #2']);
  const [first, second] = saga.calls.values();
  expect(first).toMatchObject({ key: 's-1/a/forward', attempt: 1, payload: { n: 1 }, action: 'do_a' });
  expect(second).toEqual({ ...first, attempt: 2 });
});

test('E4: a person’s retry has a key of its own', () => {
  const saga = started(TWO);
  expect(saga.replied('do a #1', REJECTED)).toEqual(['ended failed']);
  expect(saga.wish('retry', 'r')).toEqual(['load']);
  expect(saga.loaded()).toEqual(['append @4: saga-retried, step-requested a']);
  expect(saga.appended()).toEqual(['r accepted', 'do a #1']);
  expect(saga.calls.get('do a #1')).toMatchObject({ key: 's-1/a/forward/round-1', round: 1, attempt: 1 });
});

test('payloads see the input, the results of earlier steps and, on the way back, their own', () => {
  const seen: unknown[] = [];
  const definition = graph({
    a: { compensationPayload: ({ results, result }) => seen.push(['undo a', results, result]) },
    b: {
      after: ['a'],
      payload: ({ saga, input, results }) => seen.push(['b', saga, input, results]),
      compensationPayload: ({ result }) => seen.push(['undo b', result]),
    },
  });
  const saga = started(definition);
  saga.replied('do a #1', { kind: 'applied', result: { id: 7 } });
  for (const attempt of [1, 2, 3]) {
    saga.replied(`do b #${attempt}`, LOST);
    saga.wake(attempt * SECOND);
  }
  saga.replied('undo b #1', APPLIED);
  expect(seen[0]).toEqual(['b', 's-1', { n: 1 }, { a: { id: 7 } }]);
  expect(seen.slice(3)).toEqual([
    ['undo b', undefined], // E2: nobody knows what it did
    ['undo a', {}, { id: 7 }],
  ]);
});

test('a payload that cannot be made ends the step for good, and the call does not leave', () => {
  const definition = graph({
    a: {},
    b: {
      after: ['a'],
      payload: () => {
        throw new TypeError('no such member');
      },
    },
    c: { after: ['a'], payload: () => 0.5 },
  });
  const saga = started(definition);
  expect(saga.replied('do a #1', APPLIED)).toEqual([
    'append @5: step-rejected b, compensation-started, compensation-requested c',
  ]);
  expect(saga.append!.events[0]).toMatchObject({
    failure: 'invalid_request',
    reason: 'payload of step "b": no such member',
  });
});

test('E5: an ended saga is forgotten, and late replies die', () => {
  const saga = started(sequence('a'));
  saga.replied('do a #1', APPLIED);
  expect(saga.reply('do a #1', APPLIED)).toEqual([]);
  expect(saga.reply('do a #1', REJECTED)).toEqual([]);
  expect(saga.wake(3600 * SECOND)).toEqual([]);
  expect(saga.log.at(-1)!.event.kind).toBe('saga-completed');
});

test('answers may come with copies of what they answer: from a record, or through a socket', () => {
  const saga = new MachineUnderTest(TWO);
  saga.create();
  saga.write();
  expect(saga.take({ kind: 'appended', append: structuredClone(saga.append!) })).toEqual(['do a #1']);
  const call = structuredClone(saga.calls.get('do a #1')!);
  expect(saga.take({ kind: 'reply', call, outcome: APPLIED })).toEqual([
    'append @2: step-applied a, step-requested b',
  ]);
});

test('an answer to what another process asked for is looked up like a copy', () => {
  const before = started(TWO);
  const after = new MachineUnderTest(TWO, { epoch: 2, log: before.log });
  after.take({ kind: 'recovered', sagas: [before.log] });
  const call = before.calls.get('do a #1')!;
  expect(after.take({ kind: 'reply', call, outcome: APPLIED })).toEqual([
    'append @2: step-applied a, step-requested b',
  ]);
  expect(before.append!.number).toBe(1);
});

test('E6: no answer in time is an unknown outcome, and a late answer still counts', () => {
  const saga = started(TWO);
  expect(saga.wake(10 * SECOND - 1)).toEqual([]);
  expect(saga.wake(10 * SECOND)).toEqual(['append @2: step-retry-scheduled a']);
  expect(saga.append!.events[0]).toMatchObject({ failure: 'timeout', inDoubt: true });
  expect(saga.appended()).toEqual([]);
  expect(saga.reply('do a #1', APPLIED)).toEqual(['append @3: step-applied a, step-requested b']);
});

test("a step's own timeout goes before the policy's", () => {
  const saga = started(graph({ a: { timeoutMs: 2_000 } }));
  expect(saga.wake(2 * SECOND)).toEqual(['append @2: step-retry-scheduled a']);
});

test('E7: the deadline turns the saga round', () => {
  const saga = started(graph({ a: {}, b: { after: ['a'] } }, { deadlineMs: 5_000 }));
  saga.replied('do a #1', APPLIED);
  expect(saga.wake(5 * SECOND - 1)).toEqual([]);
  expect(saga.wake(5 * SECOND)).toEqual([
    'append @4: stop-requested, compensation-started, compensation-requested b',
  ]);
  expect(saga.appended()).toEqual(['undo b #1']);
  // The deadline is over and done with: no later wake brings it back.
  expect(saga.wake(6 * SECOND)).toEqual([]);
});

test('E8: after the pivot the deadline no longer matters, and what is lost is tried again', () => {
  const steps = { pay: { kind: 'pivot' }, ship: { kind: 'retriable', after: ['pay'] } } as const;
  const saga = started(graph(steps, { deadlineMs: 5_000 }));
  saga.replied('do pay #1', APPLIED);
  expect(saga.wake(5 * SECOND)).toEqual([]);
  expect(saga.wake(10 * SECOND)).toEqual(['append @4: step-retry-scheduled ship']);
});

test('E7: a wake that is needed is asked for: deadline, timeout, retry', () => {
  const saga = new MachineUnderTest(graph({ a: {} }, { deadlineMs: 60_000 }));
  saga.create();
  saga.write();
  const appended = { kind: 'appended', append: saga.append! } as const;
  // The wake for the append is nearest and stands; when it comes, the timeout is nearest.
  expect(saga.everything(appended)).toEqual(['do a #1']);
  saga.nowUs = 5 * SECOND;
  expect(saga.everything({ kind: 'wake', saga: 's-1' })).toEqual([`wake ${10 * SECOND}`]);
});

test('E7: cancel is answered when it is durable, and undoes', () => {
  const saga = started(TWO);
  expect(saga.wish('cancel', 'c')).toEqual([
    'append @2: stop-requested, compensation-started, compensation-requested a',
  ]);
  expect(saga.appended()).toEqual(['c accepted', 'undo a #1']);
  expect(saga.replied('undo a #1', APPLIED)).toEqual(['ended compensated']);
});

test('E7: cancel does not stop the undo', () => {
  const saga = started(TWO);
  saga.wish('cancel');
  saga.appended();
  expect(saga.wish('cancel', 'c')).toEqual(['c refused saga is compensating']);
  saga.replied('undo a #1', LOST);
  expect(saga.wake(SECOND)).toEqual(['undo a #2']);
});

test('E7: a saga that waits for a person is forgotten, and a resume finds it in the log', () => {
  const saga = started(TWO);
  saga.wish('cancel');
  saga.appended();
  for (const attempt of [1, 2, 3]) {
    saga.replied(`undo a #${attempt}`, LOST);
    saga.wake(attempt * SECOND);
  }
  expect(saga.machine.size).toBe(0);
  expect(saga.wish('resume', 'r')).toEqual(['load']);
  expect(saga.loaded()).toEqual(['append @9: compensation-resumed, compensation-requested a']);
  expect(saga.appended()).toEqual(['r accepted', 'undo a #4']);
  expect(saga.replied('undo a #4', APPLIED)).toEqual(['ended compensated']);
});

test('a wish for a saga that does not exist is refused', () => {
  const saga = new MachineUnderTest(TWO);
  expect(saga.wish('cancel', 'c')).toEqual(['load']);
  expect(saga.loaded()).toEqual(['c refused no such saga']);
  expect(saga.machine.size).toBe(0);
});

test('a wish that comes too late is refused with the reason', () => {
  const saga = started(sequence('a'));
  saga.replied('do a #1', APPLIED);
  saga.wish('retry', 'r');
  expect(saga.loaded()).toContain('r refused saga is completed');
});

test('a load that fails is tried again', () => {
  const saga = started(sequence('a'));
  saga.replied('do a #1', REJECTED);
  saga.wish('retry', 'r');
  saga.take({ kind: 'load-failed', saga: 's-1', number: saga.load });
  expect(saga.wake(SECOND)).toEqual(['load']);
  expect(saga.loaded()[0]).toMatch(/^append @4: saga-retried/);
});

test('input that the schema refuses is refused before anything is written', () => {
  const definition = defineSaga({
    name: 'test',
    version: 1,
    input: z.object({ n: z.string() }),
    steps: { a: { service: 'svc', action: 'do', compensation: 'undo' } },
  });
  const saga = new MachineUnderTest(definition);
  expect(saga.create('r')).toEqual([expect.stringMatching(/^r refused n: .*expected string/)]);
  expect(saga.machine.size).toBe(0);
});

test('the input is what the schema makes of it', () => {
  const definition = defineSaga({
    name: 'test',
    version: 1,
    input: z.object({ n: z.number().transform((n) => n + 1) }),
    steps: { a: { service: 'svc', action: 'do', compensation: 'undo' } },
  });
  const saga = started(definition);
  expect(saga.calls.get('do a #1')!.payload).toEqual({ n: 2 });
});

test('a duplicate create is accepted once the first is durable, and starts nothing', () => {
  const saga = new MachineUnderTest(TWO);
  saga.create('r1');
  expect(saga.create('r2')).toEqual([]);
  expect(saga.appended()).toEqual(['r1 accepted', 'r2 accepted', 'do a #1']);
  expect(saga.create('r3')).toEqual(['r3 accepted']);
});

test('what comes while an append is under way waits for it, and is then taken in order', () => {
  const saga = started(graph({ a: {}, b: {}, c: { after: ['a', 'b'] } }));
  saga.reply('do a #1', APPLIED);
  expect(saga.reply('do b #1', APPLIED)).toEqual([]);
  expect(saga.wish('cancel', 'x')).toEqual([]);
  expect(saga.appended()).toEqual(['append @4: step-applied b, step-requested c']);
  expect(saga.appended()).toEqual([
    'append @6: stop-requested, compensation-started, compensation-requested c',
  ]);
  expect(saga.appended()).toEqual(['x accepted', 'undo c #1']);
  expect(saga.calls.has('do c #1')).toBe(false);
});

test('E12: an orchestrator refuses definitions that cannot run under the policy they would get', () => {
  const policy = {
    ...THREE_TIMES,
    check: ({ name }: { name: string }) => {
      throw new UserError('deadline-too-short', `saga "${name}" is too short`);
    },
  };
  expect(() => new Orchestrator({ epoch: 1, policy, definitions: [TWO] })).toThrow(
    'saga "test" is too short',
  );
});

test("a definition's own policy goes before the orchestrator's, unless that one overrides", () => {
  const quick = { ...THREE_TIMES, callTimeoutUs: SECOND };
  const steps = { a: { service: 'svc', action: 'do', compensation: 'undo' } };
  const definition = defineSaga({ name: 'test', version: 1, steps, policy: quick });
  const own = started(definition);
  expect(own.wake(SECOND)).toEqual(['append @2: step-retry-scheduled a']);
  const machine = new Orchestrator({
    epoch: 1,
    policy: THREE_TIMES,
    overridePolicy: true,
    definitions: [definition],
  });
  const [append] = machine.handle({ kind: 'create', saga: 's-1', definition, input: {} }, 0);
  machine.handle({ kind: 'appended', append: append as AppendOutput }, 0);
  const woken = machine.handle({ kind: 'wake', saga: 's-1' }, SECOND);
  expect(woken.some(({ kind }) => kind === 'append')).toBe(false);
});

test('a create is not lost when a wish for the same saga came just before', () => {
  const saga = new MachineUnderTest(TWO);
  saga.wish('cancel', 'c');
  saga.create('r');
  const outputs = saga.loaded();
  expect(outputs).toContain('c refused no such saga');
  expect(outputs).toContain('append @0: saga-created, step-requested a');
});
