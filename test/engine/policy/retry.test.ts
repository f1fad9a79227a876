// E11: how long to wait. Backoff is exact integer arithmetic; jitter is drawn from the operation's key, within its
// span, and spreads those who failed together.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BACKOFFS,
  type Backoff,
  backoffUs,
  honouredRetryAfterUs,
  type JitterPermille,
  jittered,
  longestWaitsUs,
  type RetryRule,
  waitUs,
} from '../../../engine/policy/retry.ts';

const DAY_US = 86_400_000_000;
const HOUR_US = 3_600_000_000;

function rule(
  initialUs: number,
  maxUs: number,
  factorPermille: number,
  backoff: Backoff = 'exponential',
): RetryRule {
  return { attemptsMax: 1000, initialUs, maxUs, factorPermille, backoff };
}

test.each<[what: string, rule: RetryRule, waits: readonly number[]]>([
  ['doubles', rule(1_000, 1_000_000, 2_000), [1_000, 2_000, 4_000, 8_000, 16_000]],
  [
    'by one and a half, exactly',
    rule(5_000_000, 120_000_000, 1_500),
    [5e6, 7.5e6, 11.25e6, 16.875e6, 25_312_500],
  ],
  ['stops at the cap', rule(1_000, 3_000, 2_000), [1_000, 2_000, 3_000, 3_000]],
  ['stays', rule(30_000_000, 300_000_000, 1_000), [3e7, 3e7, 3e7]],
  ['rounds down', rule(3, 100, 1_500), [3, 4, 6, 9, 13]],
  ['no wait at all', rule(0, 0, 2_000), [0, 0, 0]],
  ['is fixed', rule(70, 1_000, 2_000, 'fixed'), [70, 70, 70]],
  ['is linear', rule(70, 200, 2_000, 'linear'), [70, 140, 200, 200]],
  ['trebles at most where it is decorrelated', rule(10, 200, 2_000, 'decorrelated'), [30, 90, 200, 200]],
])('E11: backoff %s', (_what, rule, waits) => {
  expect(waits.map((_, i) => backoffUs(rule, i + 1))).toEqual(waits);
});

test('E11: the millionth wait is found at once, and is the cap', () => {
  expect(backoffUs(rule(1, DAY_US, 1_001), 1_000_000)).toBe(1); // a factor that never adds a whole microsecond
  expect(backoffUs(rule(1_000, DAY_US, 1_001), 1_000_000)).toBe(DAY_US);
});

test.each<[what: string, maxUs: number, askedUs: number, honouredUs: number]>([
  ['nothing', 1_000, 0, 0],
  ['more than the rule would wait', 1_000, 7_000_000, 7_000_000],
  ['an hour', 1_000, HOUR_US, HOUR_US],
  ['more than an hour', 1_000, HOUR_US + 1, HOUR_US],
  ['ten years', 1_000, 3_650 * DAY_US, HOUR_US],
  ['ten years of a rule that waits a day', DAY_US, 3_650 * DAY_US, DAY_US],
  ['for ever', 1_000, Number.POSITIVE_INFINITY, HOUR_US],
])('a participant that asks for %s', (_what, maxUs, askedUs, honouredUs) => {
  expect(honouredRetryAfterUs(rule(1_000, maxUs, 2_000), askedUs)).toBe(honouredUs);
});

const anyRule = fc
  .record({
    initialUs: fc.nat(DAY_US),
    more: fc.nat(DAY_US),
    factorPermille: fc.integer({ min: 1_000, max: 10_000 }),
    backoff: fc.constantFrom(...BACKOFFS),
  })
  .map(({ initialUs, more, factorPermille, backoff }) =>
    rule(initialUs, Math.min(DAY_US, initialUs + more), factorPermille, backoff),
  );

const anySpan = fc
  .tuple(fc.nat(10_000), fc.nat(10_000))
  .map(([a, b]): JitterPermille => [Math.min(a, b), Math.max(a, b)]);

const anyKey = fc.nat(0xffff_ffff);
const anyAttempt = fc.integer({ min: 1, max: 200 });

test('E11: waits are whole, never shrink, and never pass the cap', () => {
  fc.assert(
    fc.property(anyRule, anyAttempt, (rule, attempt) => {
      const wait = backoffUs(rule, attempt);
      expect(Number.isSafeInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(rule.initialUs);
      expect(wait).toBeLessThanOrEqual(rule.maxUs);
      expect(backoffUs(rule, attempt + 1)).toBeGreaterThanOrEqual(wait);
    }),
  );
});

test('E11: jitter is whole, within its span, and always the same', () => {
  fc.assert(
    fc.property(fc.nat(DAY_US), anySpan, anyKey, anyAttempt, (wait, span, key, attempt) => {
      const jitter = jittered(wait, span, key, attempt);
      expect(Number.isSafeInteger(jitter)).toBe(true);
      expect(jitter).toBeGreaterThanOrEqual(Math.floor((wait * span[0]) / 1000));
      expect(jitter).toBeLessThanOrEqual(Math.floor((wait * span[1]) / 1000));
      expect(jittered(wait, span, key, attempt)).toBe(jitter);
    }),
  );
});

test('E11: a span of one point is no jitter', () => {
  fc.assert(
    fc.property(fc.nat(DAY_US), anyKey, anyAttempt, (wait, key, attempt) => {
      expect(jittered(wait, [1_000, 1_000], key, attempt)).toBe(wait);
    }),
  );
});

test('those who failed together come back spread over the whole span, and differently each time', () => {
  const waits = Array.from({ length: 10_000 }, (_, key) => jittered(1_000_000, [1_000, 1_100], key, 1));
  const tenths = new Array<number>(10).fill(0);
  for (const wait of waits) tenths[Math.min(9, Math.floor((wait - 1_000_000) / 10_000))]!++;
  // A thousand each, give or take; the keys are fixed.
  for (const count of tenths) {
    expect(count).toBeGreaterThan(850);
    expect(count).toBeLessThan(1_150);
  }
  const again = waits.filter((wait, key) => wait === jittered(1_000_000, [1_000, 1_100], key, 2));
  expect(again.length).toBeLessThan(200); // one in a hundred by chance
});

test('E12: the longest waits are an upper bound of any waits', () => {
  fc.assert(
    fc.property(anyRule, anySpan, anyKey, fc.integer({ min: 1, max: 20 }), (rule, span, key, attempts) => {
      let sum = 0;
      for (let attempt = 1; attempt < attempts; attempt++) sum += waitUs(rule, attempt, span, key);
      expect(sum).toBeLessThanOrEqual(longestWaitsUs(rule, attempts, span));
    }),
  );
});

test('a decorrelated wait lies between the first one and three times the one before, and never passes the cap', () => {
  fc.assert(
    fc.property(anyRule, anyKey, anyAttempt, (any, key, attempt) => {
      const decorrelated: RetryRule = { ...any, backoff: 'decorrelated' };
      const before = attempt === 1 ? any.initialUs : waitUs(decorrelated, attempt - 1, [1_000, 1_000], key);
      const wait = waitUs(decorrelated, attempt, [1_000, 1_000], key);
      expect(Number.isSafeInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(any.initialUs);
      expect(wait).toBeLessThanOrEqual(Math.min(any.maxUs, 3 * before));
    }),
  );
});
