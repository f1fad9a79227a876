// What the log of a saga says of each of its operations, round by round. Needs no definition: every intention stands there
// before its call leaves (E1).

import type { Direction } from '../core/protocol.ts';
import type { SagaStatus, StoredEvent } from '../core/saga-event.ts';
import { LogReading } from '../core/waiting.ts';

/**
 * `nothing`: it was never intended. `open`: a call may be on its way. `unknown`: forward work gave up in doubt, so it is
 * undone as if it had happened (E2). `given-up`: an undo that a person is asked for; it may have happened. `skipped`: a person
 * took it over, and nobody else knows what became of it.
 */
export type LogSays = 'nothing' | 'open' | 'done' | 'refused' | 'unknown' | 'given-up' | 'skipped';

/** A step in one round, as its log has it. */
export interface LoggedStep {
  readonly step: string;
  readonly round: number;
  forward: LogSays;
  compensation: LogSays;
  /** What the service answered, when it applied. */
  result: unknown;
}

/** A saga, as its log has it. */
export interface LoggedSaga {
  readonly saga: string;
  readonly definition: string;
  readonly definitionVersion: number;
  readonly input: unknown;
  /** In microseconds since 1970. */
  readonly createdAtUs: number;
  /** Of the last round. */
  readonly status: SagaStatus;
  /** The last. */
  readonly round: number;
  /** Of all rounds, in the order in which they were intended. */
  readonly steps: readonly LoggedStep[];
}

/** Reads the log of one saga, oldest event first; undefined for one that does not begin with its creation. */
export function loggedSaga(log: readonly StoredEvent[]): LoggedSaga | undefined {
  const first = log[0];
  if (first?.event.kind !== 'saga-created') return undefined;
  const { definition, definitionVersion, input } = first.event;
  const reading = new LogReading();
  const steps: LoggedStep[] = [];
  let round = 0;
  let present = new Map<string, LoggedStep>();
  for (const { event, atUs } of log) {
    reading.read(event, atUs);
    if (event.kind === 'saga-retried') {
      round = event.round;
      present = new Map();
    }
    if (!('step' in event)) continue;
    const known = present.get(event.step);
    const step = known ?? newStep(event.step, round);
    if (known === undefined) {
      present.set(event.step, step);
      steps.push(step);
    }
    read(step, event);
  }
  const { saga, atUs: createdAtUs } = first;
  const { status } = reading;
  return { saga, definition, definitionVersion, input, createdAtUs, status, round, steps };
}

/** The direction that an operation of a step would be known by. */
export function saysOf(step: LoggedStep, direction: Direction): LogSays {
  return direction === 'forward' ? step.forward : step.compensation;
}

/** A step of which the log says nothing. */
export function newStep(step: string, round: number): LoggedStep {
  return { step, round, forward: 'nothing', compensation: 'nothing', result: undefined };
}

function read(step: LoggedStep, event: Extract<StoredEvent['event'], { readonly step: string }>): void {
  switch (event.kind) {
    case 'step-requested':
    case 'step-retry-scheduled':
      step.forward = 'open';
      return;
    case 'step-applied':
      step.forward = 'done';
      step.result = event.result;
      return;
    case 'step-rejected':
      step.forward = 'refused';
      return;
    case 'step-left-unknown':
      step.forward = 'unknown';
      return;
    case 'compensation-requested':
    case 'compensation-retry-scheduled':
      step.compensation = 'open';
      return;
    case 'step-compensated':
      step.compensation = 'done';
      return;
    case 'step-compensation-failed':
      step.compensation = 'given-up';
      return;
    case 'step-skipped':
      step[event.direction] = 'skipped';
      return;
    default: // an event of a later version of the engine says nothing about the two directions
  }
}
