// The draws of a bootstrap: how often each seed is in each resample. Made once and shared by everything that is
// compared, so that one record has one set of draws.
//
// Source: B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, 1993, chapters 6 and 13.

/** Confidence of every interval, two-sided. */
export const CONFIDENCE = 0.95;
/** Under so many units the percentile interval of a bootstrap is too narrow to be shown. */
export const UNITS_NEEDED = 20;

const TAIL = 0.025;

/** What a bootstrap says of one number. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided p-value of "it is zero": the share of draws on the other side of zero, doubled. */
  readonly p: number;
}

/** `times` resamples of `units` things, as weights. */
export class Resamples {
  readonly units: number;
  readonly times: number;
  readonly #weights: Uint16Array;

  /** `random` is uniform in [0, 1). */
  constructor(units: number, times: number, random: () => number) {
    this.units = units;
    this.times = times;
    this.#weights = new Uint16Array(units * times);
    for (let b = 0; b < times; b++) {
      for (let i = 0; i < units; i++) this.#weights[b * units + Math.floor(random() * units)]!++;
    }
  }

  /** How often each unit is in resample `index`; they sum up to `units`. */
  weights(index: number): Uint16Array {
    return this.#weights.subarray(index * this.units, (index + 1) * this.units);
  }

  /** One number per resample. */
  map(statistic: (weights: Uint16Array) => number): Float64Array {
    const draws = new Float64Array(this.times);
    for (let b = 0; b < this.times; b++) draws[b] = statistic(this.weights(b));
    return draws;
  }
}

/**
 * The percentile interval (Efron and Tibshirani, 13.5), and the p-value that goes with it; the draws plus one, so that
 * it is never zero (Davison and Hinkley, Bootstrap Methods, 1997, 4.11). Undefined when a resample had no value.
 */
export function estimateOf(value: number, draws: Float64Array): Estimate | undefined {
  if (draws.some(Number.isNaN)) return undefined;
  const sorted = draws.slice().sort();
  const place = Math.max(1, Math.floor((sorted.length + 1) * TAIL)) - 1;
  let [below, above] = [1, 1];
  for (const draw of sorted) {
    if (draw <= 0) below++;
    if (draw >= 0) above++;
  }
  const p = Math.min(1, (2 * Math.min(below, above)) / (sorted.length + 1));
  return { value, low: sorted[place]!, high: sorted[sorted.length - 1 - place]!, p };
}
