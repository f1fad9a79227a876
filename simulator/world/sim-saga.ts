// What the simulated world keeps of one saga: its place in the workload, its log in the store, and counters that
// name the points where faults strike. One object per saga, dropped when nothing more can come of it.

import { type SagaDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import type { InputSink, StoredEvent } from '../../engine/core/ports.ts';
import type { Call } from '../../engine/core/protocol.ts';
import type { Phase } from '../faults/fault.ts';
import type { OpenCase } from '../invariants/case-file.ts';
import type { EventHandle } from '../kernel/event-queue.ts';
import type { SagaStart } from '../scenario.ts';

/** The sagas that one process at a time may write. */
export interface Partition {
  readonly name: string;
  /** Opened last; writers with a lower one are fenced (E10). */
  epoch: number;
}

export interface SimSaga {
  readonly index: number;
  readonly id: string;
  readonly partition: Partition;
  readonly definition: SagaDefinition;
  readonly startAtUs: number;
  /** What the client asks for, until it is accepted. */
  start: SagaStart | undefined;
  /** The client asked and waits for the answer, which is lost when the process dies. */
  asked: boolean;
  /** The rows of the store. */
  log: StoredEvent[];
  phase: Phase;
  /** Messages of this saga that are under way, and appends that have not landed. */
  underWay: number;
  /** The wake that its process asked for, and who wants it. */
  wake: EventHandle;
  sleeper: InputSink | undefined;
  /** Where its counts stand: see `SendCounts`. */
  readonly sendsAt: number;
  /** Inputs that its orchestrator took, and loads that it asked for. */
  inputs: number;
  loads: number;
  /** The highest version after which an append was tried, and how often where it was more than once. */
  triedVersion: number;
  retries: Map<number, number> | undefined;
  compensatingSinceUs: number;
  /** No process holds the saga in memory: its last engine let go of it, or died. */
  released: boolean;
  /** Asked for a person at least once. */
  resumed: boolean;
  /** The participant's own answer to the last call was a refusal, no fault's doing (S8). */
  refused: boolean;
  readonly file: OpenCase;
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
