// What became of each step of a saga, read from its log: for people who have to find out what went wrong.

import type { StoredEvent } from '../core/ports.ts';
import type { SagaEvent } from '../core/saga-event.ts';
import type { ReadSaga } from './saga-reader.ts';
import { isoTime } from './saga-view.ts';

interface History {
  startedAtUs: number | undefined;
  endedAtUs: number | undefined;
  attempts: number;
  undoAttempts: number;
  lastError: string | undefined;
}

/** Of the present round, in the order of the definition. */
export function stepDetails({ log, state }: ReadSaga) {
  const histories = new Map<string, History>();
  for (const stored of log) {
    if (stored.event.kind === 'saga-retried') histories.clear();
    if ('step' in stored.event) note(historyOf(histories, stored.event.step), stored, stored.event);
  }
  return state.definition.steps.map(({ name, service, action, compensation, kind }, i) => {
    const { status, result } = state.steps[i]!;
    const { startedAtUs, endedAtUs, attempts, undoAttempts, lastError } = historyOf(histories, name);
    return {
      name,
      service,
      action,
      compensation: compensation ?? null,
      kind,
      status,
      resourceId: resourceIn(result),
      result: result ?? null,
      attempts,
      undoAttempts,
      startedAt: startedAtUs === undefined ? null : isoTime(startedAtUs),
      endedAt: endedAtUs === undefined ? null : isoTime(endedAtUs),
      lastError: lastError ?? null,
    };
  });
}

function historyOf(histories: Map<string, History>, step: string): History {
  const known = histories.get(step);
  if (known !== undefined) return known;
  const fresh: History = {
    startedAtUs: undefined,
    endedAtUs: undefined,
    attempts: 0,
    undoAttempts: 0,
    lastError: undefined,
  };
  histories.set(step, fresh);
  return fresh;
}

function note(
  history: History,
  { atUs }: StoredEvent,
  event: Extract<SagaEvent, { readonly step: string }>,
): void {
  if (event.kind === 'step-requested') history.startedAtUs = atUs;
  if (/^step-(requested|retry-scheduled)$/.test(event.kind)) history.attempts++;
  if (/^compensation-(requested|retry-scheduled)$/.test(event.kind)) history.undoAttempts++;
  const isOver = /^step-(applied|rejected|left-unknown|compensated|compensation-failed|skipped)$/.test(
    event.kind,
  );
  history.endedAtUs = isOver ? atUs : undefined;
  if ('failure' in event) {
    history.lastError = 'reason' in event ? `${event.failure}: ${event.reason}` : event.failure;
  }
}

/** What the step made, when its result is one name: `{ shipment: 'ship-1' }`, or a text. */
function resourceIn(result: unknown): string | null {
  if (typeof result === 'string') return result;
  const values = typeof result === 'object' && result !== null ? Object.values(result) : [];
  const [only] = values;
  return values.length === 1 && typeof only === 'string' ? only : null;
}
