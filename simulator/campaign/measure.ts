// What a comparison keeps of one run: a few counts and all durations, as data that crosses threads.

import type { LoadResult, RunResult, RunVerdict, SagaCounts } from '../run-result.ts';

export interface SeedMeasure {
  readonly seed: string;
  readonly verdict: RunVerdict;
  /** The first invariant that did not hold. */
  readonly violated?: string;
  readonly sagas: SagaCounts;
  readonly calls: number;
  readonly usefulCalls: number;
  readonly circuitOpenUs: number;
  /** How long after the last incident the load was back; -1: never. Absent where it cannot be told. */
  readonly recoveredUs?: number;
  readonly events: number;
  readonly virtualUs: number;
  readonly fingerprint: string;
  readonly sagaUs: Float64Array;
  readonly compensationUs: Float64Array;
  readonly lockedUs: Float64Array;
  /** Only when it was asked for. */
  readonly promised?: PromisedMeasure;
}

/** What some service levels are about, and no metric of a comparison. */
export interface PromisedMeasure {
  readonly load: LoadResult;
  readonly stepUs: Float64Array;
}

/** @param judgesPromises whether service levels are to be judged by it */
export function measureOf(result: RunResult, judgesPromises = false): SeedMeasure {
  const { seed, verdict, sagas, calls, load, events, virtualUs, fingerprint, latencyUs, violations } = result;
  const recoveredUs = load.course?.recoveredUs;
  const [first] = violations;
  return {
    seed,
    verdict,
    ...(first === undefined ? {} : { violated: first.invariant }),
    sagas,
    calls,
    usefulCalls: load.usefulCalls,
    circuitOpenUs: load.circuitOpenUs,
    ...(recoveredUs === undefined ? {} : { recoveredUs }),
    events,
    virtualUs,
    fingerprint,
    sagaUs: Float64Array.from(latencyUs.saga),
    compensationUs: Float64Array.from(latencyUs.compensation),
    lockedUs: Float64Array.from(result.lockedUs ?? []),
    ...(judgesPromises ? { promised: { load, stepUs: Float64Array.from(latencyUs.step) } } : {}),
  };
}
