// The state of one saga as the fold of its events. Total: every event that may stand in a log has a meaning here.
//
// E8 After the pivot the saga only goes forward: `isCommitted`.

import { assert, unreachable } from './assert.ts';
import { type SagaDefinition, stepIndexOf } from './define-saga.ts';
import type { GivenUp, SagaEvent, SagaStatus, StepStatus, StopReason } from './saga-event.ts';

export interface StepState {
  status: StepStatus;
  /** Attempts begun in the present direction; 0 before the first. */
  attempt: number;
  /** Of these, attempts of an undo that a person has resumed: they no longer count against the policy. */
  attemptsSpent: number;
  /** The present attempt must not leave before this time. */
  dueAtUs: number;
  /** An earlier attempt of the forward call may have happened. */
  inDoubt: boolean;
  result: unknown;
}

/** The fold of a saga's events. Mutable: it belongs to whoever folds. */
export interface SagaState {
  readonly saga: string;
  readonly definition: SagaDefinition;
  /** Number of events folded. */
  version: number;
  status: SagaStatus;
  round: number;
  input: unknown;
  deadlineAtUs: number | undefined;
  /** Why forward work ended or is to end. */
  reason: StopReason | undefined;
  readonly steps: readonly StepState[];
}

/** The state before the first event. */
export function initialState(definition: SagaDefinition, saga: string): SagaState {
  return {
    saga,
    definition,
    version: 0,
    status: 'created',
    round: 0,
    input: undefined,
    deadlineAtUs: undefined,
    reason: undefined,
    steps: definition.steps.map(newStep),
  };
}

function newStep(): StepState {
  return { status: 'pending', attempt: 0, attemptsSpent: 0, dueAtUs: 0, inDoubt: false, result: undefined };
}

/** Whether nothing can happen any more unless a person retries. */
export function isEnded(status: SagaStatus): boolean {
  return status === 'completed' || status === 'compensated' || status === 'failed';
}

/** Whether the engine has nothing to do: ended, or waiting for a person. */
export function isAtRest(status: SagaStatus): boolean {
  return isEnded(status) || status === 'compensation_failed';
}

/** Folds one event into the state. */
export function evolve(state: SagaState, event: SagaEvent): void {
  state.version++;
  switch (event.kind) {
    case 'saga-created':
      state.input = event.input;
      state.deadlineAtUs = event.deadlineAtUs;
      return;
    case 'stop-requested':
      state.reason = event.reason;
      return;
    case 'compensation-started':
      return startCompensation(state, event.reason);
    case 'compensation-resumed':
      return resumeCompensation(state);
    case 'saga-completed':
      state.status = 'completed';
      return;
    case 'saga-compensated':
      state.status = 'compensated';
      return;
    case 'saga-failed':
      state.status = 'failed';
      state.reason = event.reason;
      return;
    case 'saga-compensation-failed':
      state.status = 'compensation_failed';
      return;
    case 'saga-retried':
      return startRound(state, event.round, event.deadlineAtUs);
    default:
      evolveStep(state, stepState(state, event.step), event);
  }
}

type StepEvent = Extract<SagaEvent, { readonly step: string }>;

function evolveStep(state: SagaState, step: StepState, event: StepEvent): void {
  switch (event.kind) {
    case 'step-requested':
      state.status = 'running';
      step.status = 'running';
      step.attempt = 1;
      return;
    case 'step-applied':
      step.status = 'applied';
      step.result = event.result;
      return;
    case 'step-retry-scheduled':
      step.status = 'retrying';
      step.attempt = event.attempt;
      step.dueAtUs = event.dueAtUs;
      step.inDoubt ||= event.inDoubt;
      return;
    case 'step-rejected':
      step.status = 'rejected';
      state.reason ??= stepFailed(event);
      return;
    case 'step-left-unknown':
      step.status = 'unknown';
      state.reason ??= stepFailed(event);
      return;
    case 'compensation-requested':
      step.status = 'compensating';
      step.attempt = step.attemptsSpent + 1;
      step.dueAtUs = 0;
      return;
    case 'compensation-retry-scheduled':
      step.attempt = event.attempt;
      step.dueAtUs = event.dueAtUs;
      return;
    case 'step-compensated':
      step.status = 'compensated';
      return;
    case 'step-compensation-failed':
      step.status = 'compensation_failed';
      step.attemptsSpent = step.attempt;
      return;
    default:
      unreachable(event);
  }
}

function stepFailed({ step, failure, reason }: GivenUp<string>): StopReason {
  return { kind: 'step-failed', step, failure, reason };
}

function stepState(state: SagaState, name: string): StepState {
  const index = stepIndexOf(state.definition, name);
  assert(index >= 0, `saga ${state.saga}: no step "${name}" in ${state.definition.name}`);
  return state.steps[index]!;
}

/** E2: what is still under way is in doubt from here on. */
function startCompensation(state: SagaState, reason: StopReason): void {
  state.status = 'compensating';
  state.reason = reason;
  for (const step of state.steps) if (isUnderWay(step)) step.status = 'unknown';
}

function resumeCompensation(state: SagaState): void {
  state.status = 'compensating';
  for (const step of state.steps) if (step.status === 'compensation_failed') step.status = 'unknown';
}

function startRound(state: SagaState, round: number, deadlineAtUs: number | undefined): void {
  state.status = 'created';
  state.round = round;
  state.reason = undefined;
  state.deadlineAtUs = deadlineAtUs;
  for (const step of state.steps) Object.assign(step, newStep());
}

/** Folds a saga's whole log. */
export function fold(definition: SagaDefinition, saga: string, events: Iterable<SagaEvent>): SagaState {
  const state = initialState(definition, saga);
  for (const event of events) evolve(state, event);
  return state;
}

/** Whether a forward call of the step is outstanding. */
export function isUnderWay(step: StepState): boolean {
  return step.status === 'running' || step.status === 'retrying';
}

/** Whether the saga can no longer be undone (E8). */
export function isCommitted(state: SagaState): boolean {
  const { steps } = state.definition;
  return steps.some(
    ({ kind }, i) =>
      (kind === 'pivot' && state.steps[i]!.status === 'applied') ||
      (kind === 'retriable' && state.steps[i]!.status !== 'pending'),
  );
}
