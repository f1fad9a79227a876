// Answers and inputs that come too late, or from another life: none of them may be taken for what is waited for now.

import { expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { graph, SECOND, sequence } from './given.ts';
import { APPLIED, LOST, MachineUnderTest, REJECTED, started } from './machine.ts';

const TWO = sequence('a', 'b');

test('E4: a payload does not change because a parallel step was applied between two attempts', () => {
  const definition = graph({
    a: {},
    b: { payload: ({ results }) => ({ seen: Object.keys(results).length }) },
    c: { after: ['a', 'b'], payload: ({ results }) => ({ seen: Object.keys(results).length }) },
  });
  const saga = started(definition);
  const first = saga.calls.get('do b #1')!;
  saga.replied('do a #1', { kind: 'applied', result: { id: 7 } });
  saga.replied('do b #1', LOST);
  saga.wake(2 * SECOND);
  expect(saga.calls.get('do b #2')).toMatchObject({ key: first.key, payloadHash: first.payloadHash });
  saga.replied('do b #2', { kind: 'applied', result: { id: 8 } });
  expect(saga.calls.get('do c #1')!.payload).toEqual({ seen: 2 });
});

test('E10: the answer of an earlier load is not taken for that of a later one', () => {
  const saga = started(sequence('a'));
  saga.replied('do a #1', APPLIED);
  saga.wish('cancel', 'c');
  const early = saga.load;
  const rows = saga.log.slice(0, 2);
  saga.wake(5 * SECOND); // nobody answered: loads again
  expect(saga.load).toBeGreaterThan(early);
  expect(saga.take({ kind: 'loaded', saga: 's-1', number: early, events: rows })).toEqual([]);
  expect(saga.loaded()).toEqual(['c refused saga is completed', 'ended completed']);
});

test('E10: a wish whose append met the log of another writer is decided again, not taken for granted', () => {
  const before = started(sequence('a'));
  const saga = new MachineUnderTest(before.definition, { log: before.log });
  saga.take({ kind: 'recovered', sagas: [before.log] });
  expect(saga.wish('cancel', 'c')).toEqual([expect.stringMatching(/^append @2: stop-requested/)]);
  before.replied('do a #1', APPLIED);
  saga.log = [...before.log];
  saga.answered('append-conflict');
  expect(saga.loaded()).toEqual(['c refused saga is completed', 'ended completed']);
});

test('E10: a writer whose own rows stand below those of a later epoch halts', () => {
  const saga = started(TWO);
  saga.reply('do a #1', APPLIED);
  saga.write();
  const event = { kind: 'stop-requested', reason: { kind: 'cancelled' } } as const;
  saga.log.push({ saga: 's-1', version: saga.log.length + 1, epoch: 2, atUs: 0, event });
  saga.answered('append-unknown');
  expect(saga.loaded()).toEqual(['halt']);
});

test('E1: the answer to an append of an earlier life settles nothing in this one', () => {
  const before = started(TWO);
  const after = new MachineUnderTest(TWO, { epoch: 2, log: before.log });
  after.take({ kind: 'recovered', sagas: [before.log] });
  after.reply('do a #1', APPLIED);
  expect(after.append!.number).toBe(before.append!.number);
  expect(after.take({ kind: 'appended', append: before.append! })).toEqual([]);
  expect(after.appended()).toEqual(['do b #1']);
});

test('E4: a call of an earlier round on the wire does not stand in for one of the new round', () => {
  const definition = defineSaga({
    name: 'test',
    version: 1,
    steps: {
      look: { service: 's', action: 'look', effects: 'none' },
      a: { service: 's', action: 'a', compensation: 'undo' },
    },
  });
  const saga = started(definition);
  saga.reply('do a #1', REJECTED);
  saga.wish('retry', 'r'); // waits in the inbox until the failure is durable
  saga.appended();
  expect(saga.appended()).toEqual(['r accepted', 'do look #1', 'do a #1']);
  expect(saga.calls.get('do look #1')!.round).toBe(1);
});
