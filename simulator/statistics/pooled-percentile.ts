// A percentile over the samples of all seeds together, by a cluster bootstrap: samples of one seed depend on each
// other (one partition slows all of them), so whole seeds are drawn, never samples.
//
// Source: A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application, 1997, 3.8 (resampling whole clusters);
// C. A. Field, A. H. Welsh, Bootstrapping clustered data, JRSS B 69 (2007).

import { type Estimate, estimateOf, type Resamples } from './resamples.ts';

/** The samples of each seed. */
export type Clusters = readonly ArrayLike<number>[];

const PERMILLE = 1000;

/** Samples of all seeds, sorted once: a resample only changes how much each of them weighs. */
export class PooledSamples {
  readonly count: number;
  readonly #values: Float64Array;
  readonly #owners: Uint32Array;
  readonly #counts: readonly number[];

  constructor(clusters: Clusters) {
    this.#counts = clusters.map(({ length }) => length);
    this.count = this.#counts.reduce((sum, length) => sum + length, 0);
    const values = new Float64Array(this.count);
    const owners = new Uint32Array(this.count);
    let at = 0;
    clusters.forEach((samples, owner) => {
      for (let i = 0; i < samples.length; i++, at++) {
        values[at] = samples[i]!;
        owners[at] = owner;
      }
    });
    const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
    this.#values = Float64Array.from(order, (i) => values[i]!);
    this.#owners = Uint32Array.from(order, (i) => owners[i]!);
  }

  /** The smallest sample that `permille` of all are not above; NaN without samples. */
  at(permille: number, weights?: ArrayLike<number>): number {
    const total = this.#counts.reduce((sum, count, i) => sum + count * (weights?.[i] ?? 1), 0);
    if (total === 0) return Number.NaN;
    let above = total - Math.ceil((permille * total) / PERMILLE) + 1;
    let i = this.count;
    while (above > 0) {
      i--;
      above -= weights === undefined ? 1 : weights[this.#owners[i]!]!;
    }
    return this.#values[i]!;
  }
}

/** The percentile of `other` minus that of `baseline`, with its interval; the clusters are pairs, in the same order. */
export function pooledDifference(
  baseline: PooledSamples,
  other: PooledSamples,
  permille: number,
  resamples: Resamples,
): Estimate | undefined {
  const difference = (weights?: Uint16Array): number =>
    other.at(permille, weights) - baseline.at(permille, weights);
  return estimateOf(difference(), resamples.map(difference));
}

/**
 * So many samples there must be for a two-sided 95 % interval of a percentile to have an upper end at all: with fewer,
 * the largest of them is below the percentile more than once in forty times. 368 for p99.
 *
 * Source: order statistics, e.g. W. J. Conover, Practical Nonparametric Statistics, 3.2: q^n ≤ 0.025.
 */
export function samplesNeeded(permille: number): number {
  return Math.ceil(Math.log(0.025) / Math.log(permille / PERMILLE));
}
