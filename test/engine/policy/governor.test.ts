// The parts of a governor together: places and their order, stretched waits, budgets, and what undos are spared.

import { expect, test } from 'vitest';
import type { DueCall, Governor } from '../../../engine/core/policy.ts';
import type { Outcome } from '../../../engine/core/protocol.ts';
import { AdaptiveRetry } from '../../../engine/policy/adaptive-retry.ts';
import {
  adaptiveRetries,
  circuitBreakers,
  definePolicy,
  type GovernedSpec,
  policies,
} from '../../../engine/policy/index.ts';
import { failed } from './failed.ts';

const ILL: Outcome = { kind: 'unknown', failure: 'transient', reason: '500' };

function governor(spec: GovernedSpec): Governor {
  return definePolicy({ name: 'governed', jitter: 'none', ...spec }).govern!(() => {});
}

function due(saga: string, change: Partial<DueCall> = {}): DueCall {
  return { saga, service: 'bank', direction: 'forward', step: 0, isFirst: false, ...change };
}

const left = { service: 'bank', direction: 'forward', generation: 0 } as const;

test('a policy that remembers nothing has no governor', () => {
  expect(policies.default.govern).toBeUndefined();
});

test('a bulkhead lets so many calls of one service leave; who waits is called by urgency, then by age', () => {
  const it = governor({ bulkhead: { callsMax: 1, queueMax: 10 } });
  expect(it.permit(due('first'), 0)).toBe('go');
  expect(it.permit(due('elsewhere', { service: 'shop' }), 0)).toBe('go');
  for (const saga of ['new-1', 'new-2']) expect(it.permit(due(saga, { isFirst: true }), 0)).toBe('wait');
  expect(it.permit(due('begun'), 0)).toBe('wait');
  expect(it.permit(due('undone', { direction: 'compensation' }), 0)).toBe('wait');
  const order: string[] = [];
  for (;;) {
    it.settled(left, { kind: 'applied' }, 0);
    const next = it.next('bank');
    if (next === undefined) break;
    order.push(next);
    it.permit(due(next), 0);
  }
  expect(order).toEqual(['undone', 'begun', 'new-1', 'new-2']);
});

test('a full queue refuses forward calls, certainly without effect; an undo always waits', () => {
  const it = governor({ bulkhead: { callsMax: 1, queueMax: 1 } });
  it.permit(due('a'), 0);
  it.permit(due('b'), 0);
  expect(it.permit(due('b'), 0)).toBe('wait'); // it has a place in the queue already
  expect(it.permit(due('c'), 0)).toMatchObject({ kind: 'rejected', failure: 'resource_exhausted' });
  expect(it.permit(due('d', { direction: 'compensation' }), 0)).toBe('wait');
});

test('who is undone, or let go of, does not wait forward any more', () => {
  const it = governor({ bulkhead: { callsMax: 1, queueMax: 2 } });
  it.permit(due('a'), 0);
  for (const saga of ['b', 'c']) expect(it.permit(due(saga), 0)).toBe('wait');
  expect(it.permit(due('b', { direction: 'compensation' }), 0)).toBe('wait');
  expect(it.permit(due('d'), 0)).toBe('wait');
  expect(it.permit(due('e'), 0)).toMatchObject({ failure: 'resource_exhausted' });
  it.forget('c');
  expect(it.permit(due('e'), 0)).toBe('wait');
});

test('an open circuit refuses forward calls and lets undos pass', () => {
  const it = governor({ circuitBreaker: circuitBreakers.fiveInARow });
  for (let i = 0; i < 5; i++) {
    it.permit(due('a'), 0);
    it.settled(left, ILL, 0);
  }
  expect(it.permit(due('a'), 0)).toMatchObject({ failure: 'circuit_open' });
  expect(it.permit(due('a', { direction: 'compensation' }), 0)).toBe('go');
  expect(it.permit(due('a', { service: 'shop' }), 0)).toBe('go');
});

test('failed undos do not open the circuit for forward calls', () => {
  const it = governor({ circuitBreaker: circuitBreakers.fiveInARow });
  for (let i = 0; i < 9; i++) it.settled({ ...left, direction: 'compensation' }, ILL, 0);
  expect(it.permit(due('a'), 0)).toBe('go');
});

test('a spent budget ends retries of what can be undone; what must go on waits longest; undos are spared', () => {
  const budget = { tokensMax: 1, charge: 'retries', cost: 1, timeoutCost: 1, gainPermille: 0 } as const;
  const it = governor({ retryBudget: budget });
  expect(it.retryDelayUs(failed({ failure: 'transient' }))).toBe(1_000_000);
  expect(it.retryDelayUs(failed({ failure: 'transient' }))).toBe(-1);
  expect(it.retryDelayUs(failed({ failure: 'transient', endless: true }))).toBe(30_000_000);
  expect(it.retryDelayUs(failed({ failure: 'transient', direction: 'compensation' }))).toBe(2_000_000);
  expect(it.retryDelayUs(failed({ failure: 'transient', service: 'shop' }))).toBe(1_000_000);
});

test('a wait is stretched by half below half success, doubled by more than five recent failures, and capped', () => {
  const half = new AdaptiveRetry(adaptiveRetries.standard);
  half.settled(true);
  half.settled(true);
  expect(half.stretched(1_000, 30_000)).toBe(1_500);
  for (let i = 0; i < 4; i++) half.settled(true);
  expect(half.stretched(1_000, 30_000)).toBe(3_000);
  expect(half.stretched(20_000, 30_000)).toBe(30_000);
  expect(half.stretched(33_000, 30_000)).toBe(33_000); // jitter had passed the cap before
  for (let i = 0; i < 100; i++) half.settled(false);
  expect(half.stretched(1_000, 30_000)).toBe(1_000);
});

test('a copy of a call needs a place of its own and a closed circuit', () => {
  const it = governor({ bulkhead: { callsMax: 2, queueMax: 0 }, circuitBreaker: circuitBreakers.fiveInARow });
  it.permit(due('a'), 0);
  expect(it.permitCopy('bank')).toBe(true);
  expect(it.permitCopy('bank')).toBe(false);
  it.settled(left, undefined, 0);
  for (let i = 0; i < 5; i++) it.settled(left, ILL, 0);
  expect(it.permitCopy('bank')).toBe(false);
});
