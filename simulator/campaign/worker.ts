// What a worker thread does: whole batches of runs, one run again, one run twice with its trace kept, or many runs to
// make a failed one small.
//
// W1. Answers are data, errors included: an error thrown across threads would lose its class (error-data.ts).
// W2. A thread loads a job once. Its runs share the module, on purpose: what a scenario keeps between runs is
//     what the determinism check is there to find.

import type { MessagePort } from 'node:worker_threads';
import { extensions, type PlanRunner, unreachable } from '../explore/exhaustive.ts';
import { TraceLog } from '../kernel/trace.ts';
import type { Divergence } from '../run-record.ts';
import type { FaultPlan, RunResult } from '../run-result.ts';
import { keepStdoutClean } from './console.ts';
import { type ErrorData, toErrorData } from './error-data.ts';
import { type Job, type PreparedJob, prepare, type RunExtras, runSeed } from './job.ts';
import { measureOf, type SeedMeasure } from './measure.ts';
import { checkRejections, listenForRejections } from './rejections.ts';
import { type PackedSummary, RunSummary } from './run-summary.ts';
import { type ShrinkRequest, type ShrunkRun, shrinkRun } from './shrink-run.ts';

keepStdoutClean();
listenForRejections();

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
  return answer(task, async (run) => {
    const summary = new RunSummary();
    for (const seed of task.seeds) {
      const result = run(seed);
      await checkRejections(); // while the seed is known
      summary.addRun(result.verdict === 'violated' ? run(seed, { keepPlan: true }) : result);
    }
    return summary.pack();
  });
}

export interface MeasureSeedsTask extends SeedsTask {
  readonly judgesPromises: boolean | undefined;
}

/** Runs every seed and answers with what each came to. */
export function measureSeeds(task: MeasureSeedsTask): Promise<Answer<readonly SeedMeasure[]>> {
  return answer(task, (run) => task.seeds.map((seed) => measureOf(run(seed), task.judgesPromises)));
}

/** One run again: the one seed of the task, with a plan if it had one. */
export interface RepeatTask extends SeedsTask {
  readonly plan: FaultPlan | undefined;
}

/** Answers with the fingerprint of the run. */
export function fingerprintOf(task: RepeatTask): Promise<Answer<string>> {
  return answer(task, (run) => run(task.seeds[0]!, planned(task)).fingerprint);
}

/** Does the run twice with its trace, and answers with the first event in which the two differ. */
export function divergenceOf(task: RepeatTask): Promise<Answer<Divergence | undefined>> {
  return answer(task, (run) => {
    const seed = task.seeds[0]!;
    const [first, second] = [new TraceLog(), new TraceLog()];
    run(seed, { ...planned(task), trace: first });
    run(seed, { ...planned(task), trace: second });
    const index = first.firstDifference(second);
    return index < 0 ? undefined : { seed, index, first: first.line(index), second: second.line(index) };
  });
}

function planned({ plan }: RepeatTask): RunExtras {
  return plan === undefined ? {} : { plan };
}

export interface ShrinkTask extends SeedsTask {
  readonly request: ShrinkRequest;
}

/** Makes a failed run small; `port` is told how many faults are left. */
export function shrinkSeed(task: ShrinkTask): Promise<Answer<ShrunkRun | undefined>> {
  const { request, port } = task;
  return answer(task, (_run, prepared) =>
    shrinkRun(prepared, request, ({ plan }) => port?.postMessage(plan.length)),
  );
}

export interface ExploreTask extends SeedsTask {
  /** Each is run, and with `deeper` everything that extends it by one more fault. */
  readonly plans: readonly FaultPlan[];
  readonly deeper: boolean;
}

/** What plans came to, and how many longer ones were left out because they could not strike. */
export interface Explored {
  readonly summary: PackedSummary;
  readonly pruned: number;
}

/** Runs plans of the one seed of the task, and sums up. */
export function explorePlans(task: ExploreTask): Promise<Answer<Explored>> {
  const { plans, deeper, seeds } = task;
  return answer(task, (run, prepared) => {
    const summary = new RunSummary();
    let pruned = 0;
    const runPlan: PlanRunner = (plan, visit) =>
      run(seeds[0]!, { plan, keepPlan: true, ...(visit === undefined ? {} : { visit }) });
    const singles = deeper ? singlesOf(prepared, seeds[0]!, runPlan) : [];
    for (const plan of plans) {
      summary.addRun(runPlan(plan));
      if (!deeper) continue;
      const longer = extensions(runPlan, plan, 'two').plans;
      pruned += unreachable(singles, plan, longer);
      for (const both of longer) summary.addRun(runPlan(both));
    }
    return { summary: summary.pack(), pruned };
  });
}

let lastSingles:
  | { readonly prepared: PreparedJob; readonly seed: string; readonly plans: readonly FaultPlan[] }
  | undefined;

/** The plans of one fault, which every task of a seed needs. */
function singlesOf(prepared: PreparedJob, seed: string, run: PlanRunner): readonly FaultPlan[] {
  if (lastSingles?.prepared !== prepared || lastSingles.seed !== seed)
    lastSingles = { prepared, seed, plans: extensions(run, [], 'two').plans };
  return lastSingles.plans;
}

type RunOne = (seed: string, extras?: RunExtras) => RunResult;

async function answer<Value>(
  task: SeedsTask,
  work: (run: RunOne, prepared: PreparedJob) => Value | Promise<Value>,
): Promise<Answer<Value>> {
  const { job, port } = task;
  const progress = port === undefined ? {} : { onProgress: (ended: number) => port.postMessage(ended) };
  let current: string | undefined;
  try {
    const prepared = await load(job);
    const run: RunOne = (seed, extras) => {
      current = seed;
      return runSeed(prepared, seed, { ...progress, keepPlan: false, ...extras });
    };
    const value = await work(run, prepared);
    await checkRejections();
    return { kind: 'done', value };
  } catch (error) {
    return { kind: 'failed', error: toErrorData(error, { scenario: job.scenario, seed: current }) };
  }
}

let loaded: { readonly key: string; readonly prepared: Promise<PreparedJob> } | undefined;

function load(job: Job): Promise<PreparedJob> {
  const key = JSON.stringify(job);
  if (loaded?.key !== key) loaded = { key, prepared: prepare(job) };
  return loaded.prepared;
}
