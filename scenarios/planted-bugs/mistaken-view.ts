// A state as a mistaken engine looks at it: the log says one thing, the engine acts as if it said another.

import type { SagaState, StepDefinition, StepState, StepStatus } from '../../engine/index.ts';

/** The same saga, with steps that look to be where `look` puts them. */
export function seenAs(
  state: SagaState,
  look: (current: StepState, step: StepDefinition) => StepStatus,
): SagaState {
  const steps = state.steps.map((current, i) => ({
    ...current,
    status: look(current, state.definition.steps[i]!),
  }));
  return { ...state, steps };
}
