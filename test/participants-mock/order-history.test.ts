// Orders kept as events, as a participant: what a call notes, what a guard refuses, and the storm over all of it.

import { expect, test } from 'vitest';
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
