// Makes the run record from what the runs came to.
//
// V1. Worst first: nondeterministic, violated, slo-missed, inconclusive, held.
// V2. Runs that were not done prove nothing: a campaign that was cut short, did no run, or could not run a pinned
//     failure again is inconclusive. So is one, under `strict`, in which a fault that was switched on was never
//     delivered (S7); and one in which no saga completed, unless the scenario says how many should.

import { FAULTS } from '../faults/catalogue.ts';
import { coverageCells } from '../faults/injector.ts';
import { INVARIANTS } from '../invariants/catalogue.ts';
import { NOTHING_THROWN } from '../invariants/nothing-thrown.ts';
import { describeInvariants } from '../invariants/own-invariants.ts';
import {
  type Objective,
  type RecordedViolation,
  RUN_RECORD_SCHEMA,
  type RunRecord,
  type Verdict,
} from '../run-record.ts';
import { incidentsEndUs } from '../service-load.ts';
import { percentileIn } from '../timeline.ts';
import type { CheckedRegression, RegressionState } from './corpus.ts';
import type { PreparedJob } from './job.ts';
import { objectivesOf, promisedLevels } from './objectives.ts';
import { specInForce } from './policy-choice.ts';
import type { RunSummary } from './run-summary.ts';
import { type ScenarioSource, sourceOf } from './source-place.ts';
import { VERSION } from './source-tree.ts';

/** Everything that a record is made from. */
export interface CampaignFacts {
  readonly job: PreparedJob;
  readonly rootSeed: string;
  /** See {@link RunRecord.seedCommand}. */
  readonly seedCommand?: string;
  /** Somebody stopped the campaign: after how much of it. */
  readonly cutShort?: string;
  readonly summary: RunSummary;
  readonly violations: readonly RecordedViolation[];
  /** Pinned failures of the scenario, run again. */
  readonly regressions?: readonly CheckedRegression[];
  readonly determinism: RunRecord['determinism'];
  readonly strict: boolean;
  /** What a scenario promises of a campaign says nothing of one run, or of runs that were chosen. Default true. */
  readonly judgesPromises?: boolean;
  readonly meta: RunRecord['meta'];
}

const REASONS_MAX = 10;
const PPM = 1_000_000;
/** Of fewer, none may complete by chance. */
const SAGAS_TELLING = 20;
const NONE_COMPLETED = 'most of them was never tried; if that is meant, write slo: { completedPermille: 0 }';

/** The record of a campaign. Equal facts make equal records, `meta` aside. */
export function runRecordOf(facts: CampaignFacts): RunRecord {
  const { job, rootSeed, summary, violations, determinism, regressions = [], meta } = facts;
  const load = summary.load.record();
  const source = sourceOf(job.file);
  const policySpec = specInForce(job.scenario, job.policy);
  const measured = {
    sagas: summary.sagas,
    latencyUs: summary.latencyUs(),
    ...(load === undefined ? {} : { load }),
  };
  const isJudged = facts.judgesPromises !== false;
  const slo = isJudged ? objectivesOf(promisedLevels(job), measured) : [];
  const sometimes = isJudged ? job.scenario.sometimes : [];
  const occasions = sometimes.map(({ name }) => ({ name, times: summary.sometimes[name] ?? 0 }));
  const undelivered = undeliveredKinds(summary);
  const inconclusive = [...summary.inconclusive, ...campaignReasons(facts, undelivered)];
  return {
    schema: RUN_RECORD_SCHEMA,
    scenario: job.scenario.name,
    scenarioHash: job.hash,
    ...(source === undefined ? {} : { source: source.place }),
    ...(facts.seedCommand === undefined ? {} : { seedCommand: facts.seedCommand }),
    version: VERSION,
    node: process.versions.node,
    rootSeed,
    profile: job.profile.name,
    ...(job.protocol === 'saga' ? {} : { protocol: job.protocol }),
    policy: job.policy.name,
    ...(policySpec === undefined ? {} : { policySpec: { ...policySpec } }),
    verdict: verdictOf(facts, { inconclusive: inconclusive.length, slo, occasions }),
    runs: summary.runs,
    sagasPerRun: job.sagas,
    ...measured,
    stopped: mostFrequent(summary.stopReasons),
    faults: {
      configured: byKind((kind) => (job.profile.ceilingPpm[kind] ?? 0) / PPM),
      delivered: byKind((kind) => summary.faultsDelivered[kind] ?? 0),
      undelivered,
    },
    invariants: invariantStates(job, summary, source),
    ...(regressions.length === 0 ? {} : { regressions: regressionCounts(regressions) }),
    violations,
    inconclusive,
    coverage: coverageOf(job, summary),
    ...(occasions.length === 0 ? {} : { sometimes: occasions }),
    ...(slo.length === 0 ? {} : { slo }),
    ...picturesOf(facts),
    fingerprint: summary.fingerprint(),
    determinism,
    ...bound95(summary),
    virtualUs: summary.virtualUs,
    events: summary.events,
    meta,
  };
}

/** Of a thousand: close together where most of them are, and where the longest are. */
const PERMILLE: readonly number[] = [
  0, 10, 20, 50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 850, 900, 925,
  950, 960, 970, 980, 985, 990, 993, 995, 997, 998, 999, 999.5, 999.9, 1000,
];

/** What reports draw. */
function picturesOf({ job, summary }: CampaignFacts): Pick<RunRecord, 'curves' | 'timeline' | 'steps'> {
  const { bucketUs, buckets } = summary.timeline.buckets();
  if (buckets.length === 0) return {};
  const healAtUs = Math.max(job.profile.chaosUs, incidentsEndUs(job.scenario.incidents));
  return {
    curves: { permille: PERMILLE, ...summary.curves(PERMILLE) },
    timeline: { bucketUs, buckets, healAtUs },
    steps: summary.steps.map(({ durations, ...step }) => ({
      ...step,
      ...(durations.length === 0
        ? {}
        : { p50Us: percentileIn(durations, 50), p99Us: percentileIn(durations, 99) }),
    })),
  };
}

interface Findings {
  readonly inconclusive: number;
  readonly slo: readonly Objective[];
  readonly occasions: NonNullable<RunRecord['sometimes']>;
}

/** V1. What should happen and never did is a failure of the campaign, not of a run. */
function verdictOf(
  { determinism, summary, violations }: CampaignFacts,
  { inconclusive, slo, occasions }: Findings,
): Verdict {
  if (determinism.equal < determinism.checked) return 'nondeterministic';
  if (summary.runs.violated > 0 || violations.length > 0) return 'violated';
  if (occasions.some(({ times }) => times === 0)) return 'violated';
  if (slo.some(({ state }) => state === 'missed')) return 'slo-missed';
  return inconclusive > 0 ? 'inconclusive' : 'held';
}

/** V2: what is wrong with the campaign as a whole. */
function campaignReasons(
  { job, rootSeed, cutShort, strict, summary, regressions = [], judgesPromises = true }: CampaignFacts,
  undelivered: readonly string[],
): RunRecord['inconclusive'] {
  const { slo: levels } = job.scenario;
  const reasons: string[] = [];
  const { started, completed } = summary.sagas;
  const { violated, total } = summary.runs;
  const isTelling = started >= SAGAS_TELLING && violated < total;
  if (judgesPromises && completed === 0 && isTelling && levels.completedPermille === undefined)
    reasons.push(`of ${started} sagas none completed: ${NONE_COMPLETED}`);
  if (cutShort !== undefined) reasons.push(`stopped after ${cutShort}`);
  if (strict && undelivered.length > 0)
    reasons.push(`enabled and never delivered: ${undelivered.join(', ')}`);
  const lost = regressions.filter(({ state }) => state === 'lost');
  for (const { file, message } of lost) reasons.push(`${file} cannot be run: ${message}`);
  return reasons.map((reason) => ({ seed: rootSeed, reason }));
}

function regressionCounts(regressions: readonly CheckedRegression[]): NonNullable<RunRecord['regressions']> {
  const count = (state: RegressionState): number => regressions.filter((one) => one.state === state).length;
  return {
    total: regressions.length,
    held: count('holds'),
    failed: count('fails'),
    stale: count('stale'),
    lost: regressions.flatMap(({ file, state }) => (state === 'lost' ? [file] : [])),
  };
}

/** S7: switched on in at least one run, delivered in none. */
function undeliveredKinds({ faultsEnabled, faultsDelivered }: RunSummary): readonly string[] {
  return FAULTS.map(({ kind }) => kind).filter(
    (kind) => faultsEnabled.has(kind) && (faultsDelivered[kind] ?? 0) === 0,
  );
}

/** Numbers above zero by fault kind, in the order of the catalogue. */
function byKind(value: (kind: string) => number): Readonly<Record<string, number>> {
  return Object.fromEntries(FAULTS.map(({ kind }) => [kind, value(kind)] as const).filter(([, n]) => n > 0));
}

function invariantStates(
  { scenario, sagas }: PreparedJob,
  summary: RunSummary,
  source: ScenarioSource | undefined,
): RunRecord['invariants'] {
  const violated = new Set([...summary.failures.values()].map(({ violation }) => violation.invariant));
  const own = describeInvariants(scenario.invariants, scenario.participants({ sagas }));
  const stateOf = (id: string): RunRecord['invariants'][number]['state'] => {
    if (violated.has(id)) return 'violated';
    return summary.invariantsExercised.has(id) ? 'held' : 'not-exercised';
  };
  const thrown = violated.has(NOTHING_THROWN.id) ? [NOTHING_THROWN] : [];
  return [
    ...[...INVARIANTS, ...thrown].map(({ id, statement }) => ({ id, statement, state: stateOf(id) })),
    ...own.map(({ id, statement }) => {
      const line = source?.lineOf(id);
      return { id, statement, state: stateOf(id), ...(line === undefined ? {} : { line }) };
    }),
  ];
}

/** Of the kinds that were on in a run; a run from a plan has none that are on. */
function coverageOf(
  { profile }: PreparedJob,
  { cellsHit, faultsEnabled }: RunSummary,
): RunRecord['coverage'] {
  const cells = coverageCells(profile, faultsEnabled.size === 0 ? undefined : faultsEnabled);
  const missing = cells.filter((cell) => !cellsHit.has(cell));
  const examples = Object.fromEntries([...cellsHit].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { cells: cells.length, hit: cells.length - missing.length, missing, examples };
}

/** The most frequent first; equally frequent ones by their words. */
function mostFrequent(reasons: Readonly<Record<string, number>>): NonNullable<RunRecord['stopped']> {
  return Object.entries(reasons)
    .map(([reason, sagas]) => ({ reason, sagas }))
    .sort((a, b) => b.sagas - a.sagas || (a.reason < b.reason ? -1 : 1))
    .slice(0, REASONS_MAX);
}

/** The exact form of the rule of three: with this true rate, zero of `held` runs would fail 5 % of the time. */
function bound95({ runs: { held, violated } }: RunSummary): { readonly bound95?: number } {
  return violated > 0 || held === 0 ? {} : { bound95: 1 - 0.05 ** (1 / held) };
}
