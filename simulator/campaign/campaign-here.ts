// A campaign in this thread, over a scenario that is loaded already: for the tests of others, where a test runner owns
// threads and files, and the scenario is a value.
//
// H1. What it comes to is what `runCampaign` comes to for the same job: the same seeds, the same fingerprint.
// H2. It stops now and then, between runs, so that the runner can hear what it must.

import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { profiles } from '../faults/profile.ts';
import { TraceLog } from '../kernel/trace.ts';
import type { Divergence, RunRecord } from '../run-record.ts';
import type { Scenario } from '../scenario.ts';
import { metaOf } from './conclude.ts';
import { determinismOf } from './determinism.ts';
import { type Job, type PreparedJob, prepare, runSeed } from './job.ts';
import { shownPath } from './load-scenario.ts';
import { choosePolicy } from './policy-choice.ts';
import { recordFailures } from './record-failures.ts';
import { runRecordOf } from './run-record-of.ts';
import { RunSummary } from './run-summary.ts';
import { scenarioHash } from './scenario-hash.ts';
import { seedOf, spread } from './seeds.ts';
import { outcomeOf, type ShrinkOutcome, type ShrinkOutcomes } from './shrink-failures.ts';
import { shrinkRun } from './shrink-run.ts';

/** What to run, and where it is asked for. */
export interface HereOptions {
  readonly rootSeed: string;
  readonly seeds: number;
  readonly sagas: number;
  readonly profile: Job['profile'];
  /** As `--policy` takes it; left out: the scenario's own. */
  readonly policy?: string;
  /** How many of the runs are repeated and compared. */
  readonly repeats: number;
  /** Whether failures are made small and written down; otherwise the runs are only judged. */
  readonly explains: boolean;
  /** Sagas that may be run, all together, to make failures small. */
  readonly shrinkBudget: number;
  /** Absolute path of the file that has the scenario as its default export; without one, no capsule is written. */
  readonly file?: string;
  /** Absolute path of the file that asks. */
  readonly askedIn: string;
  /** Folder for capsules. */
  readonly out: string;
  /** Aborted: no further run is made, and nothing is written. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the campaign.
 *
 * @throws UserError when the policy is wrong, or a run asked the real world for time or chance
 * @example
 * const record = await campaignHere(scenario, { rootSeed: 'nightly', seeds: 500, sagas: 10, profile: 'storm', … });
 */
export async function campaignHere(scenario: Scenario, options: HereOptions): Promise<RunRecord> {
  const { rootSeed, seeds, repeats } = options;
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const job = jobHere(scenario, options);
  const prepared = await preparedHere(scenario, job, options);
  const summary = new RunSummary();
  const toRepeat = new Set(spread(repeats, seeds));
  const traced: (Divergence | null)[] = [];
  const breathe = breather();
  for (let index = 0; index < seeds; index++) {
    if (options.signal?.aborted === true) break;
    const seed = seedOf(rootSeed, index, seeds);
    const result = runSeed(prepared, seed);
    summary.addRun(result);
    if (
      toRepeat.has(index) &&
      runSeed(prepared, seed, { keepPlan: false }).fingerprint !== result.fingerprint
    )
      traced.push(divergenceOf(prepared, seed));
    await breathe();
  }
  const runsMs = performance.now() - start;
  const explains = options.explains && options.signal?.aborted !== true;
  const shrunk = explains ? await shrinkAll(prepared, summary, options) : new Map();
  const keeping = explains && options.file !== undefined ? { ...job, out: options.out } : job;
  return runRecordOf({
    job: prepared,
    rootSeed,
    ...(summary.runs.total < seeds ? { cutShort: `${summary.runs.total} of ${seeds} runs` } : {}),
    summary,
    violations: recordFailures(keeping, prepared, summary.failures.values(), shrunk),
    determinism: determinismOf([{ checked: toRepeat.size, differing: traced.length, traced }]),
    strict: false,
    meta: metaOf(summary, { startedAt, runsMs, wallMs: performance.now() - start, workers: 1 }),
  });
}

function jobHere({ name }: Scenario, { file, profile, sagas, policy }: HereOptions): Job {
  const scenario = file === undefined ? name : shownPath(file);
  return { scenario, profile, sagas, ...(policy === undefined ? {} : { policy }) };
}

/**
 * A test runner may have rewritten functions, whose text the hash goes by: a capsule has the hash of the scenario as
 * `sagastorm replay` will load it.
 */
async function preparedHere(
  scenario: Scenario,
  job: Job,
  { file, askedIn, profile, sagas }: HereOptions,
): Promise<PreparedJob> {
  return {
    scenario,
    file: file ?? askedIn,
    hash: file === undefined ? scenarioHash(scenario, askedIn) : (await prepare(job)).hash,
    profile: profiles[profile],
    protocol: 'saga',
    policy: choosePolicy(scenario, job.policy),
    sagas,
  };
}

/** Each of the failures with its share of the budget, as in a campaign on threads. */
async function shrinkAll(
  prepared: PreparedJob,
  summary: RunSummary,
  { shrinkBudget }: HereOptions,
): Promise<ShrinkOutcomes> {
  const outcomes = new Map<string, ShrinkOutcome>();
  const budget = Math.floor(shrinkBudget / Math.max(1, summary.failures.size));
  for (const { seed, plan, violation } of summary.failures.values()) {
    const { signature } = violation;
    const outcome = await outcomeOf(async () => {
      await setImmediate(); // H2
      return shrinkRun(prepared, { seed, plan, signature, budget });
    });
    if (outcome !== undefined) outcomes.set(signature, outcome);
  }
  return outcomes;
}

/** Runs a seed twice with its trace; null when the two are the same this time. */
function divergenceOf(prepared: PreparedJob, seed: string): Divergence | null {
  const [first, second] = [new TraceLog(), new TraceLog()];
  runSeed(prepared, seed, { trace: first });
  runSeed(prepared, seed, { trace: second });
  const index = first.firstDifference(second);
  return index < 0 ? null : { seed, index, first: first.line(index), second: second.line(index) };
}

const BREATH_MS = 50;

/** H2. */
function breather(): () => Promise<void> {
  let lastMs = performance.now();
  return async () => {
    if (performance.now() - lastMs < BREATH_MS) return;
    await setImmediate();
    lastMs = performance.now();
  };
}
