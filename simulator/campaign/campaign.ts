// Many runs of one scenario: seeds handed to worker threads in batches, merged into one record.
//
// C1. The record, `meta` aside, depends on the options only, not on workers, batches or timing: batches are
//     merged in seed order, and every run starts from nothing but its seed.
// C2. Memory does not grow with the number of runs: a batch is merged as soon as all before it are.
// C3. A single run, too, has its thread: the main thread stays free for progress and for ctrl-C.

import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { RunRecord } from '../run-record.ts';
import { type CheckedRegression, check, pinnedFor } from './corpus.ts';
import { checkDeterminism, type Sample } from './determinism.ts';
import { type Job, type PreparedJob, prepare } from './job.ts';
import { recordFailures } from './record-failures.ts';
import { runRecordOf } from './run-record-of.ts';
import { type PackedSummary, RunSummary } from './run-summary.ts';
import { batchAt, defaultChecks, runsPerBatch, seedOf, spread } from './seeds.ts';
import { type ShrinkOutcomes, shrinkFailures } from './shrink-failures.ts';
import { SHRINK_BUDGET_DEFAULT } from './shrink-run.ts';
import { WorkerPool } from './worker-pool.ts';

/** How far a campaign is. */
export interface CampaignProgress {
  readonly phase: 'runs' | 'determinism' | 'shrinking' | 'exploring';
  /** What is counted: the sagas of a single run, runs, failures that are made small, or faults that are explored. */
  readonly unit: 'sagas' | 'runs' | 'failures' | 'faults';
  readonly done: number;
  readonly total: number;
}

export interface CampaignOptions extends Job {
  readonly rootSeed: string;
  /** Number of runs, from 1. One run uses the root seed itself, more use `<root>/0`, `<root>/1`, … */
  readonly seeds: number;
  /** Threads, from 1; default one per core. Never more than there are batches. */
  readonly workers?: number;
  /** Runs to repeat; 0 for none. Default 2 % of the runs, at least 1, at most 20. */
  readonly determinismChecks?: number;
  /** Sagas that may be run, all together, to make failures small; 0: not at all. Default 200,000. */
  readonly shrinkBudget?: number;
  /** Folder for capsules; none are written without it. */
  readonly out?: string;
  /** An enabled fault that was never delivered makes the campaign inconclusive. */
  readonly strict?: boolean;
  /** Aborted: the runs in hand are finished and reported. */
  readonly signal?: AbortSignal;
  onProgress?(progress: CampaignProgress): void;
}

/**
 * Runs a campaign.
 *
 * @throws UserError when the scenario, its saga or its policy is wrong; with code `ambient-access` when a run asked
 * the real world for time or chance
 * @throws InternalError when a run or a thread breaks
 * @example
 * const record = await runCampaign({ scenario: 'bank-transfer', profile: 'storm', rootSeed: 'nightly', seeds: 1000 });
 */
export async function runCampaign(options: CampaignOptions): Promise<RunRecord> {
  return new Campaign(options, await prepare(options)).run();
}

class Campaign {
  readonly #options: CampaignOptions;
  readonly #prepared: PreparedJob;
  readonly #job: Job;
  readonly #runsPerBatch: number;
  readonly #batches: number;
  readonly #workers: number;
  readonly #summary = new RunSummary();
  /** Batches that came before one that they wait for (C1). */
  readonly #early = new Map<number, PackedSummary>();
  readonly #toRepeat: ReadonlySet<string>;
  readonly #samples: Sample[] = [];
  #merged = 0;
  #runsDone = 0;

  constructor(options: CampaignOptions, prepared: PreparedJob) {
    const { seeds, workers = availableParallelism() } = options;
    this.#options = options;
    this.#prepared = prepared;
    this.#job = jobIn(options);
    this.#runsPerBatch = runsPerBatch(seeds, prepared.sagas, workers);
    this.#batches = Math.ceil(seeds / this.#runsPerBatch);
    this.#workers = Math.min(workers, this.#batches);
    const checks = options.determinismChecks ?? defaultChecks(seeds);
    this.#toRepeat = new Set(spread(checks, seeds).map((index) => this.#seed(index)));
  }

  async run(): Promise<RunRecord> {
    const startedAt = new Date().toISOString();
    const regressions = await this.#replayRegressions();
    const start = performance.now();
    const pool = new WorkerPool(this.#job, this.#workers);
    try {
      await this.#runAll(pool);
      const runsMs = performance.now() - start;
      const determinism = await this.#check(pool);
      const shrunk = await this.#shrink(pool);
      const wallMs = performance.now() - start;
      return this.#record(regressions, determinism, shrunk, startedAt, runsMs, wallMs);
    } finally {
      await pool.close();
    }
  }

  /** What was found once must hold now, before anything new is looked for. */
  async #replayRegressions(): Promise<readonly CheckedRegression[]> {
    const checked: CheckedRegression[] = [];
    for (const regression of await pinnedFor(this.#prepared)) checked.push(await check(regression));
    return checked;
  }

  /** Each lane keeps one thread busy; the next batch is not given out before a lane is free for it. */
  async #runAll(pool: WorkerPool): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < this.#batches && this.#options.signal?.aborted !== true) {
        const index = next++;
        this.#merge(index, await pool.runSeeds(this.#seedsOf(index), this.#sagaProgress('runs')));
      }
    };
    await Promise.all(Array.from({ length: this.#workers }, lane));
  }

  #merge(index: number, batch: PackedSummary): void {
    this.#early.set(index, batch);
    this.#runsDone += batch.runs.total;
    this.#progress('runs', this.#runsDone, this.#options.seeds);
    for (let due = this.#early.get(this.#merged); due !== undefined; due = this.#early.get(this.#merged)) {
      this.#early.delete(this.#merged++);
      this.#summary.add(due);
      for (const [seed, fingerprint] of due.fingerprints) {
        if (this.#toRepeat.has(seed)) this.#samples.push({ seed, fingerprint });
      }
    }
  }

  #check(pool: WorkerPool): Promise<RunRecord['determinism']> {
    const ended = this.#sagaProgress('determinism');
    return checkDeterminism({
      job: this.#job,
      sagas: this.#prepared.sagas,
      pool,
      samples: this.#samples,
      threads: this.#workers,
      signal: this.#options.signal,
      onProgress: (checked, sagas) => {
        if (sagas > 0) ended?.(sagas);
        else this.#progress('determinism', checked, this.#samples.length);
      },
    });
  }

  /** Failures of one nature were counted as one before: each is made small once. */
  #shrink(pool: WorkerPool): Promise<ShrinkOutcomes> {
    const { shrinkBudget: budget = SHRINK_BUDGET_DEFAULT, signal, onProgress } = this.#options;
    return shrinkFailures({
      failures: [...this.#summary.failures.values()],
      budget,
      lanes: this.#workers,
      signal,
      shrink: (request) => pool.shrink(request),
      onProgress: (done, total) => onProgress?.({ phase: 'shrinking', unit: 'failures', done, total }),
    });
  }

  #record(
    regressions: readonly CheckedRegression[],
    determinism: RunRecord['determinism'],
    shrunk: ShrinkOutcomes,
    startedAt: string,
    runsMs: number,
    wallMs: number,
  ): RunRecord {
    const { rootSeed, seeds, strict = false } = this.#options;
    const perSecond = (count: number): number => Math.round((count / runsMs) * 1000);
    const summary = this.#summary;
    const { total } = summary.runs;
    return runRecordOf({
      job: this.#prepared,
      rootSeed,
      ...(total < seeds ? { cutShort: `${total} of ${seeds} runs` } : {}),
      summary,
      regressions,
      violations: [
        ...regressions.flatMap(({ violation }) => violation ?? []),
        ...recordFailures(this.#options, this.#prepared, summary.failures.values(), shrunk),
      ],
      determinism,
      strict,
      meta: {
        wallMs: Math.round(wallMs),
        eventsPerSecond: perSecond(summary.events),
        sagasPerSecond: perSecond(summary.sagas.started),
        startedAt,
        workers: this.#workers,
      },
    });
  }

  #seed(index: number): string {
    return seedOf(this.#options.rootSeed, index, this.#options.seeds);
  }

  #seedsOf(batch: number): readonly string[] {
    const { from, to } = batchAt(batch, this.#runsPerBatch, this.#options.seeds);
    return Array.from({ length: to - from }, (_, i) => this.#seed(from + i));
  }

  #progress(phase: CampaignProgress['phase'], done: number, total: number): void {
    if (this.#options.seeds > 1) this.#options.onProgress?.({ phase, unit: 'runs', done, total });
  }

  /** A single run is followed by its sagas. */
  #sagaProgress(phase: CampaignProgress['phase']): ((ended: number) => void) | undefined {
    const { onProgress, seeds } = this.#options;
    if (seeds > 1 || onProgress === undefined) return undefined;
    return (done) => onProgress({ phase, unit: 'sagas', done, total: this.#prepared.sagas });
  }
}

/** Only what crosses threads. */
function jobIn({ scenario, saga, profile, policy, sagas }: CampaignOptions): Job {
  return {
    scenario,
    profile,
    ...(saga === undefined ? {} : { saga }),
    ...(policy === undefined ? {} : { policy }),
    ...(sagas === undefined ? {} : { sagas }),
  };
}
