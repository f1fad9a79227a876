// What the simulated world keeps of one saga: its log in the store, its case file, and counters that name the points
// where faults strike. One object per saga, made when a client asks for it, dropped when nothing more can come of it.

import { type SagaDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import type { InputSink, StoredEvent } from '../../engine/core/ports.ts';
import type { Call } from '../../engine/core/protocol.ts';
import type { Phase } from '../faults/fault.ts';
import type { OpenCase } from '../invariants/case-book.ts';
import type { EventHandle } from '../kernel/event-queue.ts';
import type { SagaStart } from '../scenario.ts';

/** The sagas that one process at a time may write. */
export interface Partition {
  readonly name: string;
  /** Opened last; writers with a lower one are fenced (E10). */
  epoch: number;
}

/** Fields that are read at every message come first, so that they share a line of memory. */
export interface SimSaga {
  readonly id: string;
  readonly index: number;
  readonly file: OpenCase;
  /** Messages of this saga that are under way, and appends that have not landed. */
  underWay: number;
  readonly definition: SagaDefinition;
  phase: Phase;
  /** The participant's own answer to the last call was a refusal, no fault's doing (S8). */
  refused: boolean;
  readonly partition: Partition;
  /** The rows of the store. */
  readonly log: StoredEvent[];
  /** The highest version after which an append was tried, and how often where it was more than once. */
  triedVersion: number;
  retries: Map<number, number> | undefined;
  /** The wake that its process asked for, and who wants it. */
  wake: EventHandle;
  sleeper: InputSink | undefined;
  /** No process holds the saga in memory: its last engine let go of it, or died. */
  released: boolean;
  /** What the client asks for, until it is accepted. */
  start: SagaStart | undefined;
  /** The client asked and waits for the answer, which is lost when the process dies. */
  asked: boolean;
  readonly startAtUs: number;
  /** Inputs that its orchestrator took, and loads that it asked for. */
  inputs: number;
  loads: number;
  compensatingSinceUs: number;
  /** Asked for a person at least once. */
  resumed: boolean;
}

/** No wake is asked for. */
export const NEVER = -1;

export function newSaga(
  index: number,
  partition: Partition,
  file: OpenCase,
  start: SagaStart,
  startAtUs: number,
): SimSaga {
  return {
    id: file.saga,
    index,
    file,
    underWay: 0,
    definition: file.definition,
    phase: 'running',
    refused: false,
    partition,
    log: [],
    triedVersion: -1,
    retries: undefined,
    wake: NEVER,
    sleeper: undefined,
    released: false,
    start,
    asked: false,
    startAtUs,
    inputs: 0,
    loads: 0,
    compensatingSinceUs: -1,
    resumed: false,
  };
}

/** The step of a call and its direction as one integer: the `y` of its points. */
export function operationOf(saga: SimSaga, call: Call): number {
  const step = stepIndexOf(saga.definition, call.step);
  return call.direction === 'forward' ? step * 2 : step * 2 + 1;
}

/** Counts one more try of the append after `version`; a process that dies on the way has tried, too. */
export function tryAppend(saga: SimSaga, version: number): void {
  if (version > saga.triedVersion) {
    saga.triedVersion = version;
    return;
  }
  saga.retries ??= new Map();
  saga.retries.set(version, triesOf(saga, version) + 1);
}

/** Tries so far of the append after `version`, of which there was at least one. */
export function triesOf({ retries }: SimSaga, version: number): number {
  return retries?.get(version) ?? 1;
}
