// How far a recommendation carries: the same policy when faults are rarer or more frequent than the profile has them, and
// with other timeouts.
//
// SE1. Every cell runs the same seeds of the comparison, so that neighbours differ by what names them; not its first,
//      which has every fault of the profile and would weigh too much among few.
// SE2. A timeout that the scenario's sagas cannot have is left out (E12).

import { UserError } from '../../engine/core/user-error.ts';
import { definePolicy, type FullPolicySpec, type PolicySpec } from '../../engine/policy/index.ts';
import type { Sensitivity, SensitivityCell } from '../compare-record.ts';
import type { Scenario } from '../scenario.ts';
import { PooledSamples, samplesNeeded } from '../statistics/index.ts';
import { type Contender, withContender } from './contenders.ts';
import type { Job } from './job.ts';
import type { SeedMeasure } from './measure.ts';
import type { MeasureTask } from './measure-all.ts';
import { choosePolicy, specOf } from './policy-choice.ts';
import { isUsable } from './policy-space.ts';
import { variantName } from './policy-variant.ts';
import { seedCommand } from './replay-command.ts';

/** Of the profile's rates. */
const FAULT_PERMILLE: readonly number[] = [0, 250, 500, 1_000, 2_000];
/** Of the policy's own timeout. */
const TIMEOUT_PERMILLE: readonly number[] = [250, 500, 1_000, 2_000, 4_000];
/** Seeds of a cell: of those of the comparison one in so many. */
const SEEDS_SHARE = 5;
const SEEDS_MAX = 100;
/** In parts per thousand. */
const P99 = 990;

/** What is to be run, and what becomes of it. */
export interface SensitivityPlan {
  /** A task for each cell, row by row. */
  readonly tasks: readonly MeasureTask[];
  /** @param runs per task its runs */
  result(runs: readonly (readonly SeedMeasure[])[]): Sensitivity;
}

/**
 * @param base what all policies of the comparison ran
 * @throws UserError `no-settings` when the policy's timeout is none that could be varied
 */
export function sensitivityPlan(
  scenario: Scenario,
  base: Job,
  contender: Contender,
  { rootSeed, seeds }: { readonly rootSeed: string; readonly seeds: number },
): SensitivityPlan {
  const spec = settingsOf(scenario, contender);
  const timeouts = timeoutsOf(spec).filter((callTimeoutMs) => isUsable({ ...spec, callTimeoutMs }, scenario)); // SE2
  const count = Math.min(SEEDS_MAX, Math.max(1, Math.floor(seeds / SEEDS_SHARE)));
  const names = Array.from({ length: count }, (_, i) => `${rootSeed}/${i + 1}`); // SE1
  const tasks = FAULT_PERMILLE.flatMap((faultPermille) =>
    timeouts.map((callTimeoutMs): MeasureTask => {
      const policySpec: PolicySpec = { ...spec, callTimeoutMs };
      const varied: Contender = { name: contender.name, policySpec };
      return { job: { ...withContender(base, varied), faultPermille }, seeds: names };
    }),
  );
  const result = (runs: readonly (readonly SeedMeasure[])[]): Sensitivity => ({
    policy: contender.name,
    seeds: count,
    faultPermille: FAULT_PERMILLE,
    callTimeoutMs: timeouts,
    ownTimeoutMs: spec.callTimeoutMs,
    cells: FAULT_PERMILLE.map((faultPermille, row) =>
      timeouts.map((callTimeoutMs, column) => {
        const policy = variantName(baseName(scenario, contender), 'callTimeoutMs', callTimeoutMs);
        const job = contender.policySpec === undefined ? { ...base, policy, faultPermille } : undefined;
        return cellOf(runs[row * timeouts.length + column]!, job);
      }),
    ),
  });
  return { tasks, result };
}

function violationIn({ seed, violated }: SeedMeasure, job: Job | undefined): Violation {
  const replay = job === undefined ? {} : { replay: seedCommand(job, seed) };
  return { invariant: violated!, seed, ...replay };
}

function baseName(scenario: Scenario, { policy }: Contender): string {
  return choosePolicy(scenario, policy).name;
}

type Violation = NonNullable<SensitivityCell['firstViolation']>;

/**
 * Refuses what cannot be varied, before anything has run.
 *
 * @throws UserError `no-settings` (one of the policies has no timeout to vary), `no-faults` (there is no weather to vary)
 */
export function checkSensitivity(
  scenario: Scenario,
  contenders: readonly Contender[],
  { profile }: Job,
): void {
  if (profile === 'calm') {
    const hint = 'Give --profile breeze or storm, or leave out --sensitivity.';
    throw new UserError('no-faults', '--sensitivity varies how frequent faults are, and calm has none', hint);
  }
  for (const contender of contenders) settingsOf(scenario, contender);
}

function settingsOf(scenario: Scenario, { policy, policySpec }: Contender): FullPolicySpec {
  return policySpec === undefined ? specOf(scenario, policy) : definePolicy(policySpec).toJSON();
}

function timeoutsOf({ callTimeoutMs }: FullPolicySpec): readonly number[] {
  const all = TIMEOUT_PERMILLE.map((permille) => Math.max(1, Math.round((callTimeoutMs * permille) / 1_000)));
  return [...new Set(all)];
}

/** @param job with which a run of the cell can be run again; undefined when no command names its policy */
function cellOf(runs: readonly SeedMeasure[], job: Job | undefined): SensitivityCell {
  const sum = (of: (run: SeedMeasure) => number): number => runs.reduce((all, run) => all + of(run), 0);
  const pooled = new PooledSamples(runs.map(({ sagaUs }) => sagaUs));
  const broken = runs.filter(({ violated }) => violated !== undefined);
  const [first] = broken;
  return {
    completed:
      sum(({ sagas }) => sagas.completed) /
      Math.max(
        1,
        sum(({ sagas }) => sagas.started),
      ),
    ...(pooled.count < samplesNeeded(P99) ? {} : { p99Us: pooled.at(P99) }),
    violated: broken.length,
    inconclusive: runs.filter(({ verdict }) => verdict === 'inconclusive').length,
    ...(first === undefined ? {} : { firstViolation: violationIn(first, job) }),
  };
}
