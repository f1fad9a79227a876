// Runs some seeds a second time (S6) and, where the second run differs, looks for the first event that does.

import type { Divergence, RunRecord } from '../run-record.ts';
import type { Job } from './job.ts';
import { WorkerPool } from './worker-pool.ts';

/** A run that is to be repeated, and the fingerprint that it had. */
export interface Sample {
  readonly seed: string;
  readonly fingerprint: string;
}

/** Above this many sagas in one run, two traces of it do not fit in memory. */
const TRACED_SAGAS_MAX = 50_000;
const TRACED_SEEDS_MAX = 3;

/** What {@link checkDeterminism} works with. `pool` made the samples. */
export interface CheckOptions {
  readonly job: Job;
  readonly sagas: number;
  readonly pool: WorkerPool;
  readonly samples: readonly Sample[];
  /** Runs of one seed each are spread over this many threads. */
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  onProgress(checked: number, ended: number): void;
}

/** Repeats every sample and compares; on a difference, names where it begins. */
export async function checkDeterminism(options: CheckOptions): Promise<RunRecord['determinism']> {
  const { samples, signal } = options;
  const differing: string[] = [];
  let checked = 0;
  const rest = samples.values();
  const lane = async (): Promise<void> => {
    for (const { seed, fingerprint } of rest) {
      if (signal?.aborted === true) return;
      const again = await options.pool.fingerprintsOf([seed], (ended) => options.onProgress(checked, ended));
      checked++;
      options.onProgress(checked, 0);
      if (again[0] !== fingerprint) differing.push(seed);
    }
  };
  await Promise.all(Array.from({ length: options.threads }, lane));
  const divergence = differing.length === 0 ? undefined : await findDivergence(options, differing);
  return {
    checked,
    equal: checked - differing.length,
    ...(divergence === undefined ? {} : { divergence }),
  };
}

/**
 * Traces the differing seeds in a thread of its own, where every module is as fresh as it was for the first run.
 * Undefined when they are too large to trace, or agree with each other there.
 */
async function findDivergence(
  { job, sagas, samples }: CheckOptions,
  differing: readonly string[],
): Promise<Divergence | undefined> {
  if (sagas > TRACED_SAGAS_MAX) return undefined;
  const inOrder = samples.map(({ seed }) => seed).filter((seed) => differing.includes(seed));
  const pool = new WorkerPool(job, 1);
  try {
    return await pool.divergenceOf(inOrder.slice(0, TRACED_SEEDS_MAX));
  } finally {
    await pool.close();
  }
}
