// How a run went over time: sagas asked for and ended, calls, faults, and how long the sagas took that ended then. For
// pictures: bounded in size whatever a run takes, and the timelines of many runs add up to one.
//
// T1. At most BUCKETS stretches of equal length; when time runs out of them, neighbours are joined and the length doubles.
// T2. Durations are kept by quarters of a power of two, so a percentile is at most a quarter above what was observed.
// T3. A fault makes no room for itself: copies of requests arrive hours after the last saga ended, and everything that is
//     worth a look would be one bucket. Faults after the last bucket of their run are left out.

import type { TimelineBucket, TimelineResult } from './run-result.ts';

const BUCKETS = 96;
/** The shortest, in microseconds. */
const BUCKET_US = 250_000;
const COUNTS = ['started', 'completed', 'undone', 'calls', 'faults'] as const;
export type TimelineCount = (typeof COUNTS)[number];
const WIDTH = COUNTS.length;
const PLACE = Object.fromEntries(COUNTS.map((count, i) => [count, i])) as Readonly<
  Record<TimelineCount, number>
>;
/** More bins than any duration needs. */
export const BINS = 256;

export class Timeline {
  #bucketUs = BUCKET_US;
  #counts: number[] = new Array<number>(BUCKETS * WIDTH).fill(0);
  /** By bucket × BINS + bin. */
  #durations = new Map<number, number>();
  /** Times of faults for which there is no room, unless something else makes it. */
  #lateFaults: number[] = [];

  add(count: TimelineCount, atUs: number): void {
    if (count === 'faults' && atUs >= this.#bucketUs * BUCKETS) {
      this.#lateFaults.push(atUs); // T3
      return;
    }
    const bucket = this.#bucketOf(atUs); // may make other counts
    this.#counts[bucket * WIDTH + PLACE[count]]!++;
  }

  /** A saga ended, this long after it was asked for. */
  took(durationUs: number, atUs: number): void {
    const key = this.#bucketOf(atUs) * BINS + binOf(durationUs);
    this.#durations.set(key, (this.#durations.get(key) ?? 0) + 1);
  }

  #bucketOf(atUs: number): number {
    const bucket = Math.floor(Math.max(0, atUs) / this.#bucketUs);
    if (bucket < BUCKETS) return bucket;
    let times = 2;
    while (atUs >= this.#bucketUs * times * BUCKETS) times *= 2;
    this.#lengthen(times);
    return Math.floor(atUs / this.#bucketUs);
  }

  /** T1. `times`: how much longer a bucket is to be, a power of two. */
  #lengthen(times: number): void {
    const counts = new Array<number>(BUCKETS * WIDTH).fill(0);
    for (let i = 0; i < counts.length; i++) {
      const bucket = Math.floor(Math.floor(i / WIDTH) / times);
      counts[bucket * WIDTH + (i % WIDTH)]! += this.#counts[i]!;
    }
    const durations = new Map<number, number>();
    for (const [key, sagas] of this.#durations) {
      const joined = Math.floor(Math.floor(key / BINS) / times) * BINS + (key % BINS);
      durations.set(joined, (durations.get(joined) ?? 0) + sagas);
    }
    this.#bucketUs *= times;
    this.#counts = counts;
    this.#durations = durations;
    const faults = this.#lateFaults;
    this.#lateFaults = [];
    for (const atUs of faults) this.add('faults', atUs);
  }

  result(): TimelineResult {
    return {
      bucketUs: this.#bucketUs,
      counts: this.#counts.slice(0, this.#length * WIDTH),
      durations: [...this.#durations].sort(([a], [b]) => a - b),
    };
  }

  /** Buckets up to the last in which something happened. */
  get #length(): number {
    let last = this.#counts.length - 1;
    while (last >= 0 && this.#counts[last] === 0) last--;
    return Math.floor(last / WIDTH) + 1;
  }

  /** What another run came to, at the same distance from its begin. */
  merge({ bucketUs, counts, durations }: TimelineResult): void {
    if (this.#bucketUs < bucketUs) this.#lengthen(bucketUs / this.#bucketUs);
    const ratio = this.#bucketUs / bucketUs;
    const at = (bucket: number): number => Math.floor(bucket / ratio);
    counts.forEach((count, i) => {
      this.#counts[at(Math.floor(i / WIDTH)) * WIDTH + (i % WIDTH)]! += count;
    });
    for (const [key, sagas] of durations) {
      const joined = at(Math.floor(key / BINS)) * BINS + (key % BINS);
      this.#durations.set(joined, (this.#durations.get(joined) ?? 0) + sagas);
    }
  }

  /** For people: one entry per bucket. */
  buckets(): { readonly bucketUs: number; readonly buckets: readonly TimelineBucket[] } {
    const bins = Map.groupBy(this.#durations, ([key]) => Math.floor(key / BINS));
    const buckets = Array.from({ length: this.#length }, (_, i): TimelineBucket => {
      const at = (count: TimelineCount): number => this.#counts[i * WIDTH + PLACE[count]]!;
      const took = (bins.get(i) ?? []).map(([key, sagas]): BinCount => [key % BINS, sagas]);
      return {
        started: at('started'),
        completed: at('completed'),
        undone: at('undone'),
        calls: at('calls'),
        faults: at('faults'),
        ...(took.length === 0 ? {} : { p50Us: percentileIn(took, 50), p99Us: percentileIn(took, 99) }),
      };
    });
    return { bucketUs: this.#bucketUs, buckets };
  }
}

/** A bin, and how many durations fell into it. */
export type BinCount = readonly [bin: number, count: number];

/** T2. */
export function binOf(durationUs: number): number {
  let whole = Math.max(0, Math.floor(durationUs));
  let octave = 0;
  while (whole >= 0x1_0000_0000) {
    whole = Math.floor(whole / 2);
    octave++;
  }
  const halvings = Math.max(0, 29 - Math.clz32(whole)); // so many leave 4 to 7
  octave += halvings;
  return octave * 4 + (whole >>> halvings);
}

/** The longest duration of a bin. */
function endOf(bin: number): number {
  if (bin < 8) return bin;
  let next = (bin % 4) + 4 + 1;
  for (let octave = Math.floor(bin / 4) - 1; octave > 0; octave--) next *= 2;
  return next - 1;
}

/** The duration that so many percent do not exceed; bins in any order. */
export function percentileIn(bins: readonly BinCount[], percent: number): number {
  const sorted = [...bins].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  let left = Math.max(1, Math.ceil((total * percent) / 100));
  for (const [bin, count] of sorted) {
    left -= count;
    if (left <= 0) return endOf(bin);
  }
  return 0;
}
