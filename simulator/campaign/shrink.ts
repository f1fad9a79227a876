// Makes the failures of one run small, and leaves for each a capsule and a vitest test.
//
// The search runs in a thread of its own, a part of the budget at a time: between the parts somebody may stop it, and
// what was reached by then is kept. A capsule that is not minimal yet can be shrunk again: the search goes on there.

import type { RunRecord } from '../run-record.ts';
import type { FaultPlan } from '../run-result.ts';
import { type Capsule, jobOf } from './capsule.ts';
import { type Job, type PreparedJob, prepare } from './job.ts';
import { capsulePath, recordFailures } from './record-failures.ts';
import { recordOfOne, runOnce } from './replay.ts';
import type { Failure } from './run-summary.ts';
import { outcomeOf, type ShrinkOutcome } from './shrink-failures.ts';
import { SHRINK_BUDGET_DEFAULT, type ShrunkRun } from './shrink-run.ts';
import { writeTest } from './test-file.ts';
import { WorkerPool } from './worker-pool.ts';

export interface ShrinkOptions {
  /** Folder for the capsules and tests. */
  readonly out: string;
  /** Sagas that may be run for each failure. Default 200,000. */
  readonly budget?: number;
  /** Aborted: what was reached is kept. */
  readonly signal?: AbortSignal;
  /** Told how many faults are left of the failure at hand. */
  onProgress?(faults: number): void;
}

/** Each part has twice the budget of the one before: the last round of a search must fit into one. */
const FIRST_PART = 2_000;
/** The first part pays for so many runs of all sagas at least. */
const FIRST_RUNS = 10;

/**
 * Runs one seed of a job and makes each of its failures small.
 *
 * @returns the record of the run; `violations` is empty when it held
 * @throws UserError when the scenario, its saga or its policy is wrong
 */
export async function shrinkSeed(job: Job, seed: string, options: ShrinkOptions): Promise<RunRecord> {
  return shrinkAll(job, await prepare(job), seed, options);
}

/**
 * Makes the failure of a capsule smaller.
 *
 * @returns the record of its run; `violations` is empty when it does not fail in this way any more
 * @throws UserError as {@link shrinkSeed}
 */
export async function shrinkCapsule(capsule: Capsule, options: ShrinkOptions): Promise<RunRecord> {
  const job = jobOf(capsule);
  const prepared = await prepare(job);
  return shrinkAll(job, prepared, capsule.seed, options, capsule);
}

async function shrinkAll(
  job: Job,
  prepared: PreparedJob,
  seed: string,
  options: ShrinkOptions,
  capsule?: Capsule,
): Promise<RunRecord> {
  const { only, plan } = capsule ?? {};
  const extras = { ...(plan === undefined ? {} : { plan }), ...(only === undefined ? {} : { only }) };
  const run = runOnce(prepared, seed, extras, capsule);
  const wanted = capsule?.violation.signature;
  const failures = [...run.summary.failures.values()].filter(
    ({ violation }) => wanted === undefined || violation.signature === wanted,
  );
  const outcomes = new Map<string, ShrinkOutcome>();
  const pool = new WorkerPool(job, 1);
  try {
    for (const failure of failures) {
      if (options.signal?.aborted === true) break;
      const outcome = await outcomeOf(() => inParts(pool, failure, capsule, prepared.sagas, options));
      if (outcome !== undefined) outcomes.set(failure.violation.signature, outcome);
    }
  } finally {
    await pool.close();
  }
  const violations = recordFailures({ ...job, out: options.out }, prepared, failures, outcomes).map(
    (violation) => {
      const small = outcomes.get(violation.signature);
      if (small?.kind !== 'shrunk') return violation;
      return { ...violation, ...writeTest(job, prepared, seed, small.run, capsulePath(violation)) };
    },
  );
  return recordOfOne(prepared, seed, run, violations);
}

/** Part after part, each from where the one before came to. */
async function inParts(
  pool: WorkerPool,
  { seed, plan, violation: { signature } }: Failure,
  capsule: Capsule | undefined,
  sagasPerRun: number,
  { budget = SHRINK_BUDGET_DEFAULT, signal, onProgress }: ShrinkOptions,
): Promise<ShrunkRun | undefined> {
  const { only } = capsule ?? {};
  let best: ShrunkRun | undefined;
  let from: { readonly plan: FaultPlan; readonly only?: readonly number[] } =
    only === undefined ? { plan } : { plan, only };
  let left = budget;
  const sagas = only?.length ?? sagasPerRun;
  for (
    let part = Math.max(FIRST_PART, FIRST_RUNS * sagas);
    left > 0 && best?.isMinimal !== true && signal?.aborted !== true;
    part *= 2
  ) {
    const next = await pool.shrink({ seed, ...from, signature, budget: Math.min(part, left) }, onProgress);
    if (next === undefined) break;
    left -= part;
    best = best === undefined ? next : { ...next, from: best.from, attempts: best.attempts + next.attempts };
    from = next;
  }
  return best === undefined ? undefined : sinceTheFirst(best, capsule);
}

/** A capsule that was shrunk before: what it was at first is not forgotten. */
function sinceTheFirst(small: ShrunkRun, capsule: Capsule | undefined): ShrunkRun {
  const before = capsule?.shrunk;
  if (before === undefined) return small;
  return { ...small, from: before.from, attempts: before.attempts + small.attempts };
}
