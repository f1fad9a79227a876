// When a failed attempt is tried again: backoff with a cap, and jitter so that those who failed together do not come
// back together (M. Brooker, "Exponential Backoff And Jitter", AWS 2015; "full", "equal" and "decorrelated" are his).
//
// E11. Integers only; a power is a loop, since Math.pow differs between engine versions.

import { join32, mix32 } from '../core/mix.ts';

/** How the wait grows with the attempts. */
export type Backoff = (typeof BACKOFFS)[number];

export const BACKOFFS = ['fixed', 'linear', 'exponential', 'decorrelated'] as const;

/** One row of a retry table. Times in microseconds. */
export interface RetryRule {
  /** Attempts in all, the first one included; from 1. */
  readonly attemptsMax: number;
  /** Wait after the first failure. */
  readonly initialUs: number;
  /** No wait is longer, jitter aside. */
  readonly maxUs: number;
  /** What an exponential wait is multiplied by each time, in thousandths; from 1,000. */
  readonly factorPermille: number;
  readonly backoff: Backoff;
}

/** One hour: what a participant asks for beyond it is not honoured, or an endless step would stall its saga. */
const RETRY_AFTER_MAX_US = 3_600_000_000;

/** A decorrelated wait lies between the first one and three times the one before. */
const DECORRELATED_FACTOR = 3;

/** The span that a wait is scaled by, in thousandths: `[1000, 1100]` adds up to a tenth. */
export type JitterPermille = readonly [least: number, most: number];

/**
 * The wait after attempt number `attempt` failed, in microseconds, jitter included: `key` and `attempt` fix the draw, so
 * the same question always has the same answer.
 */
export function waitUs(rule: RetryRule, attempt: number, jitter: JitterPermille, key: number): number {
  if (rule.backoff === 'decorrelated') return decorrelatedUs(rule, attempt, key);
  return jittered(backoffUs(rule, attempt), jitter, key, attempt);
}

/**
 * The wait after attempt number `attempt` failed, jitter aside, in microseconds. A decorrelated one is all jitter: its
 * upper bound.
 *
 * @example
 * const rule = { attemptsMax: 5, initialUs: 1_000_000, maxUs: 30_000_000, factorPermille: 2_000, backoff: 'exponential' };
 * backoffUs(rule, 3); // 4_000_000
 */
export function backoffUs(rule: RetryRule, attempt: number): number {
  const { initialUs, maxUs, factorPermille, backoff } = rule;
  switch (backoff) {
    case 'fixed':
      return Math.min(initialUs, maxUs);
    case 'linear':
      return Math.min(initialUs * attempt, maxUs);
    case 'exponential':
      return grown(initialUs, maxUs, factorPermille, attempt);
    case 'decorrelated':
      return grown(initialUs * DECORRELATED_FACTOR, maxUs, DECORRELATED_FACTOR * 1000, attempt);
  }
}

function grown(initialUs: number, maxUs: number, factorPermille: number, attempt: number): number {
  let us = Math.min(initialUs, maxUs);
  for (let i = 1; i < attempt && us < maxUs; i++) {
    const next = Math.floor((us * factorPermille) / 1000);
    if (next === us) return us;
    us = Math.min(next, maxUs);
  }
  return us;
}

function decorrelatedUs({ initialUs, maxUs }: RetryRule, attempt: number, key: number): number {
  let us = initialUs;
  for (let i = 1; i <= attempt; i++) {
    const span = us * DECORRELATED_FACTOR - initialUs + 1;
    us = Math.min(maxUs, initialUs + Math.floor(draw(key, i) * span));
  }
  return us;
}

/** Scales a wait by a factor that `key` and `attempt` fix. */
export function jittered(us: number, [least, most]: JitterPermille, key: number, attempt: number): number {
  const permille = least + Math.floor(draw(key, attempt) * (most - least + 1));
  return Math.floor((us * permille) / 1000);
}

/** In [0, 1), a multiple of 2^-32. */
function draw(key: number, attempt: number): number {
  return mix32(join32(join32(0, key), attempt)) / 0x1_0000_0000;
}

/** What is honoured of a participant's wish: at most an hour, or the rule's own longest wait if that is longer. */
export function honouredRetryAfterUs({ maxUs }: RetryRule, retryAfterUs: number): number {
  return Math.min(retryAfterUs, Math.max(RETRY_AFTER_MAX_US, maxUs));
}

/** All waits between `attempts` attempts, with the most jitter, in microseconds. */
export function longestWaitsUs(rule: RetryRule, attempts: number, [, most]: JitterPermille): number {
  const permille = rule.backoff === 'decorrelated' ? 1000 : most;
  let sum = 0;
  for (let attempt = 1; attempt < attempts; attempt++) {
    sum += Math.ceil((backoffUs(rule, attempt) * permille) / 1000);
  }
  return sum;
}
