// Each statistic against values that somebody published.

import { expect, test } from 'vitest';
import { Seed } from '../../../simulator/kernel/random.ts';
import {
  holm,
  mcnemar,
  PooledSamples,
  Resamples,
  samplesNeeded,
  wilson,
} from '../../../simulator/statistics/index.ts';
import { bootstrapMeans } from '../../../simulator/statistics/paired-means.ts';
import { estimateOf } from '../../../simulator/statistics/resamples.ts';

/** Survival of treated mice in days: Efron and Tibshirani 1993, table 2.1. */
const MICE = [94, 197, 16, 38, 99, 141, 23];
const draws = new Resamples(MICE.length, 20_000, new Seed('mice').stream('bootstrap'));

function standardError(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

test('the bootstrap error of a mean is that of Efron and Tibshirani, table 2.2: 23.36', () => {
  const error = standardError(bootstrapMeans(MICE, draws));
  expect(error).toBeGreaterThan(23.36 * 0.98);
  expect(error).toBeLessThan(23.36 * 1.02);
});

test('the bootstrap error of a median is that of Efron and Tibshirani, table 2.2: 37.83', () => {
  const pooled = new PooledSamples(MICE.map((value) => [value]));
  const error = standardError(draws.map((weights) => pooled.at(500, weights)));
  expect(error).toBeGreaterThan(37.83 * 0.98);
  expect(error).toBeLessThan(37.83 * 1.02);
});

test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('Wilson interval of %i in %i: Newcombe 1998, table I, method 3', (hits, trials, low, high) => {
  const interval = wilson(hits, trials);
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});

test('a rate of one has an upper end of one', () => {
  expect(wilson(20, 20).high).toBe(1);
  expect(wilson(20, 20).low).toBeCloseTo(1 - 0.1611, 4);
});

test('exact McNemar of 1 against 7: Fagerland, Lydersen and Laake 2013, the airway example, p = 0.070', () => {
  expect(mcnemar(1, 7)).toBeCloseTo(0.0703125, 12);
  expect(mcnemar(7, 1)).toBe(mcnemar(1, 7));
});

test('McNemar without a difference says 1, and does not underflow for many pairs', () => {
  expect(mcnemar(0, 0)).toBe(1);
  expect(mcnemar(4, 4)).toBe(1);
  expect(mcnemar(5_000, 5_000)).toBeCloseTo(1, 10);
  expect(mcnemar(4_900, 5_100)).toBeCloseTo(0.0466, 3); // the normal approximation, continuity-corrected: z = 1.99
});

test('Holm: four p-values as in R, p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((p, i) => {
    expect(adjusted[i]).toBeCloseTo(p, 12);
  });
});

test('a p99 needs 368 samples, a median six: 0.99^367 > 0.025 ≥ 0.99^368', () => {
  expect([samplesNeeded(990), samplesNeeded(500)]).toEqual([368, 6]);
});

test('the percentile interval of 2,000 draws is the 50th and the 1,951st of them', () => {
  const estimate = estimateOf(
    0,
    Float64Array.from({ length: 2_000 }, (_, i) => i + 1 - 1_000.5),
  );
  expect(estimate).toMatchObject({ low: 50 - 1_000.5, high: 1_951 - 1_000.5 });
  expect(estimate!.p).toBe(1);
});
