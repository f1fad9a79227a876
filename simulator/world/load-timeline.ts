// How load and success went over a run with incidents, in buckets of virtual time, and when the load fell back after the
// last incident. A short outage whose retries keep the load up for ever is a metastable failure (Bronson et al., HotOS
// 2021): then it never does.

import type { LoadBucket, LoadCourse } from '../run-result.ts';
import { type Incident, incidentsBeginUs, incidentsEndUs } from '../service-load.ts';

const BUCKET_US = 10_000_000;
/** The load is back when it is at most this much of what it was before, in thousandths … */
const BACK_PERMILLE = 1_500;
/** … and as many sagas complete as at least this share of before, in thousandths … */
const DONE_PERMILLE = 667;
/** … over so many buckets in a row: one may be unlucky. */
const WINDOW = 3;
/** With fewer calls than this in so many buckets before the incidents, nothing can be told of load: chance is larger. */
const CALLS_MIN = 100;
/** S10: what happens later than this many buckets, almost three days, is counted in the last one. */
const BUCKETS_MAX = 25_000;

type Count = 'started' | 'completed' | 'calls';

export class LoadTimeline {
  readonly #incidents: readonly Incident[];
  readonly #counts: Readonly<Record<Count, number[]>> = { started: [], completed: [], calls: [] };

  constructor(incidents: readonly Incident[]) {
    this.#incidents = incidents;
  }

  add(count: Count, nowUs: number): void {
    const counts = this.#counts[count];
    const bucket = Math.min(Math.floor(nowUs / BUCKET_US), BUCKETS_MAX);
    while (counts.length <= bucket) counts.push(0);
    counts[bucket]!++;
  }

  /** `lastStartUs`: from then on the load falls by itself. */
  course(lastStartUs: number): LoadCourse {
    const recoveredUs = this.#recoveredUs(lastStartUs);
    return {
      bucketUs: BUCKET_US,
      buckets: this.#buckets(),
      ...(recoveredUs === undefined ? {} : { recoveredUs }),
    };
  }

  #buckets(): readonly LoadBucket[] {
    const { started, completed, calls } = this.#counts;
    const length = Math.max(started.length, completed.length, calls.length);
    return Array.from({ length }, (_, i) => [started[i] ?? 0, completed[i] ?? 0, calls[i] ?? 0]);
  }

  /** How long after the last incident the load was back for good; -1: not while sagas came; undefined: unknown. */
  #recoveredUs(lastStartUs: number): number | undefined {
    const { calls, completed } = this.#counts;
    const before = Math.floor(incidentsBeginUs(this.#incidents) / BUCKET_US);
    const usual = sumOf(calls, 0, before) / before;
    const usuallyDone = sumOf(completed, 0, before) / before;
    const endUs = incidentsEndUs(this.#incidents);
    const from = Math.ceil(endUs / BUCKET_US);
    const last = Math.floor(lastStartUs / BUCKET_US) - WINDOW;
    if (before === 0 || last < from || usual * WINDOW < CALLS_MIN) return undefined;
    for (let at = last; at >= from; at--) {
      const isBack = sumOf(calls, at, at + WINDOW) * 1_000 <= usual * WINDOW * BACK_PERMILLE;
      const isDone = sumOf(completed, at, at + WINDOW) * 1_000 >= usuallyDone * WINDOW * DONE_PERMILLE;
      if (isBack && isDone) continue;
      return at === last ? -1 : (at + 1) * BUCKET_US - endUs;
    }
    return 0;
  }
}

function sumOf(counts: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += counts[i] ?? 0;
  return sum;
}
