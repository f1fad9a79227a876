// One run, for tests that look at what it came to.

import { type Profile, profiles } from '../simulator/faults/profile.ts';
import type { RunResult } from '../simulator/run-result.ts';
import type { Scenario } from '../simulator/scenario.ts';
import { simulate as simulateRun } from '../simulator/world/simulate.ts';
import type { SimulationOptions } from '../simulator/world/simulation-options.ts';
import { checkProfile, checkScenario } from './storm-options.ts';

/** As of `simulate` of sagastorm/simulator; what is left out has a default. */
export interface SimulateOptions extends Omit<Partial<SimulationOptions>, 'profile'> {
  /** Default `storm`; without effect beside a `plan`, which says all that strikes. */
  readonly profile?: Profile['name'] | Profile;
}

const SAGAS_DEFAULT = 10;

/**
 * Runs a scenario once: the seed is its name unless another is given, the weather a storm.
 *
 * @throws UserError when the options are wrong, or the run asked the real world for time or chance
 * @example
 * const { verdict, sagas } = simulate(checkout, { seed: 'checkout/17' });
 * expect(sagas.completed).toBeGreaterThan(0);
 */
export function simulate(scenario: Scenario, options: SimulateOptions = {}): RunResult {
  checkScenario('simulate', scenario);
  const { profile = 'storm', ...rest } = options;
  if (typeof profile === 'string') checkProfile('simulate', profile);
  return simulateRun(scenario, {
    seed: scenario.name,
    sagas: Math.min(SAGAS_DEFAULT, scenario.sagasPerRun),
    profile: typeof profile === 'string' ? profiles[profile] : profile,
    ...rest,
  });
}
