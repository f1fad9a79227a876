// One saga as data: what happened (events), what that means (state), what follows (advance), what is
// outstanding (pending). The orchestrator owns the states; nothing here reads a clock or keeps anything.
//
// E2 An operation is closed by `applied` or by a final rejection, by nothing else. A step that gives up with its
//    operation open is `unknown` and is compensated: the compensation leaves a tombstone that closes the key,
//    so that a copy of the call that is still on its way cannot apply later.
// E3 A step is undone when everything that came after it is undone.
// E5 An ended saga decides nothing.
// E6 A late `applied` settles the awaited step; a late failure of an older attempt does not.
// E7 Cancel and deadline stop forward work, never the undo. A pivot in doubt is resolved first.
// E8 After the pivot the saga only goes forward.
// E9 `pending` is derived from state: recovery is load, fold, pending.
//
// The decider pattern is J. Chassaing's; the split into decide (an input becomes facts) and advance (a state
// becomes intents) keeps both free of look-ahead.

import { assert, unreachable } from './assert.ts';
import type { SagaDefinition, StepDefinition } from './define-saga.ts';
import { hash32 } from './mix.ts';
import type { FailedAttempt, RetryRules } from './policy.ts';
import { type Direction, type FailureClass, idempotencyKey, isFinal, type Outcome } from './protocol.ts';
import { redriven } from './redrive.ts';
import { decideRepair, type Repair } from './repair.ts';
import type { RepairAct } from './repair-act.ts';
import { joined, type SagaEvent, type StopReason } from './saga-event.ts';
import {
  evolve,
  hasSkipped,
  isAtRest,
  isCommitted,
  isUnderWay,
  type SagaState,
  type StepState,
} from './saga-state.ts';

export * from './saga-event.ts';
export * from './saga-state.ts';

/** What can happen to a saga from outside. */
export type SagaInput =
  | {
      readonly kind: 'reply';
      readonly step: number;
      readonly direction: Direction;
      readonly round: number;
      readonly attempt: number;
      readonly outcome: Outcome;
    }
  | { readonly kind: 'deadline-passed' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'retry' };

/** What a person asks for; `repair` says who asks, and why. */
export type Wish =
  | { readonly kind: 'cancel' | 'resume' | 'retry' }
  | { readonly kind: 'repair'; readonly act: RepairAct };

/** A call that is outstanding according to the state alone. */
export interface PendingCall {
  readonly step: number;
  readonly direction: Direction;
  readonly attempt: number;
  readonly dueAtUs: number;
}
/** The first event of a saga. */
export function created(definition: SagaDefinition, input: unknown, nowUs: number): SagaEvent {
  const { name, version, deadlineUs, source } = definition;
  const event = { kind: 'saga-created', definition: name, definitionVersion: version, input } as const;
  const dated = deadlineUs === undefined ? event : { ...event, deadlineAtUs: nowUs + deadlineUs };
  return source === undefined ? dated : { ...dated, source };
}

/** What an input means for a saga: the facts to append, or none. */
export function decide(
  state: SagaState,
  input: SagaInput,
  rules: RetryRules,
  nowUs: number,
): readonly SagaEvent[] {
  switch (input.kind) {
    case 'reply':
      return decideReply(state, input, rules, nowUs);
    case 'deadline-passed':
      return decideStop(state, { kind: 'deadline' });
    case 'cancel':
      return decideStop(state, { kind: 'cancelled' });
    case 'resume':
      return state.status === 'compensation_failed'
        ? [{ kind: 'compensation-resumed' }]
        : redriven(state, nowUs);
    case 'retry':
      return decideRetry(state, nowUs);
    default:
      return unreachable(input);
  }
}

/** What a wish means for a saga whose state is durable. */
export function decideWish(state: SagaState, wish: Wish, rules: RetryRules, nowUs: number): Repair {
  if (wish.kind === 'repair') return decideRepair(state, wish.act, nowUs);
  const events = decide(state, { kind: wish.kind }, rules, nowUs);
  return events.length > 0
    ? { kind: 'decided', events }
    : { kind: 'refused', reason: `saga is ${state.status}` };
}

/** E4: a new round, with a deadline of its own, only when no effect is left standing. */
function decideRetry(state: SagaState, nowUs: number): SagaEvent[] {
  if (state.status !== 'failed' && state.status !== 'compensated') return [];
  const { deadlineUs } = state.definition;
  const round = state.round + 1;
  return [
    {
      kind: 'saga-retried',
      round,
      ...(deadlineUs === undefined ? {} : { deadlineAtUs: nowUs + deadlineUs }),
    },
  ];
}

function decideStop(state: SagaState, reason: StopReason): SagaEvent[] {
  const canStop = state.status === 'created' || state.status === 'running';
  if (!canStop || state.reason !== undefined || isCommitted(state)) return [];
  return [{ kind: 'stop-requested', reason }];
}

type ReplyInput = Extract<SagaInput, { kind: 'reply' }>;

function decideReply(
  state: SagaState,
  reply: ReplyInput,
  rules: RetryRules,
  nowUs: number,
): readonly SagaEvent[] {
  const step = state.definition.steps[reply.step]!;
  const current = state.steps[reply.step]!;
  if (isAtRest(state.status) || reply.round !== state.round) return []; // E5
  const awaited = reply.direction === 'forward' ? isUnderWay(current) : current.status === 'compensating';
  if (!awaited) return [];
  const { flow } = state.definition;
  if (reply.outcome.kind === 'applied' && flow !== undefined && !flow.isAnswer(reply.outcome.result))
    return decideReply(state, { ...reply, outcome: NONSENSE }, rules, nowUs);
  if (reply.outcome.kind === 'applied') return applied(step, reply); // E6: of whatever attempt
  if (reply.attempt !== current.attempt) return []; // E6: a newer attempt may still apply
  return reply.direction === 'forward'
    ? [forwardFailed(state, step, current, reply.outcome, rules, nowUs)]
    : [compensationFailed(state, step, current, reply.outcome, rules, nowUs)];
}

function applied(step: StepDefinition, { direction, outcome }: ReplyInput): readonly SagaEvent[] {
  if (direction === 'compensation') return step.events.compensated;
  const result = outcome.kind === 'applied' ? outcome.result : undefined;
  return result === undefined ? step.events.applied : [{ kind: 'step-applied', step: step.name, result }];
}

const NONSENSE: Outcome = {
  kind: 'rejected',
  failure: 'invalid_request',
  reason: 'its answer says no events',
};

type Failure = Exclude<Outcome, { kind: 'applied' }>;

function forwardFailed(
  state: SagaState,
  step: StepDefinition,
  current: StepState,
  { kind, failure, reason, retryAfterUs }: Failure,
  rules: RetryRules,
  nowUs: number,
): SagaEvent {
  const closed = kind === 'rejected' && isFinal(failure);
  if (closed && step.kind !== 'retriable' && mayClose(step, current, failure)) {
    const sure = step.kind === 'pivot' || !current.inDoubt;
    return { kind: sure ? 'step-rejected' : 'step-left-unknown', step: step.name, failure, reason };
  }
  // E8: a pivot is resolved and a retriable step succeeds, however long that takes.
  const endless = step.kind !== 'compensatable';
  const { attempt } = current;
  const jitterKey = jitterOf(state, step, 'forward');
  const { flow } = state.definition;
  const retry = failed(
    step.service,
    'forward',
    failure,
    attempt,
    endless,
    step.attemptsMax,
    retryAfterUs,
    jitterKey,
  );
  const delayUs = closed && flow !== undefined ? flow.deadLetterUs : rules.retryDelayUs(retry);
  const dueAtUs = nowUs + delayUs;
  const late = state.deadlineAtUs !== undefined && dueAtUs >= state.deadlineAtUs;
  if (!endless && (delayUs < 0 || late)) {
    return { kind: 'step-left-unknown', step: step.name, failure, reason };
  }
  assert(delayUs >= 0, 'a policy gave up on a step that must be resolved', step.name);
  const inDoubt = kind === 'unknown';
  return { kind: 'step-retry-scheduled', step: step.name, attempt: attempt + 1, dueAtUs, failure, inDoubt };
}

/**
 * E8: a pivot in doubt has no undo that would settle it, so only its service can: by what it stored under the key. That a
 * request was malformed says nothing of the one before it.
 */
function mayClose(step: StepDefinition, { inDoubt }: StepState, failure: FailureClass): boolean {
  return step.kind !== 'pivot' || !inDoubt || failure !== 'invalid_request';
}

function compensationFailed(
  state: SagaState,
  step: StepDefinition,
  { attempt, attemptsSpent }: StepState,
  { kind, failure, reason, retryAfterUs }: Failure,
  rules: RetryRules,
  nowUs: number,
): SagaEvent {
  const jitterKey = jitterOf(state, step, 'compensation');
  const delayUs = rules.retryDelayUs(
    failed(
      step.service,
      'compensation',
      failure,
      attempt - attemptsSpent,
      false,
      undefined,
      retryAfterUs,
      jitterKey,
    ),
  );
  if (delayUs < 0) return { kind: 'step-compensation-failed', step: step.name, failure, reason };
  return {
    kind: 'compensation-retry-scheduled',
    step: step.name,
    attempt: attempt + 1,
    dueAtUs: nowUs + delayUs,
    failure,
    inDoubt: kind === 'unknown',
  };
}

function failed(
  service: string,
  direction: Direction,
  failure: FailureClass,
  attempt: number,
  endless: boolean,
  attemptsMax: number | undefined,
  retryAfterUs: number | undefined,
  jitterKey: number,
): FailedAttempt {
  return {
    service,
    direction,
    failure,
    attempt,
    endless,
    attemptsMax,
    retryAfterUs: retryAfterUs ?? 0,
    jitterKey,
  };
}

function jitterOf(state: SagaState, step: StepDefinition, direction: Direction): number {
  return hash32(idempotencyKey(state.saga, step.name, direction, state.round));
}

/**
 * Folds the facts into the state and, until nothing follows any more, what follows from it. All of these events are
 * to be appended together.
 */
export function withConsequences(state: SagaState, facts: readonly SagaEvent[]): readonly SagaEvent[] {
  for (const fact of facts) evolve(state, fact);
  let events = facts;
  for (let more = advance(state); more.length > 0; more = advance(state)) {
    for (const event of more) evolve(state, event);
    events = joined(events, more);
  }
  return events;
}

/** When the deadline falls, or -1 when it no longer matters (E7). */
export function deadlineOf(state: SagaState): number {
  const { deadlineAtUs, reason, status } = state;
  const open = deadlineAtUs !== undefined && reason === undefined && status === 'running';
  return open && !isCommitted(state) ? deadlineAtUs : -1;
}

const NOTHING: readonly SagaEvent[] = [];
const COMPLETED: readonly SagaEvent[] = [{ kind: 'saga-completed' }];
const COMPENSATED: readonly SagaEvent[] = [{ kind: 'saga-compensated' }];
const RESOLVED: readonly SagaEvent[] = [{ kind: 'saga-resolved' }];
const NEEDS_A_PERSON: readonly SagaEvent[] = [{ kind: 'saga-compensation-failed' }];

/** What follows from the state alone: the next intents, or the end. */
export function advance(state: SagaState): readonly SagaEvent[] {
  const { flow } = state.definition;
  if (flow !== undefined) return flow.advance(state);
  if (state.status === 'created' || state.status === 'running') return advanceForward(state);
  return state.status === 'compensating' ? advanceUndo(state) : NOTHING;
}

function advanceForward(state: SagaState): readonly SagaEvent[] {
  const { steps } = state.definition;
  if (state.reason !== undefined && !isCommitted(state)) return stopForward(state, state.reason);
  let events = NOTHING;
  let done = 0;
  for (let i = 0; i < steps.length; i++) {
    const { status } = state.steps[i]!;
    if (isDone(status)) done++;
    else if (status === 'pending' && mayBegin(state, steps[i]!)) {
      events = joined(events, steps[i]!.events.requested);
    }
  }
  if (done < steps.length) return events;
  return hasSkipped(state) ? RESOLVED : COMPLETED;
}

/** Whether every step that comes before is applied, or a person's. */
function mayBegin(state: SagaState, { after }: StepDefinition): boolean {
  for (const before of after) if (!isDone(state.steps[before]!.status)) return false;
  return true;
}

function isDone(status: StepState['status']): boolean {
  return status === 'applied' || status === 'skipped';
}

/** E7: a pivot under way is resolved before anything is undone. */
function stopForward(state: SagaState, reason: StopReason): readonly SagaEvent[] {
  const { steps } = state.definition;
  if (steps.some((step, i) => step.kind === 'pivot' && isUnderWay(state.steps[i]!))) return NOTHING;
  const undo = steps.some((step, i) => mustUndo(step, state.steps[i]!));
  return [undo ? { kind: 'compensation-started', reason } : { kind: 'saga-failed', reason }];
}

/** E2: whatever is not certainly without effect, and is not a person's. */
function mustUndo(step: StepDefinition, { status }: StepState): boolean {
  return (
    step.compensation !== undefined &&
    status !== 'pending' &&
    status !== 'rejected' &&
    status !== 'compensated' &&
    status !== 'skipped'
  );
}

/** E3: a step's undo begins when every step after it is undone; independent ones run in parallel. */
function advanceUndo(state: SagaState): readonly SagaEvent[] {
  const { steps } = state.definition;
  let events = NOTHING;
  let open = 0;
  let moving = 0;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    const current = state.steps[i]!;
    if (!mustUndo(step, current)) continue;
    open++;
    if (current.status === 'compensating') moving++;
    else if (
      current.status !== 'compensation_failed' &&
      !step.descendants.some((later) => mustUndo(steps[later]!, state.steps[later]!))
    ) {
      moving++;
      events = joined(events, step.events.compensationRequested);
    }
  }
  if (open === 0) return hasSkipped(state) ? RESOLVED : COMPENSATED;
  return moving === 0 ? NEEDS_A_PERSON : events;
}

/** Every call that is outstanding, whoever sent it (E9). */
export function pending(state: SagaState): PendingCall[] {
  return state.steps.flatMap((_, step) => pendingCall(state, step) ?? []);
}

/** The outstanding call of one step, if there is one (E9). */
export function pendingCall(state: SagaState, step: number): PendingCall | undefined {
  if (isAtRest(state.status)) return undefined;
  const { status, attempt, dueAtUs } = state.steps[step]!;
  if (status === 'running' || status === 'retrying') return { step, direction: 'forward', attempt, dueAtUs };
  return status === 'compensating' ? { step, direction: 'compensation', attempt, dueAtUs } : undefined;
}
