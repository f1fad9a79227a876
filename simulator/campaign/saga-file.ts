// One saga from a JSON file (`--saga order.json`), run with a scenario's participants.

import { sagaFromJson } from '../../engine/policy/index.ts';
import { defineScenario, type Scenario } from '../scenario.ts';

/**
 * The same scenario, but every run starts the one saga that `body` describes, once unless told otherwise.
 *
 * @throws UserError when the body is not a saga, or names a service or action that the participants lack
 */
export function withSaga(scenario: Scenario, body: unknown): Scenario {
  const { definition, input } = sagaFromJson(body);
  const { policy, ...rest } = scenario;
  return defineScenario({
    ...rest,
    ...(policy === undefined ? {} : { policy }),
    sagas: [definition],
    sagasPerRun: 1,
    workload: () => ({ saga: definition, input }),
  });
}
