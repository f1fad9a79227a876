// A comparison of policies: every one of them over the same seeds, on all threads, and the baseline once more on
// other seeds. Statistics are made of it in compare-statistics.ts.
//
// C1. The record, `meta` aside, depends on the options only: see measure-all.ts.

import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { UserError } from '../../engine/core/user-error.ts';
import {
  COMPARE_RECORD_SCHEMA,
  type ComparedPolicy,
  type CompareRecord,
  type MeasuredMetric,
  type Sensitivity,
} from '../compare-record.ts';
import { Seed } from '../kernel/random.ts';
import type { Protocol } from '../protocol-names.ts';
import type { SagaCounts } from '../run-result.ts';
import type { Scenario } from '../scenario.ts';
import type { ServiceLevels } from '../service-levels.ts';
import { CONFIDENCE, FAMILY_ERROR, paretoFront, Resamples, UNITS_NEEDED } from '../statistics/index.ts';
import type { CampaignProgress } from './campaign-options.ts';
import { frontObjectives, metricsOf, toldMetrics } from './compare-metrics.ts';
import { curvesOf, pairsOf } from './compare-pairs.ts';
import { type Conclusion, conclude } from './compare-sentence.ts';
import { compared, measured } from './compare-statistics.ts';
import {
  type Contender,
  contenders,
  protocolContenders,
  refuseLoneProtocol,
  refuseUnfit,
  withContender,
} from './contenders.ts';
import { COST_ASSUMPTION } from './cost.ts';
import { COMPARE_SEEDS_DEFAULT } from './defaults.ts';
import { type Job, type PreparedJob, prepare } from './job.ts';
import type { SeedMeasure } from './measure.ts';
import { type MeasureTask, measureAll } from './measure-all.ts';
import { promisedLevels } from './objectives.ts';
import { objectivesOfRuns } from './objectives-of-runs.ts';
import { variantIn } from './policy-variant.ts';
import { checkSensitivity, sensitivityPlan } from './sensitivity.ts';
import { VERSION } from './source-tree.ts';
import { WorkerPool } from './worker-pool.ts';

export interface CompareOptions extends Omit<Job, 'policy' | 'policySpec' | 'protocol'> {
  /** Names of policies, the baseline first. */
  readonly policies: readonly string[];
  /** See {@link contenders}. */
  readonly sweep?: string;
  /** Several protocols, the baseline first, are compared under one policy; one is that of all runs. */
  readonly protocols?: readonly Protocol[];
  /** Policies that are ready, the baseline first; instead of `policies` and `sweep`. */
  readonly contenders?: readonly Contender[];
  readonly rootSeed: string;
  /** Runs per policy, from 2: `<root>/0`, `<root>/1`, … Default 200. */
  readonly seeds?: number;
  /** Whether the recommended policy is run under other fault rates and timeouts, too. Default no. */
  readonly sensitivity?: boolean;
  /** Threads, from 1; default one per core. */
  readonly workers?: number;
  /** Aborted: there is no record. */
  readonly signal?: AbortSignal;
  onProgress?(progress: CampaignProgress): void;
}

/** So many that the smallest p-value they can give passes Holm's correction over all metrics. */
export const RESAMPLES = 5_000;
/** Per policy: all durations are kept. */
const SAGAS_MAX = 2_000_000;

const ASSUMPTIONS: readonly string[] = [
  'The unit is the seed: the sagas of one seed share its faults and are not independent of each other.',
  'All policies ran the same seeds: the same workload, and the same faults wherever they come to the same point.',
  'Intervals are 95 % percentile intervals of a bootstrap over seeds, not corrected for the number of metrics; ~ is, by Holm, per policy, at 1 %.',
  'Percentiles are over the sagas of all seeds together. A policy that compensates other sagas is measured on others there.',
  'Calls are those sent to participants, repetitions and undos included. Of use is one per step of a saga that completed.',
  COST_ASSUMPTION,
  'What holds here holds for this scenario, this workload and this profile.',
];

/** A policy, its job and its seeds. */
interface Entry extends Contender {
  readonly role: ComparedPolicy['role'];
  readonly rootSeed: string;
  readonly job: Job;
}

/**
 * Runs a comparison; undefined when it was aborted.
 *
 * @throws UserError when the scenario or a policy is wrong, or there is too much to run
 * @example
 * const record = await compare({ scenario: 'ride', profile: 'storm', policies: ['default', 'patient'], rootSeed: 'a' });
 */
export async function compare(options: CompareOptions): Promise<CompareRecord | undefined> {
  return (await compareInFull(options))?.record;
}

/** A comparison and what it was made of. */
export interface Comparison {
  readonly record: CompareRecord;
  /** Per policy of the record its runs, in seed order. */
  readonly runs: readonly (readonly SeedMeasure[])[];
}

/** As {@link compare}, with the runs themselves. */
export async function compareInFull(options: CompareOptions): Promise<Comparison | undefined> {
  const { scenario, saga, profile, sagas, rootSeed, protocols = [] } = options;
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const base: Job = {
    scenario,
    profile,
    ...(protocols.length === 1 ? { protocol: protocols[0]! } : {}),
    ...(saga === undefined ? {} : { saga }),
    ...(sagas === undefined ? {} : { sagas }),
  };
  const prepared = await prepare(base);
  const chosen = options.contenders ?? chosenContenders(prepared.scenario, options);
  const entries = entriesOf(base, rootSeed, chosen);
  const seeds = options.seeds ?? COMPARE_SEEDS_DEFAULT;
  refuseTooMuch(seeds, prepared.sagas);
  await refuseUnfit(base, chosen);
  if (options.sensitivity === true) checkSensitivity(prepared.scenario, chosen, base);
  const workers = Math.min(options.workers ?? availableParallelism(), seeds * entries.length);
  const extent = { sagas: prepared.sagas, workers, options };
  const levels = promisedLevels(prepared);
  const judgesPromises = Object.keys(levels).length > 0;
  const tasks = entries.map(({ job, rootSeed: root }) => {
    return { job, seeds: seedsOf(root, seeds), judgesPromises };
  });
  const runs = await runAll(tasks, 'runs', extent);
  if (runs === undefined) return undefined;
  const policies = comparedPolicies(entries, runs, rootSeed, levels);
  const conclusion = conclude(policies, seeds, protocols.length > 1 ? 'protocol' : 'policy');
  let sensitivity: Sensitivity | undefined;
  if (options.sensitivity === true) {
    const recommended = chosen.find(({ name }) => name === conclusion.recommended)!;
    const plan = sensitivityPlan(prepared.scenario, base, recommended, { rootSeed, seeds });
    const cells = await runAll(plan.tasks, 'sensitivity', extent);
    if (cells === undefined) return undefined;
    sensitivity = plan.result(cells);
  }
  const meta = { wallMs: Math.round(performance.now() - start), startedAt, workers };
  return { record: recordOf(prepared, options, { seeds, policies, conclusion, sensitivity, meta }), runs };
}

function chosenContenders(scenario: Scenario, options: CompareOptions): readonly Contender[] {
  const { protocols = [], policies, sweep } = options;
  if (protocols.length > 1) return protocolContenders(scenario, protocols, policies, sweep);
  refuseLoneProtocol(protocols, policies, sweep);
  return contenders(scenario, policies, sweep);
}

function seedsOf(rootSeed: string, seeds: number): readonly string[] {
  return Array.from({ length: seeds }, (_, i) => `${rootSeed}/${i}`);
}

/** @throws UserError `too-many-sagas` */
export function refuseTooMuch(seeds: number, sagas: number): void {
  if (seeds * sagas <= SAGAS_MAX) return;
  throw new UserError(
    'too-many-sagas',
    `a comparison keeps every duration: ${seeds} seeds of ${sagas} sagas are more than ${SAGAS_MAX} sagas per policy`,
    'Take fewer --sagas, or fewer --seeds.',
  );
}

function entriesOf(base: Job, rootSeed: string, all: readonly Contender[]): readonly Entry[] {
  const entries = all.map((contender, i): Entry => {
    return {
      ...contender,
      role: i === 0 ? 'baseline' : 'contender',
      rootSeed,
      job: withContender(base, contender),
    };
  });
  return [...entries, { ...entries[0]!, role: 'control', rootSeed: `${rootSeed}-aa` }];
}

interface Extent {
  readonly sagas: number;
  readonly workers: number;
  readonly options: CompareOptions;
}

/** Per task its runs, in seed order; undefined when it was aborted. */
async function runAll(
  tasks: readonly MeasureTask[],
  phase: CampaignProgress['phase'],
  { sagas, workers, options }: Extent,
): Promise<readonly (readonly SeedMeasure[])[] | undefined> {
  const total = tasks.reduce((sum, { seeds }) => sum + seeds.length, 0);
  let done = 0;
  const pool = new WorkerPool(tasks[0]!.job, workers);
  try {
    const onDone = (runs: number): void => {
      done += runs;
      options.onProgress?.({ phase, unit: 'runs', done, total });
    };
    return await measureAll(pool, tasks, { sagas, workers, signal: options.signal, onDone });
  } finally {
    await pool.close();
  }
}

/** What the runs of all entries come to; the first entry is the baseline. */
function comparedPolicies(
  entries: readonly Entry[],
  runs: readonly (readonly SeedMeasure[])[],
  rootSeed: string,
  levels: ServiceLevels,
): readonly ComparedPolicy[] {
  const resamples = new Resamples(runs[0]!.length, RESAMPLES, new Seed(rootSeed).stream('compare/bootstrap'));
  const baseline = metricsOf(runs[0]!);
  return entries.map((entry, i) => {
    const metrics = i === 0 ? measured(baseline) : compared(baseline, metricsOf(runs[i]!), resamples);
    const own = policyOf(entry, runs[i]!, metrics);
    const slo = objectivesOfRuns(levels, runs[i]!, own.sagas);
    const policy = slo.length === 0 ? own : { ...own, slo };
    const curves = curvesOf(runs[i]!);
    if (entry.role !== 'contender') return { ...policy, curves };
    return { ...policy, curves, pairs: pairsOf(runs[0]!, runs[i]!, namedJob(entry)) };
  });
}

/** As the command line can name it; undefined when its policy has no name there. */
function namedJob({ job, name, policySpec }: Entry): Job | undefined {
  if (policySpec === undefined) return job;
  const { policySpec: _, ...rest } = job;
  return variantIn(name) === undefined ? undefined : { ...rest, policy: name };
}

function policyOf(
  { name, role, rootSeed, policySpec }: Entry,
  runs: readonly SeedMeasure[],
  metrics: readonly MeasuredMetric[],
): ComparedPolicy {
  const count = (verdict: SeedMeasure['verdict']): number =>
    runs.filter((run) => run.verdict === verdict).length;
  const broken = Map.groupBy(
    runs.filter(({ violated }) => violated !== undefined),
    ({ violated }) => violated!,
  );
  const hash = createHash('sha256');
  for (const { seed, fingerprint } of runs) hash.update(`${seed}:${fingerprint}\n`);
  return {
    name,
    role,
    rootSeed,
    ...(policySpec === undefined ? {} : { spec: policySpec }),
    runs: {
      total: runs.length,
      held: count('held'),
      violated: count('violated'),
      inconclusive: count('inconclusive'),
    },
    violations: [...broken].map(([invariant, list]) => {
      return { invariant, seed: list[0]!.seed, runs: list.length };
    }),
    sagas: sumOf(runs.map(({ sagas }) => sagas)),
    metrics,
    isOnFront: false,
    fingerprint: hash.digest('hex').slice(0, 32),
  };
}

function sumOf(counts: readonly SagaCounts[]): SagaCounts {
  const keys = [...new Set(counts.flatMap(Object.keys))] as (keyof SagaCounts)[];
  return Object.fromEntries(
    keys.map((key) => [key, counts.reduce((sum, one) => sum + (one[key] ?? 0), 0)]),
  ) as unknown as SagaCounts;
}

/** What there is to tell. */
interface Findings {
  readonly seeds: number;
  readonly policies: readonly ComparedPolicy[];
  readonly conclusion: Conclusion;
  readonly sensitivity: Sensitivity | undefined;
  readonly meta: CompareRecord['meta'];
}

function recordOf(
  { scenario, hash, sagas }: PreparedJob,
  { rootSeed, profile, protocols = [] }: CompareOptions,
  { seeds, policies, conclusion, sensitivity, meta }: Findings,
): CompareRecord {
  const told = toldMetrics(policies, protocols.length > 1 ? 'protocol' : 'policy');
  const cells = sensitivity?.cells.flat() ?? [];
  const isBroken = cells.some((cell) => cell.violated > 0);
  const violated = isBroken || policies.some(({ runs }) => runs.violated > 0);
  const inconclusive = [...policies.map(({ runs }) => runs), ...cells].some((one) => one.inconclusive > 0);
  return {
    schema: COMPARE_RECORD_SCHEMA,
    scenario: scenario.name,
    scenarioHash: hash,
    version: VERSION,
    node: process.versions.node,
    rootSeed,
    profile,
    seeds,
    sagasPerRun: sagas,
    verdict: violated ? 'violated' : inconclusive ? 'inconclusive' : 'held',
    recommended: conclusion.recommended,
    sentence: conclusion.sentence + (isBroken ? ' In other weather it breaks an invariant.' : ''),
    metrics: told,
    statistics: {
      unit: 'seed',
      confidence: CONFIDENCE,
      resamples: RESAMPLES,
      correction: 'holm',
      familyError: FAMILY_ERROR,
      seedsNeeded: UNITS_NEEDED,
    },
    assumptions: ASSUMPTIONS,
    ...(protocols.length > 1 ? { compared: 'protocols' } : {}),
    policies: withFront(policies).map((policy) => ({
      ...policy,
      metrics: policy.metrics.filter(({ id }) => told.some((metric) => metric.id === id)),
    })),
    ...(sensitivity === undefined ? {} : { sensitivity }),
    meta,
  };
}

/** Of the policies that are compared; the control is one of them once more. */
function withFront(policies: readonly ComparedPolicy[]): readonly ComparedPolicy[] {
  const compared = policies.filter(({ role }) => role !== 'control');
  const front = paretoFront(compared.map(({ metrics }) => frontObjectives(metrics)));
  return policies.map((policy) => ({ ...policy, isOnFront: front[compared.indexOf(policy)] ?? false }));
}
