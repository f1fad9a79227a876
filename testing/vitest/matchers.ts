// What is expected of a scenario, as matchers of vitest. Each runs a campaign in the thread of the test and fails with what
// the terminal would show of it: the failures, made small, and the commands that run them again.
//
// M1. All must be awaited: a test that does not fails.
// M2. What proves nothing passes neither as it is nor under `.not`: an inconclusive campaign throws.

import { UserError } from '../../engine/core/user-error.ts';
import { type PrettyOptions, renderPretty } from '../../reports/pretty.ts';
import { campaignHere } from '../../simulator/campaign/campaign-here.ts';
import { isUserError } from '../../simulator/campaign/error-data.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import type { Scenario } from '../../simulator/scenario.ts';
import { checkServiceLevels, type ServiceLevels } from '../../simulator/service-levels.ts';
import { checkScenario, type FullStormOptions, type StormOptions, stormOptions } from '../storm-options.ts';
import { type AssertingTest, mustBeAwaited } from './awaited.ts';
import { fileOfScenario } from './scenario-file.ts';

/** What a matcher sees of the test that it stands in. */
export interface MatcherContext {
  readonly isNot: boolean;
  readonly testPath?: string | undefined;
  readonly task?: AssertingTest | undefined;
}

export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/** What `toMeetSlo` is asked for. */
export interface SloOptions extends StormOptions {
  /** In place of what the scenario promises. */
  readonly slo?: ServiceLevels;
}

/** The test that asks, and when it has no use for an answer any more. */
interface Asking extends MatcherContext {
  readonly signal: AbortSignal;
}

type Matcher<Options> = (
  this: MatcherContext,
  received: unknown,
  options?: Options,
) => Promise<MatcherResult>;

export const toHoldInvariants: Matcher<StormOptions> = awaited('toHoldInvariants', holdsInvariants);
export const toReplayIdentically: Matcher<StormOptions> = awaited('toReplayIdentically', replaysIdentically);
export const toMeetSlo: Matcher<SloOptions> = awaited('toMeetSlo', meetsSlo);

const SEEDS_DEFAULT = 100;
/** Sagas: about a second, so that the failure is told before the test runs out of time. `shrink` goes on from the capsule. */
const SHRINK_BUDGET = 25_000;
/** Enough to see state that outlives a run; each is run twice. */
const REPLAYED_DEFAULT = 20;
const SLO_SEEDS_DEFAULT = 20;

/** M1. */
function awaited<Options>(
  name: string,
  judge: (asking: Asking, received: unknown, options?: Options) => Promise<MatcherResult>,
): Matcher<Options> {
  return function (this: MatcherContext, received, options) {
    const { isNot, testPath, task } = this;
    return mustBeAwaited(name, task, (signal) =>
      judge({ isNot, testPath, signal }, received, options).catch(withWayOn),
    );
  };
}

/** A test runner shows the message of an error and nothing else of it. */
function withWayOn(error: unknown): never {
  if (isUserError(error) && error.hint !== undefined) error.message = `${error.message}. ${error.hint}`;
  throw error;
}

/** No run of `seeds` breaks an invariant. */
async function holdsInvariants(
  asking: Asking,
  received: unknown,
  options: StormOptions = {},
): Promise<MatcherResult> {
  const asked = stormOptions('toHoldInvariants', received, options, { seeds: SEEDS_DEFAULT });
  const record = await campaign(asking, received as Scenario, asked, 1);
  const pass = record.verdict === 'held' || record.verdict === 'slo-missed';
  return judged(record, pass, `${record.scenario} holds its invariants`, `${record.scenario} does not hold`);
}

/** Every run comes out the same when it is run a second time. */
async function replaysIdentically(
  asking: Asking,
  received: unknown,
  options: StormOptions = {},
): Promise<MatcherResult> {
  const asked = stormOptions('toReplayIdentically', received, options, { seeds: REPLAYED_DEFAULT });
  const record = await campaign(asking, received as Scenario, asked, asked.seeds);
  const { checked, equal } = record.determinism;
  const { scenario } = record;
  return judged(
    record,
    equal === checked,
    `${scenario} replays identically`,
    `${scenario} differs from itself`,
  );
}

/** All runs together meet the service levels that the scenario promises, or those that are given, and hold. */
async function meetsSlo(
  asking: Asking,
  received: unknown,
  { slo, ...options }: SloOptions = {},
): Promise<MatcherResult> {
  checkScenario('toMeetSlo', received);
  const { sloWeather, sagasPerRun: sagas } = received;
  const weather = slo === undefined ? sloWeather : 'storm';
  const asked = stormOptions('toMeetSlo', received, options, {
    seeds: SLO_SEEDS_DEFAULT,
    profile: weather,
    sagas,
  });
  const promising = promise(received, slo);
  const record = await campaign(asking, promising, asked, 1);
  if (record.slo === undefined)
    throw new UserError(
      'no-slo',
      `toMeetSlo: ${received.name} promises nothing in the weather "${asked.profile}"`,
      'Choose a milder profile, or give the levels as `slo`.',
    );
  const { scenario, verdict } = record;
  return judged(
    record,
    verdict === 'held',
    `${scenario} meets its service levels`,
    `${scenario} falls short`,
  );
}

/** @throws UserError `no-slo` */
function promise(scenario: Scenario, slo: ServiceLevels | undefined): Scenario {
  const levels = slo ?? scenario.slo;
  checkServiceLevels(scenario.name, levels);
  if (Object.keys(levels).length > 0)
    return slo === undefined ? scenario : { ...scenario, slo, sloWeather: 'storm' };
  throw new UserError(
    'no-slo',
    `toMeetSlo: ${scenario.name} promises no service levels`,
    'Declare them as `slo` of the scenario, or give them: toMeetSlo({ slo: { sagaP99Ms: 2_000 } }).',
  );
}

async function campaign(
  { isNot, testPath, signal }: Asking,
  scenario: Scenario,
  asked: FullStormOptions,
  repeats: number,
): Promise<RunRecord> {
  const { seed, seeds, sagas, profile, policy, out } = asked;
  const askedIn = testPath ?? import.meta.filename;
  const file = await fileOfScenario(scenario, askedIn);
  const record = await campaignHere(scenario, {
    rootSeed: seed,
    seeds,
    sagas,
    profile,
    repeats,
    askedIn,
    out,
    explains: !isNot,
    shrinkBudget: SHRINK_BUDGET,
    signal,
    ...(policy === undefined ? {} : { policy }),
    ...(file === undefined ? {} : { file }),
  });
  return file === undefined ? replayedInTest(record, asked) : record;
}

/** No command can load the scenario: the test itself runs the one seed again. */
function replayedInTest(record: RunRecord, { sagas, profile, policy }: FullStormOptions): RunRecord {
  const violations = record.violations.map((violation) => {
    const options = { seed: violation.seed, seeds: 1, sagas, profile, policy };
    return { ...violation, replay: `in this test, toHoldInvariants(${JSON.stringify(options)})` };
  });
  return { ...record, violations };
}

const PLAIN: PrettyOptions = {
  colors: {
    bold: (text) => text,
    dim: (text) => text,
    green: (text) => text,
    red: (text) => text,
    yellow: (text) => text,
  },
  width: 100,
};

/** M2. */
function judged(record: RunRecord, pass: boolean, good: string, bad: string): MatcherResult {
  const report = `\n\n${renderPretty(record, PLAIN)}`;
  if (record.verdict === 'inconclusive') throw new Error(`${record.scenario}: nothing is proved${report}`);
  return {
    pass,
    message: () => (pass ? `${good}, and should not${report}` : `${bad}${headline(record)}${report}`),
  };
}

function headline({ violations: [first] }: RunRecord): string {
  return first === undefined ? '' : `: ${first.invariant}, ${first.message}`;
}
