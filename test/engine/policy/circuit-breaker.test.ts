// The circuit of one service: when it opens, whom it lets through, when it closes, and whom it never refuses.

import { expect, test } from 'vitest';
import type { CircuitChange } from '../../../engine/core/policy.ts';
import type { Outcome } from '../../../engine/core/protocol.ts';
import { Circuit, type CircuitBreakerSpec } from '../../../engine/policy/circuit-breaker.ts';
import { circuitBreakers } from '../../../engine/policy/index.ts';

const SECOND = 1_000_000;
const WELL: Outcome = { kind: 'applied' };
const ILL: Outcome = { kind: 'unknown', failure: 'transient', reason: '500' };
const NO: Outcome = { kind: 'rejected', failure: 'business', reason: 'no funds' };
const SLOW_DOWN: Outcome = { kind: 'rejected', failure: 'rate_limited', reason: '429' };

function circuit(spec: CircuitBreakerSpec = circuitBreakers.fiveInARow) {
  const changes: string[] = [];
  const report = ({ from, to }: CircuitChange): void => void changes.push(`${from} > ${to}`);
  const it = new Circuit('bank', spec, report);
  /** A call that leaves, if it may, and is answered at once. */
  const call = (outcome: Outcome | undefined, nowUs = 0): boolean => {
    if (it.refusal(nowUs) !== undefined) return false;
    it.left();
    it.settled(it.generation, outcome, nowUs);
    return true;
  };
  return { it, call, changes };
}

test('five failures in a row open it; for a minute nobody passes, then three probes may', () => {
  const { it, call, changes } = circuit();
  for (let i = 0; i < 4; i++) call(ILL);
  call(WELL);
  for (let i = 0; i < 4; i++) call(ILL);
  expect(it.state).toBe('closed');
  call(ILL);
  expect(it.refusal(20 * SECOND)).toEqual({
    kind: 'rejected',
    failure: 'circuit_open',
    reason: 'the circuit of "bank" is open',
    retryAfterUs: 40 * SECOND,
  });
  for (let probe = 0; probe < 3; probe++) {
    expect(it.refusal(60 * SECOND)).toBeUndefined();
    it.left();
  }
  expect(it.refusal(60 * SECOND)).toMatchObject({ failure: 'circuit_open', retryAfterUs: 0 });
  expect(changes).toEqual(['closed > open', 'open > half-open']);
});

test('one probe that is answered well closes it; one that fails opens it again for as long', () => {
  const { call, changes } = circuit();
  for (let i = 0; i < 5; i++) call(ILL);
  call(ILL, 60 * SECOND);
  expect(call(WELL, 119 * SECOND)).toBe(false);
  expect(call(WELL, 120 * SECOND)).toBe(true);
  expect(changes).toEqual([
    'closed > open',
    'open > half-open',
    'half-open > open',
    'open > half-open',
    'half-open > closed',
  ]);
});

test('it opens by the rate of failures, not before enough calls were made', () => {
  const { it, call } = circuit({ ...circuitBreakers.halfOfFifty, callsMin: 20 });
  for (let i = 0; i < 19; i++) call(i % 2 === 0 ? ILL : WELL);
  expect(it.state).toBe('closed');
  call(ILL);
  expect(it.state).toBe('open');
});

test('a service that refuses for good reasons is well', () => {
  const { it, call } = circuit();
  for (let i = 0; i < 20; i++) call(i % 2 === 0 ? NO : SLOW_DOWN);
  expect(it.state).toBe('closed');
});

test('a late answer to a call from before it opened neither closes nor opens it', () => {
  const { it, call } = circuit();
  for (let i = 0; i < 5; i++) call(ILL, 10 * SECOND);
  expect(it.refusal(70 * SECOND)).toBeUndefined();
  it.left();
  it.settled(0, WELL, 71 * SECOND);
  it.settled(0, ILL, 71 * SECOND);
  expect(it.state).toBe('half-open');
});

test('a probe of which nobody learns what became of it makes place for another', () => {
  const { it, call } = circuit({ ...circuitBreakers.fiveInARow, probes: 1 });
  for (let i = 0; i < 5; i++) call(ILL);
  call(undefined, 60 * SECOND);
  expect(it.refusal(60 * SECOND)).toBeUndefined();
});

test('a clock that is set back keeps no probe: what counts is which opening it left after', () => {
  const { it, call } = circuit({ ...circuitBreakers.fiveInARow, probes: 1, successesToClose: 2 });
  for (let i = 0; i < 5; i++) call(ILL, 40 * SECOND);
  expect(call(WELL, 100 * SECOND)).toBe(true);
  expect(call(WELL, 90 * SECOND)).toBe(true);
  expect(it.state).toBe('closed');
});
