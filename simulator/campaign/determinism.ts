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

/** What {@link repeatRuns} works with. `pool` made the samples. */
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

/** What repeated runs came to; of consecutive parts of a campaign they add up, see {@link determinismOf}. */
export interface Repeated {
  readonly checked: number;
  readonly differing: number;
  /** Of the first that differed, each run again with its trace: where it did, or null when it did not there. */
  readonly traced: readonly (Divergence | null)[];
}

/** Repeats every sample and compares; on a difference, looks for where it begins. */
export async function repeatRuns(options: CheckOptions): Promise<Repeated> {
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
  return { checked, differing: inOrder.length, traced: await traceThose(options, inOrder) };
}

/** What the repeated runs of a campaign came to, from those of its parts in the order of their seeds. */
export function determinismOf(parts: readonly Repeated[]): RunRecord['determinism'] {
  const sum = (of: (part: Repeated) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const checked = sum((part) => part.checked);
  const divergence = parts
    .flatMap(({ traced }) => traced)
    .slice(0, TRACED_MAX)
    .find((found) => found !== null);
  return {
    checked,
    equal: checked - sum((part) => part.differing),
    ...(divergence === undefined ? {} : { divergence }),
  };
}

/**
 * Traces differing runs in a thread of its own, where every module is as fresh as it was for the first run, up to the
 * first in which the difference comes again. None that is too large to trace.
 */
async function traceThose(
  { job, sagas }: CheckOptions,
  differing: readonly Sample[],
): Promise<Repeated['traced']> {
  if (sagas > TRACED_SAGAS_MAX || differing.length === 0) return [];
  const pool = new WorkerPool(job, 1);
  const traced: (Divergence | null)[] = [];
  try {
    for (const { seed, plan } of differing.slice(0, TRACED_MAX)) {
      const found = await pool.divergenceOf(seed, plan);
      traced.push(found ?? null);
      if (found !== undefined) break;
    }
    return traced;
  } finally {
    await pool.close();
  }
}
