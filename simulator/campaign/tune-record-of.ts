// From what a search found to its record.

import { join } from 'node:path';
import type { ComparedPolicy } from '../compare-record.ts';
import { Seed } from '../kernel/random.ts';
import type { RunVerdict } from '../run-result.ts';
import { type Objectives, paretoFront, Resamples } from '../statistics/index.ts';
import {
  type FrontMember,
  TUNE_RECORD_SCHEMA,
  type TunedCandidate,
  type TuneObjectives,
  type TuneRecord,
} from '../tune-record.ts';
import { type Comparison, RESAMPLES } from './compare.ts';
import { frontObjectives } from './compare-metrics.ts';
import { withContender } from './contenders.ts';
import type { Halved, Standing } from './halving.ts';
import type { Job, PreparedJob } from './job.ts';
import { shownPath } from './load-scenario.ts';
import { type Candidate, SPACE_MEMBERS } from './policy-space.ts';
import { definitionOf } from './policy-text.ts';
import { losses, recommend, recommendation, withSoundFront } from './recommendation.ts';
import { seedCommand } from './replay-command.ts';
import { VERSION } from './source-tree.ts';
import type { TuneExtent, TunePlan } from './tune-plan.ts';

/** What a search found; `final` is absent when it was stopped before. */
export interface Found {
  readonly halved: Halved<Candidate>;
  readonly final: Comparison | undefined;
  /** Runs that were done. */
  readonly used: number;
}

/** Everything that a record tells of. */
export interface TuneStory {
  readonly job: Job;
  readonly prepared: PreparedJob;
  readonly extent: TuneExtent;
  readonly plan: TunePlan;
  readonly found: Found;
  /** Folder in which policies are written. */
  readonly out: string;
  readonly meta: TuneRecord['meta'];
}

/** What a search came to: what depends on whether the finalists were compared. */
type Outcome = Pick<
  TuneRecord,
  'verdict' | 'sentence' | 'recommended' | 'isStopped' | 'comparison' | 'front' | 'losses'
>;

const ASSUMPTIONS: readonly string[] = [
  'The search looks at a choice of values, near policies that somebody made and anywhere; what it did not draw it did not see.',
  'It minimises sagas that did not complete, their p99 and calls per saga; who is worse on a few seeds is left behind, maybe by chance.',
  'The finalists are compared on seeds that the search has not seen; of several that are better one is taken on these same seeds, so its lead over the others flatters it a little.',
  '~ is by Holm over all metrics of one policy at 1 %, not over the policies.',
  'Invariants are checked in every run; whoever broke one is out.',
  'What holds here holds for this scenario, this workload and this profile.',
];

/** The record. */
export function tuneRecordOf(story: TuneStory): TuneRecord {
  const { prepared, extent, plan, found, meta } = story;
  const { final } = found;
  const outcome = final === undefined ? stopped(story) : compared(story, final);
  const taken = plan.candidates.find(({ name }) => name === outcome.recommended);
  return {
    schema: TUNE_RECORD_SCHEMA,
    scenario: prepared.scenario.name,
    scenarioHash: prepared.hash,
    version: VERSION,
    node: process.versions.node,
    rootSeed: extent.rootSeed,
    profile: prepared.profile.name,
    sagasPerRun: prepared.sagas,
    baseline: plan.candidates[0]!.name,
    space: extent.space ?? SPACE_MEMBERS,
    budget: { runs: plan.budget, used: found.used },
    search: { rungs: plan.rungs, done: found.halved.rungsDone },
    candidates: plan.candidates.map((candidate) => tunedCandidate(candidate, found.halved)),
    ...(taken?.origin === 'drawn' ? { definition: definitionOf(taken.spec!) } : {}),
    assumptions: ASSUMPTIONS,
    ...outcome,
    meta,
  };
}

function tunedCandidate(candidate: Candidate, { standings, finalists }: Halved<Candidate>): TunedCandidate {
  const { name, origin, spec } = candidate;
  const standing = standings.find((one) => one.candidate === candidate);
  const { fault } = standing ?? {};
  const fate = fault === undefined ? undefined : fault.invariant === undefined ? 'undecided' : 'broke';
  return {
    name,
    origin,
    ...(spec === undefined ? {} : { spec }),
    seeds: standing?.seeds ?? 0,
    ...(standing === undefined ? {} : { objectives: named(standing.objectives) }),
    fate: fate ?? (finalists.includes(candidate) ? 'finalist' : 'left-behind'),
    ...(fault === undefined ? {} : { fault }),
  };
}

function named([p99Us, callsPerSaga = 0, notCompleted = 0]: Objectives): TuneObjectives {
  return { notCompleted, ...(p99Us === undefined ? {} : { p99Us }), callsPerSaga };
}

/** The finalists were compared. */
function compared(story: TuneStory, { record, runs }: Comparison): Outcome {
  const { job, plan, extent } = story;
  const policies = withSoundFront(record.policies);
  const finalists = policies
    .map((policy, i) => ({ policy, runs: runs[i]! }))
    .filter(({ policy }) => policy.role !== 'control');
  const baseline = finalists[0]!;
  const random = new Seed(extent.rootSeed).stream('tune/bootstrap');
  const recommended = recommend(finalists, new Resamples(record.seeds, RESAMPLES, random));
  const { total, worst } = losses(recommended.runs, baseline.runs);
  const command = commandFor(story, job, recommended.policy.name);
  return {
    verdict: verdictOf([baseline.policy, recommended.policy]),
    sentence: recommendation(recommended.policy, policies, {
      tried: plan.candidates.length,
      seeds: record.seeds,
      lost: total,
    }),
    recommended: recommended.policy.name,
    isStopped: false,
    comparison: {
      seeds: record.seeds,
      metrics: record.metrics,
      statistics: record.statistics,
      policies,
    },
    front: policies
      .filter(({ isOnFront }) => isOnFront)
      .map(({ name, metrics }) => frontMember(story, name, frontObjectives(metrics))),
    losses: {
      total,
      of: record.seeds,
      worst: worst.map((loss) => ({ ...loss, command: command(loss.seed) })),
    },
  };
}

function verdictOf(policies: readonly ComparedPolicy[]): RunVerdict {
  if (policies.some(({ runs }) => runs.violated > 0)) return 'violated';
  return policies.some(({ runs }) => runs.inconclusive > 0) ? 'inconclusive' : 'held';
}

/** Nothing was compared: the best of the search so far, for what it is worth. */
function stopped(story: TuneStory): Outcome {
  const { plan, found } = story;
  const { standings, finalists, rungsDone } = found.halved;
  const left = standings.filter(
    ({ candidate, fault }) => finalists.includes(candidate) && fault === undefined,
  );
  const flags = paretoFront(left.map(({ objectives }) => objectives));
  const front = left.filter((_, i) => flags[i]);
  const best = front.toSorted(byGoal)[0];
  const rungs = `${rungsDone} of ${plan.rungs.length} rounds of the search`;
  const baseline = plan.candidates[0]!.name;
  const sentence =
    best === undefined
      ? `Stopped after ${rungs}, before anything could be said: keep "${baseline}".`
      : `Stopped after ${rungs}: "${best.candidate.name}" is the best so far, on ${best.seeds} seeds, and nothing tells it from chance.`;
  return {
    verdict: 'inconclusive',
    sentence,
    recommended: best?.candidate.name ?? baseline,
    isStopped: true,
    front: front.map(({ candidate, objectives }) => frontMember(story, candidate.name, objectives)),
    losses: { total: 0, of: 0, worst: [] },
  };
}

/** Fewest not completed, then p99, then calls. */
function byGoal({ objectives: a }: Standing<Candidate>, { objectives: b }: Standing<Candidate>): number {
  const at = [2, 0, 1].find((i) => a[i] !== b[i]);
  return at === undefined ? 0 : (a[at] ?? Number.POSITIVE_INFINITY) - (b[at] ?? Number.POSITIVE_INFINITY);
}

function frontMember(story: TuneStory, name: string, objectives: Objectives): FrontMember {
  const policy = policyWord(story, name);
  return { name, objectives: named(objectives), ...(policy === undefined ? {} : { policy }) };
}

/** What `--policy` takes. */
function policyWord({ plan, out }: TuneStory, name: string): string | undefined {
  const candidate = plan.candidates.find((one) => one.name === name)!;
  return candidate.origin === 'drawn' ? shownPath(policyFile(out, name)) : candidate.policy;
}

/** Where a policy is written that has no name to be called by. */
export function policyFile(out: string, name: string): string {
  return join(out, 'policies', `${name}.json`);
}

function commandFor(story: TuneStory, job: Job, name: string): (seed: string) => string {
  const policy = policyWord(story, name);
  const chosen = withContender(job, policy === undefined ? { name } : { name, policy });
  return (seed) => seedCommand(chosen, seed);
}
