// Runs consecutive seeds of a campaign: handed to worker threads in batches, added up in seed order, and some of them run
// a second time.
//
// C1. What they come to depends on the options only, not on workers, batches or timing: batches are merged in seed order,
//     and every run starts from nothing but its seed.
// C2. Memory does not grow with the number of runs, their fingerprints aside where these are kept: a batch is merged as
//     soon as all before it are.

import { availableParallelism } from 'node:os';
import { type CampaignOptions, type CampaignProgress, jobIn } from './campaign-options.ts';
import { type Repeated, repeatRuns, type Sample } from './determinism.ts';
import type { Job, PreparedJob } from './job.ts';
import { type PackedSummary, RunSummary } from './run-summary.ts';
import { batchAt, defaultChecks, runsPerBatch, type SeedRange, seedOf, spread } from './seeds.ts';
import { WorkerPool } from './worker-pool.ts';

export class SeedRuns {
  readonly summary = new RunSummary();
  /** Of every run in order, when they are kept. */
  readonly fingerprints: string[] = [];
  readonly workers: number;
  readonly #options: CampaignOptions;
  readonly #prepared: PreparedJob;
  readonly #job: Job;
  readonly #range: SeedRange;
  readonly #runsPerBatch: number;
  readonly #batches: number;
  readonly #keepsFingerprints: boolean;
  /** Batches that came before one that they wait for (C1). */
  readonly #early = new Map<number, PackedSummary>();
  readonly #toRepeat: ReadonlySet<string>;
  readonly #samples: Sample[] = [];
  #merged = 0;
  #runsDone = 0;

  /** `range`: which of the seeds; the others are left to others. */
  constructor(options: CampaignOptions, prepared: PreparedJob, range: SeedRange, keepsFingerprints: boolean) {
    const { seeds, workers = availableParallelism() } = options;
    const runs = range.to - range.from;
    this.#options = options;
    this.#prepared = prepared;
    this.#job = jobIn(options);
    this.#range = range;
    this.#keepsFingerprints = keepsFingerprints;
    this.#runsPerBatch = runsPerBatch(runs, prepared.sagas, workers);
    this.#batches = Math.ceil(runs / this.#runsPerBatch);
    this.workers = Math.min(workers, this.#batches);
    const checks = options.determinismChecks ?? defaultChecks(seeds);
    const chosen = spread(checks, seeds).filter((index) => index >= range.from && index < range.to);
    this.#toRepeat = new Set(chosen.map((index) => this.#seed(index)));
  }

  /** Threads for these runs; whoever asks for them closes them. */
  pool(): WorkerPool {
    return new WorkerPool(this.#job, this.workers);
  }

  /** Each lane keeps one thread busy; the next batch is not given out before a lane is free for it. */
  async run(pool: WorkerPool): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < this.#batches && this.#options.signal?.aborted !== true) {
        const index = next++;
        this.#merge(index, await pool.runSeeds(this.#seedsOf(index), this.#sagaProgress('runs')));
      }
    };
    await Promise.all(Array.from({ length: this.workers }, lane));
  }

  /** Runs those again that the campaign repeats, and are here. */
  repeat(pool: WorkerPool): Promise<Repeated> {
    const ended = this.#sagaProgress('determinism');
    return repeatRuns({
      job: this.#job,
      sagas: this.#prepared.sagas,
      pool,
      samples: this.#samples,
      threads: this.workers,
      signal: this.#options.signal,
      onProgress: (checked, sagas) => {
        if (sagas > 0) ended?.(sagas);
        else this.#progress('determinism', checked, this.#samples.length);
      },
    });
  }

  #merge(index: number, batch: PackedSummary): void {
    this.#early.set(index, batch);
    this.#runsDone += batch.runs.total;
    this.#progress('runs', this.#runsDone, this.#range.to - this.#range.from);
    for (let due = this.#early.get(this.#merged); due !== undefined; due = this.#early.get(this.#merged)) {
      this.#early.delete(this.#merged++);
      this.summary.add(due);
      for (const [seed, fingerprint] of due.fingerprints) {
        if (this.#toRepeat.has(seed)) this.#samples.push({ seed, fingerprint });
        if (this.#keepsFingerprints) this.fingerprints.push(fingerprint);
      }
    }
  }

  #seed(index: number): string {
    return seedOf(this.#options.rootSeed, index, this.#options.seeds);
  }

  #seedsOf(batch: number): readonly string[] {
    const { from, to } = this.#range;
    const part = batchAt(batch, this.#runsPerBatch, to - from);
    return Array.from({ length: part.to - part.from }, (_, i) => this.#seed(from + part.from + i));
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
