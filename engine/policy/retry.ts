// When a failed attempt is tried again: exponential backoff with a cap, and jitter so that those who failed
// together do not come back together (M. Brooker, "Exponential Backoff And Jitter", AWS 2015).
//
// E11. Integers only; a power is a loop, since Math.pow differs between engine versions.

import { join32, mix32 } from '../core/mix.ts';

/** One row of a retry table. Times in microseconds. */
export interface RetryRule {
  /** Attempts in all, the first one included; from 1. */
  readonly attemptsMax: number;
  /** Wait after the first failure. */
  readonly initialUs: number;
  /** No wait is longer, jitter aside. */
  readonly maxUs: number;
  /** What the wait is multiplied by each time, in thousandths; from 1,000. */
  readonly factorPermille: number;
}

/** One hour: what a participant asks for beyond it is not honoured, or an endless step would stall its saga. */
const RETRY_AFTER_MAX_US = 3_600_000_000;

/** The span that a wait is scaled by, in thousandths: `[1000, 1100]` adds up to a tenth. */
export type JitterPermille = readonly [least: number, most: number];

/**
 * The wait after attempt number `attempt` failed, jitter aside, in microseconds.
 *
 * @example
 * backoffUs({ attemptsMax: 5, initialUs: 1_000_000, maxUs: 30_000_000, factorPermille: 2_000 }, 3); // 4_000_000
 */
export function backoffUs({ initialUs, maxUs, factorPermille }: RetryRule, attempt: number): number {
  let waitUs = Math.min(initialUs, maxUs);
  for (let i = 1; i < attempt && waitUs < maxUs; i++) {
    const next = Math.floor((waitUs * factorPermille) / 1000);
    if (next === waitUs) return waitUs;
    waitUs = Math.min(next, maxUs);
  }
  return waitUs;
}

/** Scales a wait by a factor that `key` and `attempt` fix: the same question always has the same answer. */
export function jittered(
  waitUs: number,
  [least, most]: JitterPermille,
  key: number,
  attempt: number,
): number {
  const draw = mix32(join32(join32(0, key), attempt));
  const permille = least + Math.floor((draw / 0x1_0000_0000) * (most - least + 1));
  return Math.floor((waitUs * permille) / 1000);
}

/** What is honoured of a participant's wish: at most an hour, or the rule's own longest wait if that is longer. */
export function honouredRetryAfterUs({ maxUs }: RetryRule, retryAfterUs: number): number {
  return Math.min(retryAfterUs, Math.max(RETRY_AFTER_MAX_US, maxUs));
}

/** All waits between `attempts` attempts, with the most jitter, in microseconds. */
export function longestWaitsUs(rule: RetryRule, attempts: number, [, most]: JitterPermille): number {
  let sum = 0;
  for (let attempt = 1; attempt < attempts; attempt++) {
    sum += Math.ceil((backoffUs(rule, attempt) * most) / 1000);
  }
  return sum;
}
