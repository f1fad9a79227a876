// What people ask of a transaction under two-phase commit: in what state it is, who voted what, whether it is in doubt, and
// what recovery did. Read off the log of its coordinator alone.

import { type SagaDefinition, type StepDefinition, stepIndexOf } from '../core/define-saga.ts';
import type { StoredEvent } from '../core/saga-event.ts';
import { fold, isCommitted, type SagaState } from '../core/saga-state.ts';
import { commitStepOf } from './coordinator.ts';

/**
 * `preparing`: not all have voted. `committing`, `aborting`: the decision is made, and not everybody has heard it.
 * `needs-a-person`: a participant would not roll back.
 */
export type TransactionState =
  | 'preparing'
  | 'committing'
  | 'committed'
  | 'aborting'
  | 'aborted'
  | 'needs-a-person'
  /** A person took over what could not be settled. */
  | 'resolved-by-hand';

/** One participant's part in a transaction. Times in microseconds by the coordinator's clock. */
export interface Vote {
  readonly step: string;
  readonly service: string;
  /** `unknown`: it was asked, and no answer is known: it may be prepared. `none`: it was not asked. */
  readonly vote: 'yes' | 'no' | 'unknown' | 'none';
  readonly votedAtUs?: number;
  /** It may be prepared, and has not confirmed the decision: its locks may be held. */
  readonly isInDoubt: boolean;
}

/** Another coordinator process went on with the transaction. */
export interface Recovery {
  /** When it first wrote to the log. */
  readonly atUs: number;
  readonly epoch: number;
  /** What it wrote first, such as `step-applied credit`. */
  readonly action: string;
}

/** A transaction as its coordinator's log has it. */
export interface TransactionView {
  readonly transaction: string;
  readonly state: TransactionState;
  readonly votes: readonly Vote[];
  readonly recoveries: readonly Recovery[];
}

/**
 * What became of a transaction so far, read off its log.
 *
 * @param definition what `twoPhaseCommit` made
 * @param log of one transaction, oldest event first; undefined for an empty one
 * @example
 * transactionView(committed, await host.log('t-7'))?.votes.filter(({ isInDoubt }) => isInDoubt)
 */
export function transactionView(
  definition: SagaDefinition,
  log: readonly StoredEvent[],
): TransactionView | undefined {
  const [first] = log;
  if (first === undefined) return undefined;
  const events = log.map(({ event }) => event);
  const votes = definition.steps
    .filter(({ name }) => stepIndexOf(definition, commitStepOf(name)) >= 0)
    .map((step) => voteOf(step, log));
  const state = stateOf(fold(definition, first.saga, events));
  return { transaction: first.saga, state, votes, recoveries: recoveriesIn(log) };
}

function voteOf({ name, service }: StepDefinition, log: readonly StoredEvent[]): Vote {
  let vote: Vote['vote'] = 'none';
  let votedAtUs: number | undefined;
  let isOver = false;
  for (const { event, atUs } of log) {
    if (event.kind === 'saga-retried') [vote, votedAtUs, isOver] = ['none', undefined, false];
    if (!('step' in event)) continue;
    if (event.step === commitStepOf(name)) isOver ||= event.kind === 'step-applied';
    if (event.step !== name) continue;
    if (event.kind === 'step-requested') vote = 'unknown';
    if (event.kind === 'step-compensated') isOver = true;
    if (event.kind !== 'step-applied' && event.kind !== 'step-rejected') continue;
    vote = event.kind === 'step-applied' ? 'yes' : 'no';
    votedAtUs = atUs;
  }
  const isInDoubt = !isOver && (vote === 'yes' || vote === 'unknown');
  return { step: name, service, vote, isInDoubt, ...(votedAtUs === undefined ? {} : { votedAtUs }) };
}

function stateOf(state: SagaState): TransactionState {
  switch (state.status) {
    case 'completed':
      return 'committed';
    case 'compensated':
    case 'failed':
      return 'aborted';
    case 'compensation_failed':
      return 'needs-a-person';
    case 'resolved':
      return 'resolved-by-hand';
    case 'compensating':
      return 'aborting';
    default:
      return isCommitted(state) ? 'committing' : 'preparing';
  }
}

/** The first event of every writer but the first. */
function recoveriesIn(log: readonly StoredEvent[]): readonly Recovery[] {
  return log
    .filter(({ epoch }, i) => i > 0 && epoch !== log[i - 1]!.epoch)
    .map(({ atUs, epoch, event }) => {
      return { atUs, epoch, action: 'step' in event ? `${event.kind} ${event.step}` : event.kind };
    });
}
