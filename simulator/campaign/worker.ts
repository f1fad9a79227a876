// What a worker thread does: whole batches of runs, one run again, or one run twice with its trace kept.
//
// W1. Answers are data, errors included: an error thrown across threads would lose its class (error-data.ts).
// W2. A thread loads a job once. Its runs share the module, on purpose: what a scenario keeps between runs is
//     what the determinism check is there to find.

import type { MessagePort } from 'node:worker_threads';
import { TraceLog } from '../kernel/trace.ts';
import type { Divergence } from '../run-record.ts';
import type { RunResult } from '../run-result.ts';
import { type ErrorData, toErrorData } from './error-data.ts';
import { type Job, type PreparedJob, prepare, type RunExtras, runSeed } from './job.ts';
import { type PackedSummary, RunSummary } from './run-summary.ts';

export type Answer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly error: ErrorData };

/** Some seeds of one job. `port` is told now and then how many sagas of the run have ended. */
export interface SeedsTask {
  readonly job: Job;
  readonly seeds: readonly string[];
  readonly port?: MessagePort;
}

/** Runs every seed and sums up. A run that fails is run again to get its fault plan. */
export function runSeeds(task: SeedsTask): Promise<Answer<PackedSummary>> {
  return answer(task, (run) => {
    const summary = new RunSummary();
    for (const seed of task.seeds) {
      const result = run(seed);
      summary.addRun(result.verdict === 'violated' ? run(seed, { keepPlan: true }) : result);
    }
    return summary.pack();
  });
}

/** Runs every seed and answers with the fingerprints. */
export function fingerprintsOf(task: SeedsTask): Promise<Answer<readonly string[]>> {
  return answer(task, (run) => task.seeds.map((seed) => run(seed).fingerprint));
}

/** Runs each seed twice with its trace, and answers with the first event in which two runs of one seed differ. */
export function divergenceOf(task: SeedsTask): Promise<Answer<Divergence | undefined>> {
  return answer(task, (run) => {
    for (const seed of task.seeds) {
      const [first, second] = [new TraceLog(), new TraceLog()];
      run(seed, { trace: first });
      run(seed, { trace: second });
      const index = first.firstDifference(second);
      if (index >= 0) return { seed, index, first: first.line(index), second: second.line(index) };
    }
    return undefined;
  });
}

type RunOne = (seed: string, extras?: RunExtras) => RunResult;

async function answer<Value>(task: SeedsTask, work: (run: RunOne) => Value): Promise<Answer<Value>> {
  const { job, port } = task;
  const progress = port === undefined ? {} : { onProgress: (ended: number) => port.postMessage(ended) };
  let current = task.seeds[0];
  try {
    const prepared = await load(job);
    const run: RunOne = (seed, extras) => {
      current = seed;
      return runSeed(prepared, seed, { ...progress, keepPlan: false, ...extras });
    };
    return { kind: 'done', value: work(run) };
  } catch (error) {
    return { kind: 'failed', error: toErrorData(error, `seed "${current}" of ${job.scenario} broke off`) };
  }
}

let loaded: { readonly key: string; readonly prepared: Promise<PreparedJob> } | undefined;

function load(job: Job): Promise<PreparedJob> {
  const key = JSON.stringify(job);
  if (loaded?.key !== key) loaded = { key, prepared: prepare(job) };
  return loaded.prepared;
}
