// The state of one saga as the fold of its events. Total: every event that may stand in a log has a meaning here.
//
// E8 After the pivot the saga only goes forward: `isCommitted`.

import { assert, unreachable } from './assert.ts';
import { type SagaDefinition, stepIndexOf } from './define-saga.ts';
import { type DoneAct, doneAct } from './repair-act.ts';
import type { GivenUp, SagaEvent, SagaStatus, StepStatus, StopReason } from './saga-event.ts';

/** Where one step stands. A value: a saga's steps go from one to the next, and most sagas share the usual ones. */
export interface StepState {
  readonly status: StepStatus;
  /** Attempts begun in the present direction; 0 before the first. */
  readonly attempt: number;
  /** Of these, attempts of an undo that a person has resumed: they no longer count against the policy. */
  readonly attemptsSpent: number;
  /** The present attempt must not leave before this time. */
  readonly dueAtUs: number;
  /** An earlier attempt of the forward call may have happened. */
  readonly inDoubt: boolean;
  readonly result: unknown;
}

const PENDING: StepState = {
  status: 'pending',
  attempt: 0,
  attemptsSpent: 0,
  dueAtUs: 0,
  inDoubt: false,
  result: undefined,
};
const RUNNING: StepState = { ...PENDING, status: 'running', attempt: 1 };
const APPLIED_AT_ONCE: StepState = { ...RUNNING, status: 'applied' };

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
  /** What people did to it, over all rounds, oldest first. */
  acts: readonly DoneAct[];
  readonly steps: StepState[];
}

const NO_ACTS: readonly DoneAct[] = [];

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
    acts: NO_ACTS,
    steps: allPending(definition.steps.length),
  };
}

const pendingLists: StepState[][] = [];

/** A list of so many pending steps: a copy of one that was made before, which is what engines do fastest. */
function allPending(steps: number): StepState[] {
  pendingLists[steps] ??= Array.from({ length: steps }, () => PENDING);
  return pendingLists[steps].slice();
}

/** Whether nothing can happen any more unless a person retries. */
export function isEnded(status: SagaStatus): boolean {
  return status === 'completed' || status === 'compensated' || status === 'failed' || status === 'resolved';
}

/** Whether the engine has nothing to do: ended, or waiting for a person. */
export function isAtRest(status: SagaStatus): boolean {
  return isEnded(status) || status === 'compensation_failed';
}

/** Folds one event into the state. */
export function evolve(state: SagaState, event: SagaEvent): void {
  state.version++;
  const act = doneAct(event);
  if (act !== undefined) state.acts = [...state.acts, act];
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
    case 'saga-resolved':
      state.status = 'resolved';
      return;
    case 'saga-retried':
      return startRound(state, event.round, event.deadlineAtUs);
    default:
      evolveStep(state, event);
  }
}

type StepEvent = Extract<SagaEvent, { readonly step: string }>;

function evolveStep(state: SagaState, event: StepEvent): void {
  const index = stepIndexOf(state.definition, event.step);
  assert(index >= 0, 'an event of a step that the saga does not have', event.step);
  const step = state.steps[index]!;
  if (event.kind === 'step-requested') state.status = 'running';
  else if (event.kind === 'step-rejected' || event.kind === 'step-left-unknown') {
    state.reason ??= stepFailed(event);
  } else if (event.kind === 'step-skipped' && state.status === 'compensation_failed') {
    state.status = 'compensating'; // what had waited for the skipped undo goes on
  }
  state.steps[index] = nextStep(step, event);
}

function nextStep(step: StepState, event: StepEvent): StepState {
  switch (event.kind) {
    case 'step-requested':
      return RUNNING;
    case 'step-applied': {
      const { result } = event;
      return step === RUNNING && result === undefined
        ? APPLIED_AT_ONCE
        : { ...step, status: 'applied', result };
    }
    case 'step-retry-scheduled': {
      const { attempt, dueAtUs } = event;
      return { ...step, status: 'retrying', attempt, dueAtUs, inDoubt: step.inDoubt || event.inDoubt };
    }
    case 'step-rejected':
      return { ...step, status: 'rejected' };
    case 'step-left-unknown':
      return { ...step, status: 'unknown' };
    case 'compensation-requested':
      return { ...step, status: 'compensating', attempt: step.attemptsSpent + 1, dueAtUs: 0 };
    case 'compensation-retry-scheduled':
      return { ...step, attempt: event.attempt, dueAtUs: event.dueAtUs };
    case 'step-compensated':
      return { ...step, status: 'compensated' };
    case 'step-compensation-failed':
      return { ...step, status: 'compensation_failed', attemptsSpent: step.attempt };
    case 'step-skipped':
      return { ...step, status: 'skipped' };
    default:
      return unreachable(event);
  }
}

function stepFailed({ step, failure, reason }: GivenUp<string>): StopReason {
  return { kind: 'step-failed', step, failure, reason };
}

/** E2: what is still under way is in doubt from here on. */
function startCompensation(state: SagaState, reason: StopReason): void {
  state.status = 'compensating';
  state.reason = reason;
  becomeUnknown(state, isUnderWay);
}

function resumeCompensation(state: SagaState): void {
  state.status = 'compensating';
  becomeUnknown(state, ({ status }) => status === 'compensation_failed');
}

function becomeUnknown({ steps }: SagaState, which: (step: StepState) => boolean): void {
  for (let i = 0; i < steps.length; i++) {
    if (which(steps[i]!)) steps[i] = { ...steps[i]!, status: 'unknown' };
  }
}

function startRound(state: SagaState, round: number, deadlineAtUs: number | undefined): void {
  state.status = 'created';
  state.round = round;
  state.reason = undefined;
  state.deadlineAtUs = deadlineAtUs;
  state.steps.fill(PENDING);
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
  const { steps, flow } = state.definition;
  if (flow !== undefined) return flow.isCommitted(state);
  for (let i = 0; i < steps.length; i++) {
    const { kind } = steps[i]!;
    if (kind === 'compensatable') continue;
    const { status } = state.steps[i]!;
    if (kind === 'pivot' ? status === 'applied' : status !== 'pending') return true;
  }
  return false;
}

/** Whether a person took an operation of the saga over: what became of it, the log does not know. */
export function hasSkipped({ steps }: SagaState): boolean {
  for (const { status } of steps) if (status === 'skipped') return true;
  return false;
}
