// A search for a policy: candidates from a space, halved over few seeds until a handful is left (halving.ts), and these
// compared with the baseline on other seeds (compare.ts).
//
// T1. The record, `meta` aside, depends on the options only. The budget counts runs, not seconds.
// T2. The comparison is on seeds that the search has not seen, so that nobody is praised for the luck that it was chosen by.

import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { TuneRecord } from '../tune-record.ts';
import type { CampaignProgress } from './campaign-options.ts';
import { type Comparison, compareInFull } from './compare.ts';
import { frontMetricsOf, frontObjectives } from './compare-metrics.ts';
import { measured } from './compare-statistics.ts';
import { withContender } from './contenders.ts';
import { makeFolder, writeText } from './folder.ts';
import { type Halved, halve, type Score } from './halving.ts';
import { type Job, prepare } from './job.ts';
import type { SeedMeasure } from './measure.ts';
import { measureAll } from './measure-all.ts';
import type { Candidate } from './policy-space.ts';
import { FINALISTS_MAX, planOf, type TuneExtent, type TunePlan } from './tune-plan.ts';
import { type Found, policyFile, tuneRecordOf } from './tune-record-of.ts';
import { WorkerPool } from './worker-pool.ts';

export interface TuneOptions extends TuneExtent, Pick<Job, 'scenario' | 'profile' | 'sagas'> {
  /** Threads, from 1; default one per core. */
  readonly workers?: number;
  /** Folder in which the policies of the front are written, as `policies/NAME.json`. */
  readonly out: string;
  /** Aborted: the record tells the best so far. */
  readonly signal?: AbortSignal;
  onProgress?(progress: CampaignProgress): void;
}

/**
 * Searches for a policy.
 *
 * @throws UserError when the scenario or the baseline is wrong, when the budget is too small for what is asked, and
 * `cannot-write`
 * @example
 * const record = await tune({ scenario: 'brown-out', profile: 'calm', rootSeed: 'a', out: '.sagastorm' });
 */
export async function tune(options: TuneOptions): Promise<TuneRecord> {
  const { scenario, profile, sagas, out } = options;
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const job: Job = { scenario, profile, ...(sagas === undefined ? {} : { sagas }) };
  const prepared = await prepare(job);
  const plan = planOf(options, prepared);
  const workers = options.workers ?? availableParallelism();
  const found = await new Search(job, prepared.sagas, plan, { ...options, workers }).run();
  const meta = { wallMs: Math.round(performance.now() - start), startedAt, workers };
  const record = tuneRecordOf({ job, prepared, extent: options, plan, found, out, meta });
  for (const { name } of record.front) {
    const candidate = plan.candidates.find((one) => one.name === name);
    if (candidate?.origin === 'drawn') writePolicy(policyFile(out, name), candidate);
  }
  return record;
}

function writePolicy(file: string, { spec }: Candidate): void {
  makeFolder(dirname(file));
  writeText(file, `${JSON.stringify(spec, undefined, 2)}\n`);
}

/** One search under way. */
class Search {
  readonly #job: Job;
  readonly #sagas: number;
  readonly #plan: TunePlan;
  readonly #options: TuneOptions & { readonly workers: number };
  readonly #runs = new Map<Candidate, readonly SeedMeasure[]>();
  #used = 0;

  constructor(job: Job, sagas: number, plan: TunePlan, options: TuneOptions & { readonly workers: number }) {
    this.#job = job;
    this.#sagas = sagas;
    this.#plan = plan;
    this.#options = options;
  }

  async run(): Promise<Found> {
    const halved = await this.#halve();
    const final = this.#options.signal?.aborted === true ? undefined : await this.#compare(halved.finalists);
    return { halved, final, used: this.#used };
  }

  async #halve(): Promise<Halved<Candidate>> {
    const { candidates, rungs } = this.#plan;
    if (rungs.length === 0) return halve(candidates, [], FINALISTS_MAX, async () => undefined);
    const pool = new WorkerPool(this.#job, this.#options.workers);
    try {
      return await halve(candidates, rungs, FINALISTS_MAX, (left, seeds, before) =>
        this.#trial(pool, left, seeds, before),
      );
    } finally {
      await pool.close();
    }
  }

  async #trial(
    pool: WorkerPool,
    candidates: readonly Candidate[],
    to: number,
    from: number,
  ): Promise<readonly Score[] | undefined> {
    const { rootSeed, workers, signal } = this.#options;
    const seeds = Array.from({ length: to - from }, (_, i) => `${rootSeed}-search/${from + i}`); // T2
    const tasks = candidates.map((candidate) => ({ job: withContender(this.#job, candidate), seeds }));
    const onDone = (runs: number): void => this.#tell(this.#used + runs);
    const more = await measureAll(pool, tasks, { workers, sagas: this.#sagas, signal, onDone });
    if (more === undefined) return undefined;
    const all = candidates.map((candidate, i) => [...(this.#runs.get(candidate) ?? []), ...more[i]!]);
    this.#runs.clear(); // Of those that fell out nothing is needed any more.
    candidates.forEach((candidate, i) => {
      this.#runs.set(candidate, all[i]!);
    });
    return all.map(scoreOf);
  }

  async #compare(finalists: readonly Candidate[]): Promise<Comparison | undefined> {
    const { rootSeed, workers, signal } = this.#options;
    const before = this.#used;
    return compareInFull({
      ...this.#job,
      policies: [],
      contenders: finalists,
      rootSeed,
      seeds: this.#plan.seeds,
      workers,
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ done }) => this.#tell(before + done),
    });
  }

  #tell(used: number): void {
    this.#used = used;
    const { searchRuns, finalRuns } = this.#plan;
    const total = searchRuns + finalRuns;
    this.#options.onProgress?.({ phase: 'runs', unit: 'runs', done: used, total });
  }
}

function scoreOf(runs: readonly SeedMeasure[]): Score {
  const objectives = frontObjectives(measured(frontMetricsOf(runs)));
  const faulty =
    runs.find(({ verdict }) => verdict === 'violated') ?? runs.find(({ verdict }) => verdict !== 'held');
  if (faulty === undefined) return { objectives };
  const { seed, violated } = faulty;
  return { objectives, fault: { seed, ...(violated === undefined ? {} : { invariant: violated }) } };
}
