// Dead letters of a choreography, and all other deliveries that wait for their next attempt, at once.

import type { ActRecord, SagaEvent } from './saga-event.ts';
import { isAtRest, type SagaState } from './saga-state.ts';

/** The same attempts, due now; none where nothing waits. The first of them carries the act of who wants it. */
export function redriven(
  { definition, status, steps }: SagaState,
  nowUs: number,
  act?: ActRecord,
): readonly SagaEvent[] {
  if (definition.flow === undefined || isAtRest(status)) return [];
  const waiting = definition.steps.filter(({ index }) => {
    const { status: standing, dueAtUs } = steps[index]!;
    return standing === 'retrying' && dueAtUs > nowUs;
  });
  return waiting.map(({ name, index }, i) => ({
    kind: 'step-retry-scheduled',
    step: name,
    attempt: steps[index]!.attempt,
    dueAtUs: nowUs,
    failure: 'transient',
    inDoubt: steps[index]!.inDoubt,
    redriven: true,
    ...(act === undefined || i > 0 ? {} : { act }),
  }));
}
