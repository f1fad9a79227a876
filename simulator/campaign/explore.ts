// An exhaustive exploration: one seed, and every plan of one fault, or of two. Merged into a record like any campaign.

import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { extensions, type PlanRunner } from '../explore/exhaustive.ts';
import type { RunRecord } from '../run-record.ts';
import type { FaultPlan } from '../run-result.ts';
import type { CampaignProgress } from './campaign-options.ts';
import { determinismOf, repeatRuns, type Sample } from './determinism.ts';
import { type Job, type PreparedJob, prepare, runSeed } from './job.ts';
import { recordFailures } from './record-failures.ts';
import { runRecordOf } from './run-record-of.ts';
import { RunSummary } from './run-summary.ts';
import { defaultChecks, spread } from './seeds.ts';
import { type ShrinkOutcomes, shrinkFailures } from './shrink-failures.ts';
import { SHRINK_BUDGET_DEFAULT } from './shrink-run.ts';
import type { Explored } from './worker.ts';
import { WorkerPool } from './worker-pool.ts';

export interface ExploreOptions extends Job {
  /**
   * Left out: one under which, without a fault, some sagas complete and some do not; for a single saga one of each.
   */
  readonly seed?: string;
  /** Faults at a time: 1, or 1 and 2. */
  readonly faults: 1 | 2;
  /** Threads, from 1; default one per core. */
  readonly workers?: number;
  /** Folder for capsules; none are written without it. */
  readonly out?: string;
  /** Aborted: what was explored by then is reported, as inconclusive. */
  readonly signal?: AbortSignal;
  /** Counts single faults, each with every second fault where that is asked for. */
  onProgress?(progress: CampaignProgress): void;
}

/** Where latencies and the participants' own failures come from. */
const ROOT_SEED = 'explore';
const SEEDS_TRIED = 30;

/** A run without a fault, and every fault that can strike in it. */
interface Root {
  readonly seed: string;
  readonly points: number;
  readonly plans: readonly FaultPlan[];
}

/** A task, and what it came to: of its plans first, then of those that extend them. */
interface Done extends Explored {
  readonly plans: readonly FaultPlan[];
}

/** Single faults in one task: pairs are many more, so there a task is one. */
const SINGLES_PER_TASK = 50;

/**
 * Explores a workload of a saga or two: the run without a fault, then every fault at every point, one at a time, and with
 * `faults: 2` every pair. `explored` of the record says how many runs that were.
 *
 * @throws UserError when the scenario, its saga or its policy is wrong
 */
export async function explore(options: ExploreOptions): Promise<RunRecord> {
  return new Exploration(options, await prepare(options)).run();
}

class Exploration {
  readonly #options: ExploreOptions;
  readonly #prepared: PreparedJob;
  readonly #job: Job;
  readonly #summary = new RunSummary();
  /** Results that came before one that they wait for: the record does not depend on the threads. */
  readonly #early = new Map<number, Done>();
  readonly #samples: Sample[] = [];
  #merged = 0;
  /** Plans of the tasks that are merged. */
  #planned = 0;
  /** Of the runs without a fault and the single faults. */
  #done = 0;
  #pruned = 0;

  constructor(options: ExploreOptions, prepared: PreparedJob) {
    this.#options = options;
    this.#prepared = prepared;
    const { scenario, saga, profile, protocol, policy, atOnce } = options;
    this.#job = {
      scenario,
      profile,
      sagas: prepared.sagas,
      ...(saga === undefined ? {} : { saga }),
      ...(protocol === undefined ? {} : { protocol }),
      ...(policy === undefined ? {} : { policy }),
      ...(atOnce === undefined ? {} : { atOnce }),
    };
  }

  async run(): Promise<RunRecord> {
    const { workers = availableParallelism() } = this.#options;
    const startedAt = new Date().toISOString();
    const start = performance.now();
    const roots = this.#roots();
    const pool = new WorkerPool(this.#job, workers);
    try {
      await this.#runAll(pool, roots, workers);
      const determinism = await this.#check(pool, workers);
      const shrunk = await this.#shrink(pool, workers);
      const meta = this.#meta(startedAt, performance.now() - start, workers);
      return this.#record(roots, determinism, shrunk, meta);
    } finally {
      await pool.close();
    }
  }

  /** An undo is explored, too, although most sagas complete when nothing strikes. */
  #roots(): readonly Root[] {
    const { seed } = this.#options;
    if (seed !== undefined) return [this.#root(seed)];
    const seeds = Array.from({ length: SEEDS_TRIED }, (_, i) => (i === 0 ? ROOT_SEED : `${ROOT_SEED}-${i}`));
    const endOf = (one: string): 'all' | 'some' | 'none' => {
      const { completed, started } = runSeed(this.#prepared, one, { plan: [] }).sagas;
      return completed === started ? 'all' : completed === 0 ? 'none' : 'some';
    };
    const byEnd = Map.groupBy(seeds, endOf);
    const [mixed] = byEnd.get('some') ?? [];
    const chosen = mixed === undefined ? [byEnd.get('all')?.[0], byEnd.get('none')?.[0]] : [mixed];
    return chosen.flatMap((one) => (one === undefined ? [] : [this.#root(one)]));
  }

  #root(seed: string): Root {
    const run: PlanRunner = (plan, visit) =>
      runSeed(this.#prepared, seed, { plan, ...(visit === undefined ? {} : { visit }) });
    return { seed, ...extensions(run, [], this.#options.faults === 2 ? 'two' : 'three') };
  }

  /** Of each root first the run without a fault, by itself. Some of these, and of the single faults, are run again. */
  async #runAll(pool: WorkerPool, roots: readonly Root[], lanes: number): Promise<void> {
    const { faults, signal, onProgress } = this.#options;
    const deeper = faults === 2;
    const size = deeper ? 1 : SINGLES_PER_TASK;
    const tasks = roots.flatMap(({ seed, plans }) => [
      { seed, plans: [[]], deeper: false },
      ...Array.from({ length: Math.ceil(plans.length / size) }, (_, i) => {
        return { seed, plans: plans.slice(i * size, (i + 1) * size), deeper };
      }),
    ]);
    const total = totalOf(roots);
    const toRepeat = new Set(spread(defaultChecks(total), total));
    const rest = tasks.entries();
    const lane = async (): Promise<void> => {
      for (const [index, task] of rest) {
        if (signal?.aborted === true) return;
        const explored = await pool.explore(task.seed, task.plans, task.deeper);
        this.#merge(index, { ...explored, ...task }, toRepeat);
        this.#done += task.plans.length;
        onProgress?.({ phase: 'exploring', unit: 'faults', done: this.#done, total });
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  /** `toRepeat`: by number, over the plans of all tasks. */
  #merge(index: number, task: Done, toRepeat: ReadonlySet<number>): void {
    this.#pruned += task.pruned;
    this.#early.set(index, task);
    for (let due = this.#early.get(this.#merged); due !== undefined; due = this.#early.get(this.#merged)) {
      this.#early.delete(this.#merged++);
      this.#summary.add(due.summary);
      for (const [i, plan] of due.plans.entries()) {
        const [seed, fingerprint] = due.summary.fingerprints[i]!;
        if (toRepeat.has(this.#planned++)) this.#samples.push({ seed, plan, fingerprint });
      }
    }
  }

  async #check(pool: WorkerPool, threads: number): Promise<RunRecord['determinism']> {
    const { sagas } = this.#prepared;
    const { signal } = this.#options;
    const checks = { job: this.#job, sagas, pool, samples: this.#samples, threads, signal };
    return determinismOf([await repeatRuns(checks)]);
  }

  /** What was found has one or two faults; their parameters are made milder. */
  #shrink(pool: WorkerPool, lanes: number): Promise<ShrinkOutcomes> {
    const { signal, onProgress } = this.#options;
    return shrinkFailures({
      failures: [...this.#summary.failures.values()],
      budget: SHRINK_BUDGET_DEFAULT,
      lanes,
      signal,
      shrink: (request) => pool.shrink(request),
      onProgress: (done, total) => onProgress?.({ phase: 'shrinking', unit: 'failures', done, total }),
    });
  }

  #meta(startedAt: string, wallMs: number, workers: number): RunRecord['meta'] {
    const { events, sagas } = this.#summary;
    const perSecond = (count: number): number => Math.round((count / wallMs) * 1000);
    return {
      wallMs: Math.round(wallMs),
      eventsPerSecond: perSecond(events),
      sagasPerSecond: perSecond(sagas.started),
      startedAt,
      workers,
    };
  }

  #record(
    roots: readonly Root[],
    determinism: RunRecord['determinism'],
    shrunk: ShrinkOutcomes,
    meta: RunRecord['meta'],
  ): RunRecord {
    const { faults } = this.#options;
    const summary = this.#summary;
    const run = summary.runs.total;
    const left = totalOf(roots) - this.#done;
    const cutShort =
      faults === 1 ? `${run} of ${run + left} runs` : `${run} runs, with ${left} first faults of pairs left`;
    const { bound95, ...record } = runRecordOf({
      job: this.#prepared,
      rootSeed: roots.map(({ seed }) => seed).join(', '),
      ...(left === 0 ? {} : { cutShort }),
      summary,
      violations: recordFailures(this.#options, this.#prepared, summary.failures.values(), shrunk),
      determinism,
      strict: false,
      judgesPromises: false,
      meta,
    });
    const points = roots.reduce((sum, root) => sum + root.points, 0);
    const explored = { k: faults, points, total: run + this.#pruned + left, run, pruned: this.#pruned };
    return { ...record, explored }; // what was tried was not drawn: there is no rate to bound
  }
}

/** Runs without a fault, and single faults. */
function totalOf(roots: readonly Root[]): number {
  return roots.reduce((sum, { plans }) => sum + 1 + plans.length, 0);
}
