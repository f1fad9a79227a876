// What the simulated world keeps of one saga: its log in the store, its case file, and counters that name the points
// where faults strike. One object per saga, made when a client asks for it, dropped when nothing more can come of it.

import { stepIndexOf } from '../../engine/core/define-saga.ts';
import type { InputSink } from '../../engine/core/ports.ts';
import type { Call, Direction } from '../../engine/core/protocol.ts';
import { fold, pending, type SagaState } from '../../engine/core/saga.ts';
import type { Phase } from '../faults/fault.ts';
import { type CaseBook, OpenCase } from '../invariants/case-book.ts';
import type { EventHandle } from '../kernel/event-queue.ts';
import type { SagaStart } from '../scenario.ts';
import { SagaLog } from './saga-log.ts';

/** The sagas that one process at a time may write. */
export interface Partition {
  readonly name: string;
  /** Counts the partitions of a world, from 0; its orchestrator has the same. */
  readonly number: number;
  /** Opened last; writers with a lower one are fenced (E10). */
  epoch: number;
}

/** No wake is asked for. */
export const NEVER = -1;

/** One saga of the world and, in the same object, its case file: both are looked at in every event. */
export class SimSaga extends OpenCase {
  readonly index: number;
  /** Messages of this saga that are under way, and appends that have not landed. */
  underWay = 0;
  /** No process holds the saga in memory: its last engine let go of it, or died. */
  released = false;
  phase: Phase = 'running';
  /** The operation that the participant itself refused when it was asked last, no fault's doing; or -1 (S8). */
  refusedOperation = -1;
  /** What the store holds. */
  readonly log: SagaLog;
  readonly partition: Partition;
  /** The highest version after which an append was tried, and how often where it was more than once. */
  triedVersion = -1;
  retries: Map<number, number> | undefined = undefined;
  /** What the client asks for, until it is accepted. */
  start: SagaStart | undefined;
  /** The wake that the present life of its process asked for, and which life that is; zombies keep their own. */
  wake: EventHandle = NEVER;
  sleeper: InputSink | undefined = undefined;
  /** The client asked and waits for the answer, which is lost when the process dies. */
  asked = false;
  /** A person asked a process to take the saga up, and waits until the log says so. */
  helped = false;
  /** How often it has asked for a person. */
  calls = 0;
  readonly startAtUs: number;
  /** Inputs that its orchestrator took, and loads that it asked for. */
  inputs = 0;
  loads = 0;
  /** A reader was given less of its log than there is: it may do again what was done, under the same keys. */
  misread = false;
  compensatingSinceUs = -1;
  /** How it ended, as it stands in the tally; and whether it ever stood there, in this round or an earlier. */
  tallied: SagaState | undefined = undefined;
  wasTallied = false;
  /** Asked for a person at least once. */
  resumed = false;
  /** It was turned away before it began; people may still ask for it. */
  isShed = false;

  constructor(
    cases: CaseBook,
    id: string,
    index: number,
    partition: Partition,
    start: SagaStart,
    startAtUs: number,
  ) {
    super(cases, id, start.saga);
    this.index = index;
    this.partition = partition;
    this.log = new SagaLog(id);
    this.start = start;
    this.startAtUs = startAtUs;
  }

  get id(): string {
    return this.saga;
  }
}

/** Whether what the log says is outstanding is what the participant refuses. */
export function waitsForRefused(saga: SimSaga | undefined): boolean {
  if (saga === undefined) return false;
  const { definition, id, log, refusedOperation } = saga;
  const outstanding = pending(fold(definition, id, log.events));
  return outstanding.some(({ step, direction }) => operationAt(step, direction) === refusedOperation);
}

/** The step of a call and its direction as one integer: the `y` of its points. */
export function operationOf(saga: SimSaga, call: Call): number {
  return operationAt(stepIndexOf(saga.definition, call.step), call.direction);
}

export function operationAt(step: number, direction: Direction): number {
  return direction === 'forward' ? step * 2 : step * 2 + 1;
}

/** Counts one more try of the append after `version`, and returns how many; a process that dies on the way has tried, too. */
export function tryAppend(saga: SimSaga, version: number): number {
  if (version > saga.triedVersion) {
    saga.triedVersion = version;
    return 1;
  }
  saga.retries ??= new Map();
  const tries = triesOf(saga, version) + 1;
  saga.retries.set(version, tries);
  return tries;
}

/** Tries so far of the append after `version`, of which there was at least one. */
export function triesOf({ retries }: SimSaga, version: number): number {
  return retries?.get(version) ?? 1;
}
