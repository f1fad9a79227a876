// The mean of per-seed differences, by a paired bootstrap: both numbers of a pair come from one seed, so what the
// seed does to both cancels out (common random numbers).
//
// Source: Efron and Tibshirani 1993, chapter 8 (one sample of differences); common random numbers: A. M. Law,
// Simulation Modeling and Analysis, 11.2.

import { type Estimate, estimateOf, type Resamples } from './resamples.ts';

/** A number per seed; undefined where a seed has none. */
export type PerSeed = readonly (number | undefined)[];

/** The mean of the numbers that are there; undefined without any. */
export function meanOf(values: PerSeed): number | undefined {
  const there = values.filter((value) => value !== undefined);
  return there.length === 0 ? undefined : there.reduce((sum, value) => sum + value, 0) / there.length;
}

/** What is left over of pairs in which both numbers are there. */
export function differences(baseline: PerSeed, other: PerSeed): PerSeed {
  return baseline.map((base, i) => {
    const value = other[i];
    return base === undefined || value === undefined ? undefined : value - base;
  });
}

/** The mean of the values in each resample; NaN where none is there. */
export function bootstrapMeans(values: PerSeed, resamples: Resamples): Float64Array {
  return resamples.map((weights) => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value === undefined) continue;
      sum += weights[i]! * value;
      count += weights[i]!;
    }
    return sum / count;
  });
}

/** The mean of `other − baseline`, with its interval. */
export function pairedDifference(
  baseline: PerSeed,
  other: PerSeed,
  resamples: Resamples,
): Estimate | undefined {
  const pairs = differences(baseline, other);
  const value = meanOf(pairs);
  return value === undefined ? undefined : estimateOf(value, bootstrapMeans(pairs, resamples));
}
