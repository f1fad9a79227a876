// The orchestrator and its store: appends that fail, that nobody knows of, that meet another writer's; and recovery.

import { expect, test } from 'vitest';
import type { OrchestratorInput } from '../../../engine/core/orchestrator.ts';
import { rowsOf } from '../../../engine/core/saga.ts';
import { graph, SECOND, sequence } from './given.ts';
import { APPLIED, LOST, MachineUnderTest, NOT_NOW, REJECTED, started } from './machine.ts';

const TWO = sequence('a', 'b');

test('E10: every append carries the version that it expects and the epoch of its writer', () => {
  const saga = started(TWO, { epoch: 7 });
  saga.nowUs = 3;
  saga.reply('do a #1', APPLIED);
  expect(saga.append).toEqual({
    kind: 'append',
    saga: 's-1',
    number: 2,
    expectedVersion: 2,
    epoch: 7,
    atUs: 3,
    events: [
      { kind: 'step-applied', step: 'a' },
      { kind: 'step-requested', step: 'b' },
    ],
  });
  expect(rowsOf(saga.append!)).toEqual([
    { saga: 's-1', version: 3, epoch: 7, atUs: 3, event: { kind: 'step-applied', step: 'a' } },
    { saga: 's-1', version: 4, epoch: 7, atUs: 3, event: { kind: 'step-requested', step: 'b' } },
  ]);
});

test('E10: an append that failed is asked for again, the very same', () => {
  const saga = new MachineUnderTest(TWO);
  saga.create();
  const first = saga.append;
  saga.answered('append-failed');
  expect(saga.wake(SECOND)).toEqual(['append @0: saga-created, step-requested a']);
  expect(saga.append).toBe(first);
  expect(saga.appended()).toEqual(['do a #1']);
});

test('E10: an append whose outcome is unknown is read back: written, and the saga goes on', () => {
  const saga = new MachineUnderTest(TWO);
  saga.create();
  saga.write();
  expect(saga.answered('append-unknown')).toEqual(['load']);
  expect(saga.loaded()).toEqual(['do a #1']);
});

test('E10: an append whose outcome is unknown is read back: not written, and it is asked for again', () => {
  const saga = new MachineUnderTest(TWO);
  saga.create();
  const first = saga.append;
  saga.answered('append-unknown');
  expect(saga.loaded()).toEqual([]);
  expect(saga.wake(1)).toEqual(['append @0: saga-created, step-requested a']);
  expect(saga.append).toBe(first);
});

test('E10: an append without an answer is read back, too', () => {
  const saga = new MachineUnderTest(TWO);
  saga.create();
  saga.write();
  expect(saga.wake(5 * SECOND - 1)).toEqual([]);
  expect(saga.wake(5 * SECOND)).toEqual(['load']);
  expect(saga.loaded()).toEqual(['do a #1']);
});

test('E10: a slow append that was read back too early, and asked for again, is settled by its conflict', () => {
  const saga = new MachineUnderTest(TWO);
  saga.create();
  saga.answered('append-unknown');
  saga.loaded();
  saga.write(); // the first one lands after all
  saga.wake(1);
  expect(saga.answered('append-conflict')).toEqual(['load']);
  expect(saga.loaded()).toEqual(['do a #1']);
});

test('E10: answers to an append that is settled mean nothing', () => {
  const saga = started(TWO);
  const settled = saga.append!;
  saga.reply('do a #1', APPLIED);
  for (const kind of [
    'appended',
    'append-failed',
    'append-unknown',
    'append-conflict',
    'append-fenced',
    'append-gone',
  ] as const)
    expect(saga.take({ kind, append: settled })).toEqual([]);
  expect(saga.loaded()).toEqual([]); // read too early: the append is asked for again, no more
  expect(saga.wake(1)).toEqual(['append @2: step-applied a, step-requested b']);
  expect(saga.appended()).toEqual(['do b #1']);
});

test.each<[what: string, fence: (saga: MachineUnderTest) => readonly string[]]>([
  ['is told so', (saga) => saga.answered('append-fenced')],
  [
    'reads the rows of a later epoch where its own should be',
    (saga) => {
      const { saga: id, version, atUs } = rowsOf(saga.append!)[0]!;
      saga.log.push({ saga: id, version, atUs, epoch: 2, event: { kind: 'step-applied', step: 'a' } });
      saga.answered('append-conflict');
      return saga.loaded();
    },
  ],
])('E10: a fenced writer that %s halts, and nothing comes of it any more', (_what, fence) => {
  const saga = started(TWO);
  saga.reply('do a #1', APPLIED);
  expect(fence(saga)).toEqual(['halt']);
  const after: OrchestratorInput[] = [
    { kind: 'appended', append: saga.append! },
    { kind: 'create', saga: 's-2', definition: TWO, input: {}, request: 'r' },
    { kind: 'cancel', saga: 's-1', request: 'c' },
    { kind: 'wake', saga: 's-1' },
    { kind: 'recovered', sagas: [saga.log] },
    { kind: 'reply', call: saga.calls.get('do a #1')!, outcome: APPLIED },
  ];
  for (const input of after) expect(saga.everything(input)).toEqual([]);
});

/** A saga that ended without effect, and is read back for a wish. */
function asked(wish: 'cancel' | 'retry' | 'resume'): MachineUnderTest {
  const saga = started(sequence('a'));
  saga.replied('do a #1', REJECTED);
  saga.wish(wish, 'first');
  return saga;
}

test.each<[what: string, happens: (saga: MachineUnderTest) => readonly string[], said: readonly string[]]>([
  ['refuses the retry', (saga) => saga.answered('append-gone'), ['first refused it was removed']],
  [
    'refuses every wish that waits',
    (saga) => {
      saga.wish('cancel', 'second');
      saga.wish('resume', 'third');
      return saga.answered('append-gone');
    },
    ['first refused it was removed', 'second refused it was removed', 'third refused it was removed'],
  ],
  [
    'refuses whoever was to hear that it is there',
    (saga) => {
      saga.create('again');
      return saga.answered('append-gone');
    },
    ['again refused it was removed', 'first refused it was removed'],
  ],
  [
    'says so when the retry was asked for a second time',
    (saga) => {
      saga.answered('append-conflict');
      saga.log.length = 0;
      expect(saga.loaded()).toEqual([]); // it may be a stale read: the store is asked again
      expect(saga.wake(SECOND)).toEqual(['append @4: saga-retried, step-requested a']);
      return saga.answered('append-gone');
    },
    ['first refused it was removed'],
  ],
])('E10: a saga that was removed under a retry is forgotten: it %s', (_what, happens, said) => {
  const saga = asked('retry');
  expect(saga.loaded()).toEqual(['append @4: saga-retried, step-requested a']);
  const late = saga.append!;
  expect(happens(saga)).toEqual(said);
  expect(saga.machine.size).toBe(0);
  expect(saga.everything({ kind: 'wake', saga: 's-1' })).toEqual([]);
  saga.log.length = 0;
  expect(saga.create('anew')).toEqual(['append @0: saga-created, step-requested a']);
  expect(saga.take({ kind: 'append-gone', append: late })).toEqual([]);
  expect(saga.appended()).toEqual(['anew accepted', 'do a #1']);
});

test('E10: a saga that was removed before its end was acknowledged has ended', () => {
  const saga = started(sequence('a'));
  saga.reply('do a #1', APPLIED);
  saga.write();
  saga.answered('append-unknown');
  saga.log.length = 0; // somebody saw it ended, and removed it
  saga.loaded();
  saga.wish('cancel', 'r');
  expect(saga.wake(1)).toEqual(['append @2: step-applied a, saga-completed']);
  expect(saga.answered('append-gone')).toEqual(['r refused saga is completed', 'ended completed']);
  expect(saga.machine.size).toBe(0);
});

test('E10: a create that meets the same saga in the log goes on with that one', () => {
  const before = started(TWO);
  before.replied('do a #1', APPLIED);
  const saga = new MachineUnderTest(TWO, { epoch: 2, log: before.log });
  saga.create('r');
  expect(saga.answered('append-conflict')).toEqual(['load']);
  expect(saga.loaded()).toEqual(['r accepted', 'do b #1']);
});

test('E10: a create that meets another saga under its id is refused, and that one goes on', () => {
  const before = new MachineUnderTest(TWO);
  before.create();
  before.write();
  const saga = new MachineUnderTest(TWO, { epoch: 2, log: before.log });
  saga.create('r', { n: 2 });
  saga.answered('append-conflict');
  expect(saga.loaded()).toEqual(['r refused another saga has this id', 'do a #1']);
  expect(saga.calls.get('do a #1')!.payload).toEqual({ n: 1 });
});

test('E10: a create of a saga that has ended starts nothing', () => {
  const saga = started(sequence('a'));
  saga.replied('do a #1', APPLIED);
  expect(saga.create('r')).toEqual(['append @0: saga-created, step-requested a']);
  saga.answered('append-conflict');
  expect(saga.loaded()).toEqual(['r accepted', 'ended completed']);
  expect([...saga.calls.keys()]).toEqual(['do a #1']);
});

test('E1, E10: an append is settled by its own events only', () => {
  const first = started(sequence('a'));
  first.replied('do a #1', APPLIED); // four events, and forgotten
  const other = graph({ x: {}, y: {}, z: {} }, { name: 'other' });
  const saga = new MachineUnderTest(other, { log: first.log, others: [first.definition] });
  saga.create(); // four events
  saga.answered('append-conflict');
  expect(saga.loaded()).not.toContain('do x #1');
});

test('E1, E5: an answer to an append of a saga that was forgotten does not settle a new one', () => {
  const saga = new MachineUnderTest(sequence('a'));
  saga.create();
  const append = saga.append!;
  saga.write(); // and the answer takes its time
  saga.wake(5 * SECOND);
  saga.loaded();
  expect(saga.replied('do a #1', APPLIED)).toEqual(['ended completed']);
  saga.create('r');
  expect(saga.take({ kind: 'appended', append })).toEqual([]); // the answer to the first create
});

test('E9: a new process sends exactly what is pending', () => {
  const before = started(graph({ a: {}, b: {}, c: { after: ['a', 'b'] } }));
  before.replied('do a #1', APPLIED);
  const after = new MachineUnderTest(before.definition, { epoch: 2, log: before.log });
  expect(after.take({ kind: 'recovered', sagas: [before.log] })).toEqual(['do b #1']);
});

test('E9: a retry that is not due yet is waited for, by the new process as by the old one', () => {
  const before = started(TWO);
  before.replied('do a #1', NOT_NOW);
  const after = new MachineUnderTest(TWO, { epoch: 2, log: before.log });
  expect(after.everything({ kind: 'recovered', sagas: [before.log] })).toEqual([`wake ${SECOND}`]);
  expect(after.wake(SECOND)).toEqual(['do a #2']);
});

test('E9: an intent whose append was durable, but never acknowledged, is sent by the next process', () => {
  const before = new MachineUnderTest(TWO);
  before.create();
  before.write(); // and the process dies
  const after = new MachineUnderTest(TWO, { epoch: 2, log: before.log });
  expect(after.take({ kind: 'recovered', sagas: [before.log] })).toEqual(['do a #1']);
  expect(after.calls.get('do a #1')!.key).toBe('s-1/a/forward');
});

test('E2: a call of an earlier life may have arrived: a refusal of the next one undoes it', () => {
  const before = started(TWO); // and the process dies before the answer comes
  const after = new MachineUnderTest(TWO, { epoch: 2, log: before.log });
  after.take({ kind: 'recovered', sagas: [before.log] });
  expect(after.reply('do a #1', REJECTED)).toEqual([
    'append @2: step-left-unknown a, compensation-started, compensation-requested a',
  ]);
});

test('E2: so it does when the payload cannot be made any more, and nothing is sent', () => {
  const before = started(graph({ a: {} }));
  const broken = graph({
    a: {
      payload: () => {
        throw new Error('another version of this code');
      },
    },
  });
  const after = new MachineUnderTest(broken, { epoch: 2, log: before.log });
  expect(after.take({ kind: 'recovered', sagas: [before.log] })).toEqual([
    'append @2: step-left-unknown a, compensation-started, compensation-requested a',
  ]);
});

test('E8: a pivot of an earlier life is asked for until its service says what became of it', () => {
  const MALFORMED = { kind: 'rejected', failure: 'invalid_request', reason: 'what?' } as const;
  const before = started(graph({ pay: { kind: 'pivot' } }));
  const after = new MachineUnderTest(before.definition, { epoch: 2, log: before.log });
  after.take({ kind: 'recovered', sagas: [before.log] });
  expect(after.reply('do pay #1', MALFORMED)).toEqual(['append @2: step-retry-scheduled pay']);
  after.appended();
  after.wake(SECOND);
  expect(after.reply('do pay #2', REJECTED)).toEqual(['append @3: step-rejected pay, saga-failed']);
});

test.each(['create', 'cancel', 'retry', 'resume'] as const)(
  'a wish to %s a saga whose definition is not here is refused, and others go on',
  (wish) => {
    const ended = started(sequence('a'));
    ended.replied('do a #1', APPLIED);
    const saga = new MachineUnderTest(graph({ other: {} }, { name: 'other' }), { log: ended.log });
    if (wish === 'create') {
      saga.create('r');
      saga.answered('append-conflict');
    } else saga.wish(wish, 'r');
    expect(saga.loaded()).toEqual(['r refused its definition is not here']);
    expect(saga.machine.size).toBe(0);
    const { definition } = saga;
    const next = { kind: 'create', saga: 's-2', definition, input: {} } as const;
    expect(saga.take(next)).toEqual(['append @0: saga-created, step-requested other']);
  },
);

test('E9: sagas that have ended, or wait for a person, are left alone', () => {
  const ended = started(TWO);
  ended.replied('do a #1', REJECTED);
  const waiting = started(sequence('a'));
  waiting.wish('cancel');
  waiting.appended();
  for (const attempt of [1, 2, 3]) {
    waiting.replied(`undo a #${attempt}`, LOST);
    waiting.wake(attempt * SECOND);
  }
  for (const { definition, log } of [ended, waiting]) {
    const after = new MachineUnderTest(definition, { epoch: 2, log });
    expect(after.everything({ kind: 'recovered', sagas: [log] })).toEqual([]);
    expect(after.machine.size).toBe(0);
  }
});

test('E9: recovery told twice sends once', () => {
  const { log } = started(TWO);
  const after = new MachineUnderTest(TWO, { epoch: 2, log });
  expect(after.take({ kind: 'recovered', sagas: [log] })).toEqual(['do a #1']);
  expect(after.everything({ kind: 'recovered', sagas: [log] })).toEqual([]);
});

test('E9: a log that stops between an event and what follows from it is continued', () => {
  const before = started(TWO);
  before.replied('do a #1', APPLIED);
  const log = before.log.slice(0, 3); // as another version of this code might have left it
  const after = new MachineUnderTest(TWO, { epoch: 2, log });
  expect(after.take({ kind: 'recovered', sagas: [log] })).toEqual(['append @3: step-requested b']);
  expect(after.appended()).toEqual(['do b #1']);
});

test('E7, E9: a deadline that passed while nobody was there is met on the first wake', () => {
  const before = started(graph({ a: {} }, { deadlineMs: 5_000 }));
  const after = new MachineUnderTest(before.definition, { epoch: 2, log: before.log });
  after.nowUs = 60 * SECOND;
  expect(after.everything({ kind: 'recovered', sagas: [before.log] })).toEqual([
    'do a #1',
    `wake ${5 * SECOND}`,
  ]);
  expect(after.wake(60 * SECOND)).toEqual([
    'append @2: stop-requested, compensation-started, compensation-requested a',
  ]);
});

test('what waited behind the beginning of a saga that was not there is taken after it', () => {
  const saga = new MachineUnderTest(sequence('a'));
  expect(saga.wish('resume', 'r1')).toEqual(['load']);
  expect([saga.create('r2'), saga.wish('cancel', 'r3')].flat()).toEqual([]);
  expect(saga.loaded()).toEqual(['r1 refused no such saga', 'append @0: saga-created, step-requested a']);
  expect(saga.appended()).toEqual([
    'r2 accepted',
    'append @2: stop-requested, compensation-started, compensation-requested a',
  ]);
});
