// The way into a run: what it is asked for is looked at, nothing in it can reach the real world, and there is one at a time.

import { UserError } from '../../engine/core/user-error.ts';
import type { RunResult } from '../run-result.ts';
import type { Scenario } from '../scenario.ts';
import { checkOptions } from './check-options.ts';
import { forgetRun, Run } from './host.ts';
import { withoutAmbient } from './sandbox.ts';
import type { SimulationOptions } from './simulation-options.ts';

/** There is one queue: a run inside another would take the events of the other away. */
let underWay = false;
/** What was said to the last one that tried: nobody can hide it. */
let refusal: UserError | undefined;

/**
 * Runs one scenario once, in virtual time. Synchronous; the same options give the same result, bit by bit. What its own code
 * throws in the middle of the run is a violation of `nothing-thrown`.
 *
 * @throws AmbientAccessError when code inside the run asks for real time or chance
 * @throws UserError `bad-options`; when definitions cannot run under the policy; `bad-start`; `nested-run` inside another run
 * @example
 * const result = simulate(scenario, { seed: 'nightly/17', sagas: 100, profile: profiles.storm });
 * if (result.verdict === 'violated') console.error(result.violations[0]);
 */
export function simulate(scenario: Scenario, options: SimulationOptions): RunResult {
  if (underWay) {
    refusal = new UserError(
      'nested-run',
      'a run cannot start inside another run',
      'Call simulate() outside of sagas, participants, workloads, invariants and onProgress.',
    );
    throw refusal;
  }
  checkOptions(scenario, options);
  underWay = true;
  refusal = undefined;
  try {
    const result = withoutAmbient(() => new Run(scenario, options).run());
    if (refusal === undefined) return result;
    throw refusal;
  } catch (error) {
    throw refusal ?? error; // what came of it is not the cause
  } finally {
    forgetRun();
    underWay = false;
  }
}
