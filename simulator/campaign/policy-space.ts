// The policies that `tune` tries: those that have a name, and random ones from a space of sensible values.
//
// PS1. The candidates depend on the root seed and the options only.
// PS2. Every candidate passed `definePolicy` and fits every saga of the scenario (E12); no two have the same settings.
// PS3. What is not a member of the space stays as it is in the baseline.

import type { Policy } from '../../engine/core/policy.ts';
import type { FailureClass } from '../../engine/core/protocol.ts';
import {
  adaptiveRetries,
  circuitBreakers,
  definePolicy,
  type FullPolicySpec,
  type PolicySpec,
  policies,
  type RetryRow,
  retryBudgets,
} from '../../engine/policy/index.ts';
import { Seed } from '../kernel/random.ts';
import type { Scenario } from '../scenario.ts';
import type { Contender } from './contenders.ts';
import { isUserError } from './error-data.ts';
import { choosePolicy, specOf, writtenSpec } from './policy-choice.ts';

/** The members of a policy that may vary. */
export const SPACE_MEMBERS = [
  'callTimeoutMs',
  'retry',
  'compensation',
  'jitter',
  'retryBudget',
  'circuitBreaker',
  'bulkhead',
  'adaptiveRetry',
  'hedge',
] as const satisfies readonly (keyof PolicySpec)[];

export type SpaceMember = (typeof SPACE_MEMBERS)[number];

/** `baseline`: the one to beat. `known`: it has a name that `--policy` takes. `drawn`: from the space. */
export type CandidateOrigin = 'baseline' | 'known' | 'drawn';

export interface Candidate extends Contender {
  readonly origin: CandidateOrigin;
  /** Written out; absent where `definePolicy` did not make it. */
  readonly spec?: FullPolicySpec;
}

type Change = (spec: FullPolicySpec) => FullPolicySpec;

/** One thing that varies, and what it may become. */
interface Setting {
  readonly member: SpaceMember;
  readonly choices: readonly Change[];
}

/** Undefined: the member is left out. */
function setting<Member extends SpaceMember>(
  member: Member,
  values: readonly (FullPolicySpec[Member] | undefined)[],
): Setting {
  const choices = values.map((value): Change => {
    return ({ [member]: _, ...rest }) =>
      ({ ...rest, ...(value === undefined ? {} : { [member]: value }) }) as unknown as FullPolicySpec;
  });
  return { member, choices };
}

function ofRow(failure: FailureClass, patches: readonly Partial<RetryRow>[]): Setting {
  return ofRows([failure], patches);
}

function ofRows(failures: readonly FailureClass[], patches: readonly Partial<RetryRow>[]): Setting {
  const choices = patches.map((patch): Change => {
    return ({ retry, ...rest }) => {
      const rows = failures.map((failure) => [failure, { ...retry[failure], ...patch }] as const);
      return { ...rest, retry: { ...retry, ...Object.fromEntries(rows) } };
    };
  });
  return { member: 'retry', choices };
}

function ofCompensation(patches: readonly Partial<RetryRow>[]): Setting {
  const choices = patches.map((patch): Change => {
    return (spec) => ({ ...spec, compensation: { ...spec.compensation, ...patch } });
  });
  return { member: 'compensation', choices };
}

const attempts = (...counts: readonly number[]): readonly Partial<RetryRow>[] =>
  counts.map((attemptsMax) => ({ attemptsMax }));

/** The first wait and the longest: they are drawn together, so that the one is never longer than the other. */
const waits = (...pairs: readonly (readonly [number, number])[]): readonly Partial<RetryRow>[] =>
  pairs.map(([initialMs, maxMs]) => ({ initialMs, maxMs }));

const SHORT_WAITS = waits([100, 1_000], [200, 2_000], [500, 10_000], [1_000, 10_000], [2_000, 30_000]);
const LONG_WAITS = waits(
  [1_000, 5_000],
  [1_000, 30_000],
  [2_000, 20_000],
  [5_000, 60_000],
  [30_000, 120_000],
);
/** Whatever else fails for good fails for good. */
const RETRIED = [
  'transient',
  'timeout',
  'rate_limited',
  'circuit_open',
  'resource_exhausted',
  'dependency_failure',
] as const satisfies readonly FailureClass[];

const SETTINGS: readonly Setting[] = [
  setting('callTimeoutMs', [500, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000]),
  ofRow('transient', attempts(2, 3, 5, 8, 12)),
  ofRow('transient', SHORT_WAITS),
  ofRow('timeout', attempts(1, 2, 3, 5, 8)),
  ofRow('timeout', SHORT_WAITS),
  ofRow('rate_limited', attempts(3, 5, 10, 20)),
  ofRow('rate_limited', LONG_WAITS),
  ofRow('circuit_open', attempts(2, 3, 6, 12, 20)),
  ofRow('circuit_open', LONG_WAITS),
  ofRow('resource_exhausted', attempts(2, 4, 6, 10)),
  ofRow('resource_exhausted', LONG_WAITS),
  ofRow('dependency_failure', attempts(2, 3, 5, 8, 12)),
  ofRow('dependency_failure', SHORT_WAITS),
  ofRows(RETRIED, [
    { backoff: 'fixed' },
    { backoff: 'linear' },
    { backoff: 'exponential', factorPermille: 1_500 },
    { backoff: 'exponential', factorPermille: 2_000 },
    { backoff: 'exponential', factorPermille: 3_000 },
    { backoff: 'decorrelated' },
  ]),
  ofCompensation(attempts(5, 10, 20)),
  ofCompensation(waits([500, 5_000], [1_000, 20_000], [2_000, 30_000], [2_000, 60_000])),
  setting('jitter', ['none', 'equal', 'full', [1_000, 1_100]]),
  setting('retryBudget', [
    undefined,
    retryBudgets.tenth,
    { ...retryBudgets.tenth, tokensMax: 500 },
    retryBudgets.aws,
    retryBudgets.grpc,
  ]),
  setting('circuitBreaker', [
    undefined,
    circuitBreakers.halfOfFifty,
    { ...circuitBreakers.halfOfFifty, recoveryMs: 2_000 },
    { ...circuitBreakers.halfOfFifty, failurePermille: 800 },
    circuitBreakers.fiveInARow,
    { ...circuitBreakers.fiveInARow, recoveryMs: 10_000 },
  ]),
  setting('bulkhead', [undefined, ...[2, 3, 5, 10, 20].map((callsMax) => ({ callsMax, queueMax: 10_000 }))]),
  setting('adaptiveRetry', [undefined, adaptiveRetries.standard]),
  setting('hedge', [undefined, { afterMs: 100 }, { afterMs: 300 }, { afterMs: 1_000 }]),
];

/** How often a setting changes in a draw that stays near a policy that somebody made. */
const CHANGED_SHARE = 0.25;
/** Per draw that is wanted: those that are refused, or were there before, are drawn again so often. */
const TRIES_PER_DRAW = 20;

export interface CandidateOptions {
  /** The baseline, as `--policy` takes it; left out: the scenario's own. */
  readonly policy?: string | undefined;
  /** The members that may vary; left out: all. */
  readonly space?: readonly SpaceMember[] | undefined;
  readonly rootSeed: string;
}

/**
 * The baseline and, unless `space` narrows what may vary, every other policy that has a name.
 *
 * @throws UserError `unknown-policy` or `no-settings` when the baseline is none that can be varied
 */
export function knownCandidates(
  scenario: Scenario,
  { policy, space }: Omit<CandidateOptions, 'rootSeed'>,
): readonly Candidate[] {
  const { name } = choosePolicy(scenario, policy);
  const named = policy === undefined ? {} : { policy };
  const own = specOf(scenario, policy);
  const found: Candidate[] = [{ name, ...named, origin: 'baseline', spec: own }];
  const seen = new Set([settingsOf(own)]);
  const known = space === undefined ? [...Object.values(policies), ...scenario.policies] : [];
  for (const other of new Map(known.map((one) => [one.name, one])).values()) {
    const spec = writtenSpec(other);
    const candidate: Candidate = {
      name: other.name,
      policy: other.name,
      origin: 'known',
      ...(spec && { spec }),
    };
    const settings = spec && settingsOf(spec);
    if (other.name === name || !fits(other, scenario) || (settings && seen.has(settings))) continue; // PS2
    if (settings !== undefined) seen.add(settings);
    found.push(candidate);
  }
  return found;
}

/** At most `count` policies from the space beside `known`, of which the first is the baseline; named `tuned-1`, `tuned-2`, … */
export function drawnCandidates(
  scenario: Scenario,
  known: readonly Candidate[],
  count: number,
  { space = SPACE_MEMBERS, rootSeed }: CandidateOptions,
): readonly Candidate[] {
  const settings = SETTINGS.filter(({ member }) => space.includes(member));
  const random = new Seed(rootSeed).stream('tune/space');
  const taken = new Set(known.map(({ name }) => name));
  const parents = known.flatMap(({ spec }) => (spec === undefined ? [] : [spec]));
  const seen = new Set(parents.map(settingsOf));
  const drawn: Candidate[] = [];
  let number = 1;
  for (let tries = 0; drawn.length < count && tries < count * TRIES_PER_DRAW; tries++) {
    while (taken.has(`tuned-${number}`)) number++;
    const spec = named(`tuned-${number}`, draw(settings, parents, drawn.length % 2 === 0, random));
    if (seen.has(settingsOf(spec)) || !isUsable(spec, scenario)) continue; // PS2
    seen.add(settingsOf(spec));
    drawn.push({ name: spec.name, policySpec: spec, origin: 'drawn', spec });
    number++;
  }
  return drawn;
}

/** Near one of the parents, or anywhere in the space around the first of them. */
function draw(
  settings: readonly Setting[],
  parents: readonly FullPolicySpec[],
  isNear: boolean,
  random: () => number,
): FullPolicySpec {
  const from = (count: number): number => Math.floor(random() * count);
  const [baseline] = parents;
  let spec = isNear ? withAdmissionOf(baseline!, parents[from(parents.length)]!) : baseline!;
  const certain = from(settings.length);
  settings.forEach(({ choices }, i) => {
    const isChanged = !isNear || i === certain || random() < CHANGED_SHARE;
    if (isChanged) spec = choices[from(choices.length)]!(spec);
  });
  return spec;
}

/** Under a name of its own, the members in the order in which people write them. */
function named(name: string, { name: _, ...spec }: FullPolicySpec): FullPolicySpec {
  const order = (member: string): number => (SPACE_MEMBERS as readonly string[]).indexOf(member);
  const members = Object.entries(spec).sort(([a], [b]) => order(a) - order(b));
  return { name, ...(Object.fromEntries(members) as Omit<FullPolicySpec, 'name'>) };
}

/** PS3: how many sagas are let in is no matter of the space. */
function withAdmissionOf({ admission }: FullPolicySpec, parent: FullPolicySpec): FullPolicySpec {
  const { admission: _, ...rest } = parent;
  return admission === undefined ? rest : { ...rest, admission };
}

/** Whether it is a policy, and fits every saga of the scenario (E12). */
export function isUsable(spec: PolicySpec, scenario: Scenario): boolean {
  try {
    return fits(definePolicy(spec), scenario);
  } catch (error) {
    if (isUserError(error)) return false;
    throw error;
  }
}

/** E12. */
function fits(policy: Policy, { sagas }: Scenario): boolean {
  try {
    for (const saga of sagas) policy.check(saga);
    return true;
  } catch (error) {
    if (isUserError(error)) return false;
    throw error;
  }
}

/** Everything but the name, in an order that does not depend on how it was made. */
function settingsOf({ name: _, ...spec }: PolicySpec): string {
  return JSON.stringify(spec, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
