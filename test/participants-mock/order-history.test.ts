// Orders kept as events, as a participant: what a call notes, what a guard refuses, and the storm over all of it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStreams } from '../../engine/event-sourcing/index.ts';
import { orderHistory } from '../../participants-mock/index.ts';
import scenario from '../../scenarios/event-sourced/order-history.ts';
import { profiles, simulate } from '../../simulator/index.ts';
import { client } from '../engine/fence/call-of.ts';

test('a call is noted once, whatever is repeated', () => {
  const orders = orderHistory();
  const { forward, undo } = client(orders);
  expect(forward('create', { total: 5 }, { step: 'order' })).toEqual({ kind: 'applied' });
  forward('create', { total: 5 }, { step: 'order' });
  forward('pay', {}, { step: 'paid' });
  expect(orders.load('s-1')).toEqual({ status: 'paid', total: 5, paid: 5 });
  undo('unpay', {}, { step: 'paid' });
  undo('cancel', {}, { step: 'order' });
  expect(orders.rebuild('s-1')).toEqual({ status: 'cancelled', total: 5, paid: 0 });
});

test.each([
  ['a total that is none', 'create', { total: 0 }, 'invalid_request'],
  ['an action that is none', 'polish', {}, 'invalid_request'],
  ['what a guard forbids', 'ship', {}, 'business'],
])('%s is refused for good', (_what, action, payload, failure) => {
  const { forward } = client(orderHistory());
  expect(forward(action, payload)).toMatchObject({ kind: 'rejected', failure });
});

test('in a storm orders from snapshots are orders from their events', () => {
  for (let i = 0; i < 10; i++) {
    const result = simulate(scenario, { seed: `orders/${i}`, sagas: 30, profile: profiles.storm });
    expect([result.verdict, result.violations]).toEqual(['held', []]);
    expect(result.invariantsExercised).toContain('snapshot-is-fold');
  }
});

const CALLS = fc.array(
  fc.record({
    direction: fc.constantFrom('forward', 'undo' as const),
    step: fc.constantFrom('order', 'paid', 'reserved', 'confirmed'),
    total: fc.constantFrom(5, 5, 5, 0, 7),
  }),
  { maxLength: 30 },
);
const ACTIONS: Readonly<Record<string, readonly [forward: string, undo: string]>> = {
  order: ['create', 'cancel'],
  paid: ['pay', 'unpay'],
  reserved: ['reserve', 'release'],
  confirmed: ['ship', 'polish'],
};

test('a process that begins anew before each call answers as one that never dies', () => {
  fc.assert(
    fc.property(CALLS, (calls) => {
      const streams = new MemoryStreams();
      const other = new MemoryStreams();
      const lasting = orderHistory({ streams: other });
      const plain = orderHistory();
      for (const { direction, step, total } of calls) {
        const [forward, undo] = ACTIONS[step]!;
        const answers = [orderHistory({ streams }), lasting, plain].map((orders) =>
          client(orders)[direction](direction === 'forward' ? forward : undo, { total }, { step }),
        );
        expect(answers).toEqual([answers[2], answers[2], answers[2]]);
      }
      expect(streams.readAll(0, 1_000)).toEqual(other.readAll(0, 1_000));
    }),
    { numRuns: 500 },
  );
});
