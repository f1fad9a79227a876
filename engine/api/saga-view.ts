// A saga as people see it: from its log and the state that this folds to, in the shape of the REST API.

import type { StepDefinition } from '../core/define-saga.ts';
import type { StoredEvent } from '../core/ports.ts';
import type { SagaEvent } from '../core/saga-event.ts';
import { isEnded, type SagaState, type StepState } from '../core/saga-state.ts';
import type { PastAct, SagaWait } from '../core/waiting.ts';
import type { SagaRow } from '../live/index.ts';
import type { ReadSaga } from './saga-reader.ts';

/** Microseconds since 1970 as ISO 8601. */
export function isoTime(atUs: number): string {
  return new Date(Math.floor(atUs / 1_000)).toISOString();
}

/** `GET /api/sagas/{id}`. */
export function sagaView({ log, state }: ReadSaga) {
  const { saga, definition, status, round, deadlineAtUs, reason } = state;
  const { createdAt, updatedAt, endedAt } = timesOf(log, state);
  return {
    id: saga,
    name: definition.name,
    version: definition.version,
    status,
    currentStep: currentStep(state),
    completedSteps: stepsThat(state, ({ status }) => status === 'applied'),
    failedSteps: stepsThat(state, (step, name) => isFailed(step) || failedFirst(state) === name),
    createdAt,
    updatedAt,
    endedAt,
    timeout: definition.deadlineUs === undefined ? null : definition.deadlineUs / 1_000_000,
    deadline: deadlineAtUs === undefined ? null : isoTime(deadlineAtUs),
    retryCount: round,
    reason: reason ?? null,
    steps: definition.steps.map((step, i) => stepView(step, state.steps[i]!)),
  };
}

/** `GET /api/sagas/{id}/status`. */
export function standingView({ log, state }: ReadSaga) {
  const { saga: id, status } = state;
  return { id, status, currentStep: currentStep(state), updatedAt: timesOf(log, state).updatedAt };
}

/** `GET /api/sagas/{id}/why`. */
export function waitingView(waiting: SagaWait) {
  const {
    saga: sagaID,
    status,
    waitsFor,
    sinceUs,
    untilUs,
    isStuck,
    sentence,
    next,
    remedy,
    calls,
    acts,
  } = waiting;
  return {
    sagaID,
    status,
    waitsFor,
    since: isoTime(sinceUs),
    until: untilUs === undefined ? null : isoTime(untilUs),
    stuck: isStuck,
    sentence,
    next,
    remedy: remedy ?? null,
    calls: calls.map((call) => ({
      step: call.step,
      direction: call.direction,
      attempt: call.attempt,
      since: isoTime(call.sinceUs),
      due: call.dueAtUs === 0 ? null : isoTime(call.dueAtUs),
      failure: call.failure ?? null,
    })),
    acts: acts.map(actView),
  };
}

/** What a person did. */
export function actView({ act, id, step, by, why, atUs }: PastAct) {
  return { act, id, step: step ?? null, by, why: why ?? null, at: isoTime(atUs) };
}

/** A line of `GET /api/sagas`. */
export function rowView(row: SagaRow) {
  return {
    id: row.saga,
    name: row.definition,
    version: row.definitionVersion,
    status: row.status,
    createdAt: isoTime(row.createdAtUs),
    updatedAt: isoTime(row.updatedAtUs),
    endedAt: row.endedAtUs === undefined ? null : isoTime(row.endedAtUs),
  };
}

/** One event of `GET /api/sagas/{id}/events`. */
export function eventView({ saga, version, atUs, event }: StoredEvent) {
  const { kind, ...payload } = event;
  const error = errorOf(event);
  return {
    id: `${saga}/${version}`,
    sagaID: saga,
    stepID: 'step' in event ? event.step : '',
    version,
    type: kind,
    status: statusOf(event),
    payload,
    timestamp: isoTime(atUs),
    ...(error === undefined ? {} : { error }),
  };
}

export function timesOf(log: readonly StoredEvent[], { status }: SagaState) {
  const updatedAt = isoTime(log.at(-1)!.atUs);
  return { createdAt: isoTime(log[0]!.atUs), updatedAt, endedAt: isEnded(status) ? updatedAt : null };
}

/** The first step that is under way, in whichever direction. */
export function currentStep(state: SagaState): string | null {
  const index = state.steps.findIndex(({ status }) => /^(running|retrying|compensating)$/.test(status));
  return state.definition.steps[index]?.name ?? null;
}

function stepsThat(state: SagaState, which: (step: StepState, name: string) => boolean): readonly string[] {
  const names = state.definition.steps.map(({ name }) => name);
  return names.filter((name, i) => which(state.steps[i]!, name));
}

function isFailed({ status }: StepState): boolean {
  return status === 'rejected' || status === 'unknown' || status === 'compensation_failed';
}

/** The step for which forward work ended; its undo may have made it look like the others. */
function failedFirst({ reason }: SagaState): string | undefined {
  return reason?.kind === 'step-failed' ? reason.step : undefined;
}

function stepView(step: StepDefinition, { status, attempt }: StepState) {
  return {
    id: step.name,
    service: step.service,
    action: step.action,
    compensation: step.compensation ?? null,
    status,
    attempts: attempt,
    retryCount: Math.max(0, attempt - 1),
    timeout: step.timeoutUs === undefined ? null : step.timeoutUs / 1_000_000,
  };
}

function statusOf({ kind }: SagaEvent): 'started' | 'retrying' | 'success' | 'failed' {
  if (/rejected|failed|left-unknown/.test(kind)) return 'failed';
  if (/retry-scheduled/.test(kind)) return 'retrying';
  return /requested|started|resumed|retried/.test(kind) ? 'started' : 'success';
}

function errorOf(event: SagaEvent): string | undefined {
  if ('failure' in event) return 'reason' in event ? `${event.failure}: ${event.reason}` : event.failure;
  if (!('reason' in event)) return undefined;
  const { reason } = event;
  return reason.kind === 'step-failed' ? `${reason.step}: ${reason.failure}: ${reason.reason}` : reason.kind;
}
