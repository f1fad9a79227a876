// An exhaustive exploration: one seed, and every plan of one fault, or of two. Merged into a record like any campaign.

import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { extensions } from '../explore/exhaustive.ts';
import type { RunRecord } from '../run-record.ts';
import type { FaultPlan } from '../run-result.ts';
import { type Job, type PreparedJob, prepare, runSeed } from './job.ts';
import { recordFailures } from './record-failures.ts';
import { runRecordOf } from './run-record-of.ts';
import { type PackedSummary, RunSummary } from './run-summary.ts';
import { SHRINK_BUDGET_DEFAULT, type ShrunkRun } from './shrink-run.ts';
import type { Explored } from './worker.ts';
import { WorkerPool } from './worker-pool.ts';

export interface ExploreOptions extends Job {
  readonly seed: string;
  /** Faults at a time: 1, or 1 and 2. */
  readonly faults: 1 | 2;
  /** Threads, from 1; default one per core. */
  readonly workers?: number;
  /** Folder for capsules; none are written without it. */
  readonly out?: string;
  /** Aborted: what was explored by then is reported, as inconclusive. */
  readonly signal?: AbortSignal;
  /** `done` of `total` single faults are explored, with every second fault where that is asked for. */
  onProgress?(done: number, total: number): void;
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
  readonly #early = new Map<number, PackedSummary>();
  #merged = 0;
  #singlesDone = 0;
  #pruned = 0;

  constructor(options: ExploreOptions, prepared: PreparedJob) {
    this.#options = options;
    this.#prepared = prepared;
    const { scenario, saga, profile, policy, atOnce } = options;
    this.#job = {
      scenario,
      profile,
      sagas: prepared.sagas,
      ...(saga === undefined ? {} : { saga }),
      ...(policy === undefined ? {} : { policy }),
      ...(atOnce === undefined ? {} : { atOnce }),
    };
  }

  async run(): Promise<RunRecord> {
    const { seed, faults, workers = availableParallelism() } = this.#options;
    const startedAt = new Date().toISOString();
    const start = performance.now();
    const { points, plans } = extensions(
      (plan, visit) => runSeed(this.#prepared, seed, { plan, ...(visit === undefined ? {} : { visit }) }),
      [],
    );
    const pool = new WorkerPool(this.#job, workers);
    try {
      await this.#runAll(pool, plans, faults === 2, workers);
      const shrunk = await this.#shrink(pool);
      const missing = plans.length - this.#singlesDone;
      return this.#record(points, missing, shrunk, startedAt, performance.now() - start, workers);
    } finally {
      await pool.close();
    }
  }

  /** The calm run comes first, by itself: it is the root of all. */
  async #runAll(
    pool: WorkerPool,
    plans: readonly FaultPlan[],
    deeper: boolean,
    lanes: number,
  ): Promise<void> {
    const { seed, signal, onProgress } = this.#options;
    const size = deeper ? 1 : SINGLES_PER_TASK;
    this.#merge(0, await pool.explore(seed, [[]], false));
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next * size < plans.length && signal?.aborted !== true) {
        const task = next++;
        const singles = plans.slice(task * size, (task + 1) * size);
        this.#merge(task + 1, await pool.explore(seed, singles, deeper));
        this.#singlesDone += singles.length;
        onProgress?.(this.#singlesDone, plans.length);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  #merge(task: number, { summary, pruned }: Explored): void {
    this.#pruned += pruned;
    this.#early.set(task, summary);
    for (let due = this.#early.get(this.#merged); due !== undefined; due = this.#early.get(this.#merged)) {
      this.#early.delete(this.#merged++);
      this.#summary.add(due);
    }
  }

  /** What was found has one or two faults; their parameters are made milder. */
  async #shrink(pool: WorkerPool): Promise<ReadonlyMap<string, ShrunkRun>> {
    const shrunk = new Map<string, ShrunkRun>();
    const failures = [...this.#summary.failures.values()];
    const budget = Math.floor(SHRINK_BUDGET_DEFAULT / Math.max(1, failures.length));
    for (const { seed, plan, violation } of failures) {
      const small = await pool.shrink({ seed, plan, signature: violation.signature, budget });
      if (small !== undefined) shrunk.set(violation.signature, small);
    }
    return shrunk;
  }

  #record(
    points: number,
    missing: number,
    shrunk: ReadonlyMap<string, ShrunkRun>,
    startedAt: string,
    wallMs: number,
    workers: number,
  ): RunRecord {
    const { seed, faults } = this.#options;
    const summary = this.#summary;
    const run = summary.runs.total;
    const perSecond = (count: number): number => Math.round((count / wallMs) * 1000);
    const { bound95, ...record } = runRecordOf({
      job: this.#prepared,
      rootSeed: seed,
      planned: run + missing,
      summary,
      violations: recordFailures(this.#options, this.#prepared, summary.failures.values(), shrunk),
      determinism: { checked: 0, equal: 0 },
      strict: false,
      meta: {
        wallMs: Math.round(wallMs),
        eventsPerSecond: perSecond(summary.events),
        sagasPerSecond: perSecond(summary.sagas.started),
        startedAt,
        workers,
      },
    });
    const explored = { k: faults, points, total: run + this.#pruned + missing, run, pruned: this.#pruned };
    return { ...record, explored }; // what was tried was not drawn: there is no rate to bound
  }
}
