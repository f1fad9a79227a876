// What a store must know of a saga beside its events: whether it is open, so that a new writer is given it (E9), or at
// rest, so that it may one day be retired. Read off the events of each append, without folding the log.

import type { SagaEvent, SagaStatus } from './saga-event.ts';

/** The status that a list of events, appended together, leaves a saga in; undefined when they do not change it. */
export function statusAfter(events: readonly SagaEvent[]): SagaStatus | undefined {
  for (let i = events.length - 1; i >= 0; i--) {
    const status = statusFrom(events[i]!);
    if (status !== undefined) return status;
  }
  return undefined;
}

/** The status that an event leaves a saga in; undefined when it does not change it. */
export function statusFrom(event: SagaEvent): SagaStatus | undefined {
  switch (event.kind) {
    case 'saga-created':
    case 'saga-retried':
      return 'running';
    case 'compensation-started':
    case 'compensation-resumed':
      return 'compensating';
    case 'saga-completed':
      return 'completed';
    case 'saga-compensated':
      return 'compensated';
    case 'saga-failed':
      return 'failed';
    case 'saga-compensation-failed':
      return 'compensation_failed';
    case 'saga-resolved':
      return 'resolved';
    case 'step-skipped': // an undo that was given up does not hold up the others any more
      return event.direction === 'compensation' ? 'compensating' : undefined;
    default:
      return undefined;
  }
}
