// Durations of a whole campaign in constant memory: one histogram each, exact to three digits.
//
// D1. Adding is commutative: the percentiles do not depend on workers, batches or order.
// D2. `max` is exact; the percentiles are at most 0.1 % above an observed duration, and never above `max`.

import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import type { Percentiles } from '../run-record.ts';

/** Durations on their way from a worker thread to the main thread. */
export interface PackedDurations {
  readonly max: number;
  readonly histogram: string;
}

const COUNTER_BITS = 64;
/** About 19 hours of virtual time; beyond it the histogram grows by itself. */
const EXPECTED_MAX_US = 2 ** 36;

export class Durations {
  readonly #histogram: Histogram = build({
    bitBucketSize: COUNTER_BITS,
    highestTrackableValue: EXPECTED_MAX_US,
    numberOfSignificantValueDigits: 3,
  });
  #max = 0;

  /** Adds observations, in virtual microseconds. */
  record(samplesUs: Iterable<number>): void {
    for (const us of samplesUs) {
      this.#histogram.recordValue(us);
      if (us > this.#max) this.#max = us;
    }
  }

  add(packed: PackedDurations): void {
    this.#histogram.add(decodeFromCompressedBase64(packed.histogram, COUNTER_BITS, false));
    this.#max = Math.max(this.#max, packed.max);
  }

  pack(): PackedDurations {
    return { max: this.#max, histogram: encodeIntoCompressedBase64(this.#histogram) };
  }

  /** The durations that so many of a thousand do not exceed; none when there are no observations. */
  curve(permille: readonly number[]): readonly number[] {
    return this.#histogram.totalCount === 0 ? [] : permille.map((share) => this.#at(share / 10));
  }

  #at(percent: number): number {
    return Math.min(this.#max, this.#histogram.getValueAtPercentile(percent));
  }

  percentiles(): Percentiles {
    const at = (percent: number): number => this.#at(percent);
    return {
      count: this.#histogram.totalCount,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: this.#max,
    };
  }
}
