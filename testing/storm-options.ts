// What a matcher is asked for, checked: a wrong number or name is one sentence, as on the command line.

import { suggestion } from '../engine/core/nearest.ts';
import { checkMembers } from '../engine/core/step-shape.ts';
import { UserError } from '../engine/core/user-error.ts';
import { type Profile, profiles } from '../simulator/faults/profile.ts';
import type { Scenario } from '../simulator/scenario.ts';

/** How a scenario is put to the test. */
export interface StormOptions {
  /** Number of runs, from 1. */
  readonly seeds?: number;
  /** Sagas per run, from 1. Default 10, or the scenario's own number when that is less; for `toMeetSlo` its own. */
  readonly sagas?: number;
  /** The root of the seeds; default the scenario's name. One run uses it as it is. */
  readonly seed?: string;
  /** Default `storm`. */
  readonly profile?: Profile['name'];
  /** A policy by name, as `--policy` takes it; default the scenario's own. */
  readonly policy?: string;
  /** Where capsules of failures go; default `.sagastorm`. */
  readonly out?: string;
}

export type FullStormOptions = Required<Omit<StormOptions, 'policy'>> & Pick<StormOptions, 'policy'>;

const MEMBERS = ['seeds', 'sagas', 'seed', 'profile', 'policy', 'out'];
const SAGAS_DEFAULT = 10;
const COUNT_MAX = 10_000_000;

/**
 * Fills in what is left out.
 *
 * @throws UserError `not-a-scenario` or `bad-option`
 */
export function stormOptions(
  matcher: string,
  scenario: unknown,
  given: StormOptions,
  defaults: Pick<FullStormOptions, 'seeds'> & Partial<FullStormOptions>,
): FullStormOptions {
  checkScenario(matcher, scenario);
  checkMembers(matcher, given, MEMBERS, 'bad-option');
  const filled: FullStormOptions = {
    sagas: Math.min(SAGAS_DEFAULT, scenario.sagasPerRun),
    seed: scenario.name,
    profile: 'storm',
    out: '.sagastorm',
    ...defaults,
    ...given,
  };
  for (const name of ['seeds', 'sagas'] as const) checkCount(matcher, name, filled[name]);
  checkProfile(matcher, filled.profile);
  return filled;
}

/** @throws UserError `not-a-scenario` */
export function checkScenario(matcher: string, value: unknown): asserts value is Scenario {
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'scenario') return;
  throw new UserError(
    'not-a-scenario',
    `${matcher} is for scenarios, and this is something else`,
    'Give it what `defineScenario({ … })` answers.',
  );
}

function checkCount(matcher: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= COUNT_MAX) return;
  throw new UserError(
    'bad-option',
    `${matcher}: ${name} is ${String(value)}`,
    'It is a whole number from 1.',
  );
}

/** @throws UserError `bad-option` */
export function checkProfile(matcher: string, profile: string): void {
  if (Object.hasOwn(profiles, profile)) return;
  throw new UserError(
    'bad-option',
    `${matcher}: profile is ${JSON.stringify(profile)}`,
    suggestion(profile, Object.keys(profiles), 'Profiles'),
  );
}
