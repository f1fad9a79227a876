// Shrinks a failed run of a job: the search of simulator/explore, with a budget, and its result as plain data.

import { type Reproduction, type Shrunk, shrink } from '../explore/shrink.ts';
import type { FaultPlan, RunResult, Violation } from '../run-result.ts';
import { type PreparedJob, runSeed } from './job.ts';

/** What to shrink. */
export interface ShrinkRequest {
  readonly seed: string;
  readonly plan: FaultPlan;
  /** The sagas that come, by number; left out: all. */
  readonly only?: readonly number[];
  readonly signature: string;
  /**
   * Sagas that may be run on the way, all runs together: what a search costs, whatever machine it runs on. The same
   * budget gives the same result.
   */
  readonly budget: number;
}

/** A failed run made small, as plain data: it crosses threads and goes into capsules and records. */
export interface ShrunkRun extends Reproduction {
  readonly violation: Violation;
  /** Of the small run. */
  readonly fingerprint: string;
  readonly events: number;
  /** False when the budget was spent: it can be shrunk further. */
  readonly isMinimal: boolean;
  readonly attempts: number;
  /** What it was before. */
  readonly from: { readonly faults: number; readonly sagas: number; readonly events: number };
}

/** A saga of so many events costs as much as one; one that goes on and on costs as much as many. */
const EVENTS_PER_SAGA = 50;

/** How many sagas may be run, all together, to shrink the failures of a campaign. */
export const SHRINK_BUDGET_DEFAULT = 200_000;

/** Shrinks; undefined when the run does not fail with this signature. */
export function shrinkRun(
  prepared: PreparedJob,
  { seed, plan, only = allOf(prepared.sagas), signature, budget }: ShrinkRequest,
  onProgress?: (best: Shrunk) => void,
): ShrunkRun | undefined {
  let left = budget;
  let first: RunResult | undefined;
  const found = shrink({
    start: { only, plan },
    signature,
    run: (candidate, visit) => {
      const result = runSeed(prepared, seed, visit === undefined ? candidate : { ...candidate, visit });
      if (first === undefined) first = result;
      else left -= Math.max(0, Math.floor(result.events / EVENTS_PER_SAGA) - candidate.only.length);
      return result;
    },
    goOn(next) {
      if (first === undefined) return true; // the run itself is not part of the search
      left -= next.only.length;
      return left >= 0;
    },
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  if (found === undefined || first === undefined) return undefined;
  const { result, violation, isMinimal, attempts } = found;
  return {
    only: found.only,
    plan: found.plan,
    violation,
    fingerprint: result.fingerprint,
    events: result.events,
    isMinimal,
    attempts,
    from: { faults: first.plan.length, sagas: only.length, events: first.events },
  };
}

function allOf(sagas: number): readonly number[] {
  return Array.from({ length: sagas }, (_, index) => index);
}
