// Does some runs a second time (S6) and, where the second run differs, looks for the first event that does.

import type { Divergence, RunRecord } from '../run-record.ts';
import type { FaultPlan } from '../run-result.ts';
import type { Job } from './job.ts';
import { WorkerPool } from './worker-pool.ts';

/** A run that is to be repeated, and the fingerprint that it had. */
export interface Sample {
  readonly seed: string;
  /** Only these faults struck. */
  readonly plan?: FaultPlan;
  readonly fingerprint: string;
}

/** Above this many sagas in one run, two traces of it do not fit in memory. */
const TRACED_SAGAS_MAX = 50_000;
const TRACED_MAX = 3;

/** What {@link checkDeterminism} works with. `pool` made the samples. */
export interface CheckOptions {
  readonly job: Job;
  readonly sagas: number;
  readonly pool: WorkerPool;
  readonly samples: readonly Sample[];
  /** Runs of one seed each are spread over this many threads. */
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  onProgress?(checked: number, ended: number): void;
}

/** Repeats every sample and compares; on a difference, names where it begins. */
export async function checkDeterminism(options: CheckOptions): Promise<RunRecord['determinism']> {
  const { pool, samples, signal } = options;
  const differing = new Set<Sample>();
  let checked = 0;
  const rest = samples.values();
  const lane = async (): Promise<void> => {
    for (const sample of rest) {
      if (signal?.aborted === true) return;
      const { seed, plan } = sample;
      const again = await pool.fingerprintOf(seed, plan, (ended) => options.onProgress?.(checked, ended));
      checked++;
      options.onProgress?.(checked, 0);
      if (again !== sample.fingerprint) differing.add(sample);
    }
  };
  await Promise.all(Array.from({ length: options.threads }, lane));
  const inOrder = samples.filter((sample) => differing.has(sample));
  const divergence = inOrder.length === 0 ? undefined : await findDivergence(options, inOrder);
  return {
    checked,
    equal: checked - inOrder.length,
    ...(divergence === undefined ? {} : { divergence }),
  };
}

/**
 * Traces the differing runs in a thread of its own, where every module is as fresh as it was for the first run.
 * Undefined when they are too large to trace, or agree with each other there.
 */
async function findDivergence(
  { job, sagas }: CheckOptions,
  differing: readonly Sample[],
): Promise<Divergence | undefined> {
  if (sagas > TRACED_SAGAS_MAX) return undefined;
  const pool = new WorkerPool(job, 1);
  try {
    for (const { seed, plan } of differing.slice(0, TRACED_MAX)) {
      const found = await pool.divergenceOf(seed, plan);
      if (found !== undefined) return found;
    }
    return undefined;
  } finally {
    await pool.close();
  }
}
