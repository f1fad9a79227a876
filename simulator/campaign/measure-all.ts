// Measures runs of several jobs on all threads of a pool.
//
// C1. What comes back depends on the tasks only, not on workers or timing: runs are put in order before anybody sees
//     them.

import type { Job } from './job.ts';
import type { SeedMeasure } from './measure.ts';
import { batchAt, runsPerBatch } from './seeds.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Some seeds of one job. */
export interface MeasureTask {
  readonly job: Job;
  readonly seeds: readonly string[];
  /** Whether the runs are kept in so much detail that service levels can be judged by them. Default no. */
  readonly judgesPromises?: boolean;
}

/** How {@link measureAll} goes about it. */
export interface MeasureAllOptions {
  readonly workers: number;
  /** Sagas per run, which decide how many runs a thread does in one go. */
  readonly sagas: number;
  /** Aborted: the rest is not run. */
  readonly signal?: AbortSignal | undefined;
  /** Hears how many more runs are done. */
  onDone(runs: number): void;
}

/** Per task its runs, in the order of its seeds; undefined when it was aborted. */
export async function measureAll(
  pool: WorkerPool,
  tasks: readonly MeasureTask[],
  { workers, sagas, signal, onDone }: MeasureAllOptions,
): Promise<readonly (readonly SeedMeasure[])[] | undefined> {
  const results = tasks.map(({ seeds }) => new Array<SeedMeasure>(seeds.length));
  const batches = tasks.flatMap(({ job, seeds, judgesPromises }, of) => {
    const size = runsPerBatch(seeds.length, sagas, workers);
    return Array.from({ length: Math.ceil(seeds.length / size) }, (_, i) => {
      const { from, to } = batchAt(i, size, seeds.length);
      return { job, judgesPromises, of, from, seeds: seeds.slice(from, to) };
    });
  });
  const rest = batches.values();
  const lane = async (): Promise<void> => {
    for (const { job, judgesPromises, of, from, seeds } of rest) {
      if (signal?.aborted === true) return;
      const runs = await pool.measure(job, seeds, judgesPromises);
      runs.forEach((run, i) => {
        results[of]![from + i] = run;
      });
      onDone(runs.length);
    }
  };
  await Promise.all(Array.from({ length: workers }, lane));
  return signal?.aborted === true ? undefined : results;
}
