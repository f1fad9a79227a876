// Makes the run record from what the runs came to.
//
// V1. Worst first: nondeterministic, violated, inconclusive, held.
// V2. Runs that were not done prove nothing: a campaign that was cut short, or did no run, is inconclusive. So
//     is one, under `strict`, in which a fault that was switched on was never delivered (S7).

import { FAULTS } from '../faults/catalogue.ts';
import { coverageCells } from '../faults/injector.ts';
import { INVARIANTS } from '../invariants/catalogue.ts';
import type { InvariantFactory } from '../invariants/invariant.ts';
import { type RecordedViolation, RUN_RECORD_SCHEMA, type RunRecord, type Verdict } from '../run-record.ts';
import type { PreparedJob } from './job.ts';
import type { RunSummary } from './run-summary.ts';
import { VERSION } from './source-tree.ts';

/** Everything that a record is made from. */
export interface CampaignFacts {
  readonly job: PreparedJob;
  readonly rootSeed: string;
  /** Runs that were asked for; fewer were done when somebody stopped the campaign. */
  readonly planned: number;
  readonly summary: RunSummary;
  readonly violations: readonly RecordedViolation[];
  readonly determinism: RunRecord['determinism'];
  readonly strict: boolean;
  readonly meta: RunRecord['meta'];
}

const REASONS_MAX = 10;
const PPM = 1_000_000;

/** The record of a campaign. Equal facts make equal records, `meta` aside. */
export function runRecordOf(facts: CampaignFacts): RunRecord {
  const { job, rootSeed, summary, violations, determinism, meta } = facts;
  const undelivered = undeliveredKinds(summary);
  const inconclusive = [...summary.inconclusive, ...campaignReasons(facts, undelivered)];
  return {
    schema: RUN_RECORD_SCHEMA,
    scenario: job.scenario.name,
    scenarioHash: job.hash,
    version: VERSION,
    node: process.versions.node,
    rootSeed,
    profile: job.profile.name,
    policy: job.policy.name,
    verdict: verdictOf(facts, inconclusive.length),
    runs: summary.runs,
    sagasPerRun: job.sagas,
    sagas: summary.sagas,
    stopped: mostFrequent(summary.stopReasons),
    faults: {
      configured: byKind((kind) => (job.profile.ceilingPpm[kind] ?? 0) / PPM),
      delivered: byKind((kind) => summary.faultsDelivered[kind] ?? 0),
      undelivered,
    },
    invariants: invariantStates(job, summary),
    violations,
    inconclusive,
    coverage: coverageOf(job, summary),
    latencyUs: summary.latencyUs(),
    fingerprint: summary.fingerprint(),
    determinism,
    ...bound95(summary),
    virtualUs: summary.virtualUs,
    events: summary.events,
    meta,
  };
}

function verdictOf({ determinism, summary }: CampaignFacts, reasons: number): Verdict {
  if (determinism.equal < determinism.checked) return 'nondeterministic';
  if (summary.runs.violated > 0) return 'violated';
  return reasons > 0 ? 'inconclusive' : 'held';
}

/** V2: what is wrong with the campaign as a whole. */
function campaignReasons(
  { rootSeed, planned, strict, summary }: CampaignFacts,
  undelivered: readonly string[],
): RunRecord['inconclusive'] {
  const { total } = summary.runs;
  const reasons: string[] = [];
  if (total < planned) reasons.push(`stopped after ${total} of ${planned} runs`);
  if (strict && undelivered.length > 0)
    reasons.push(`enabled and never delivered: ${undelivered.join(', ')}`);
  return reasons.map((reason) => ({ seed: rootSeed, reason }));
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

function invariantStates({ scenario, sagas }: PreparedJob, summary: RunSummary): RunRecord['invariants'] {
  const violated = new Set([...summary.failures.values()].map(({ violation }) => violation.invariant));
  return [...INVARIANTS, ...scenario.invariants.map(describe)].map(({ id, statement }) => {
    const untouched = summary.invariantsExercised.has(id) ? 'held' : 'not-exercised';
    return { id, statement, state: violated.has(id) ? 'violated' : untouched };
  });

  /** An invariant only says who it is once it is made. */
  function describe(make: InvariantFactory): { readonly id: string; readonly statement: string } {
    const world = { participants: scenario.participants({ sagas }), files: () => [], log: () => [] };
    return make({ violated: () => undefined }, { ...world, epochOf: () => 0, isRefused: () => false });
  }
}

function coverageOf({ profile }: PreparedJob, { cellsHit }: RunSummary): RunRecord['coverage'] {
  const cells = coverageCells(profile);
  const missing = cells.filter((cell) => !cellsHit.has(cell));
  return { cells: cells.length, hit: cells.length - missing.length, missing };
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
