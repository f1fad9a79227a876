// Which event may follow which state: the state machine of a saga written a second time, as a table, so that the
// engine's own code is not its only witness.

import { type SagaDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import type { StoredEvent } from '../../engine/core/ports.ts';
import {
  evolve,
  initialState,
  type SagaEvent,
  type SagaState,
  type SagaStatus,
  type StepStatus,
} from '../../engine/core/saga.ts';

const SAGA: Readonly<Record<SagaEvent['kind'], readonly SagaStatus[]>> = {
  'saga-created': ['created'],
  'step-requested': ['created', 'running'],
  'step-applied': ['running'],
  'step-retry-scheduled': ['running'],
  'step-rejected': ['running'],
  'step-left-unknown': ['running'],
  'stop-requested': ['created', 'running'],
  'compensation-started': ['running'],
  'compensation-requested': ['compensating'],
  'compensation-retry-scheduled': ['compensating'],
  'step-compensated': ['compensating'],
  'step-compensation-failed': ['compensating'],
  'saga-completed': ['running'],
  'saga-compensated': ['compensating'],
  'saga-failed': ['created', 'running'],
  'saga-compensation-failed': ['compensating'],
  'compensation-resumed': ['compensation_failed'],
  'saga-retried': ['failed', 'compensated'],
};

const UNDER_WAY: readonly StepStatus[] = ['running', 'retrying'];

const STEP: Partial<Readonly<Record<SagaEvent['kind'], readonly StepStatus[]>>> = {
  'step-requested': ['pending'],
  'step-applied': UNDER_WAY,
  'step-retry-scheduled': UNDER_WAY,
  'step-rejected': UNDER_WAY,
  'step-left-unknown': UNDER_WAY,
  'compensation-requested': ['applied', 'unknown'],
  'compensation-retry-scheduled': ['compensating'],
  'step-compensated': ['compensating'],
  'step-compensation-failed': ['compensating'],
};

/** The state that a log folds to, and the first event that was not allowed, in words. */
export interface Folded {
  readonly state: SagaState;
  readonly illegal: string | undefined;
}

/** Folds a log and looks at every transition. */
export function foldChecked(definition: SagaDefinition, saga: string, log: readonly StoredEvent[]): Folded {
  const state = initialState(definition, saga);
  let illegal: string | undefined;
  for (const { event } of log) {
    const reason = illegal === undefined ? refusal(state, event) : undefined;
    if (reason !== undefined) illegal = `version ${state.version + 1}: ${event.kind} ${reason}`;
    evolve(state, event);
  }
  return { state, illegal };
}

function refusal(state: SagaState, event: SagaEvent): string | undefined {
  if ((state.version === 0) !== (event.kind === 'saga-created')) return 'is not how a log begins';
  if (!SAGA[event.kind].includes(state.status)) return `came while the saga was ${state.status}`;
  const allowed = STEP[event.kind];
  if (allowed === undefined || !('step' in event)) return undefined;
  const index = stepIndexOf(state.definition, event.step);
  if (index < 0) return `names "${event.step}", which is no step`;
  const { status } = state.steps[index]!;
  return allowed.includes(status) ? undefined : `came while step "${event.step}" was ${status}`;
}
