// What one process keeps of one saga that is in its memory. Nothing here survives a crash, or needs to (E9).

import type { AppendOutput, OrchestratorInput } from './orchestrator-messages.ts';
import { type PendingCall, pendingCall } from './saga.ts';
import type { SagaEvent, StoredEvent } from './saga-event.ts';
import type { SagaState } from './saga-state.ts';

/** No time: nothing is due. */
export const NEVER = -1;

/** How long an append may go unanswered before it is read back, in microseconds. */
export const APPEND_TIMEOUT_US = 5_000_000;
/** How long to wait before an append or a load that failed is tried again, in microseconds. */
export const STORE_RETRY_US = 100_000;

export interface SagaSlot {
  readonly saga: string;
  state: SagaState | undefined;
  /** The append under way; the state is already ahead by its events. */
  append: AppendOutput | undefined;
  /** When the store must be asked again: an append unanswered, or one to be repeated; or NEVER. */
  storeDueAtUs: number;
  storeNext: 'append' | 'load';
  /** Per step: the attempt on the wire, negative for a compensation, 0 for none. */
  readonly onWire: number[];
  readonly timeoutAtUs: number[];
  /** The earliest wake that was asked for and has not come. */
  wakeAtUs: number;
  inbox: OrchestratorInput[] | undefined;
  /** Requests to be answered when the append is durable. */
  requests: string[] | undefined;
}

/** A slot for a saga that is about to begin, or (`state` undefined) to be loaded. */
export function newSlot(saga: string, state: SagaState | undefined): SagaSlot {
  const steps = state?.steps.length ?? 0;
  return {
    saga,
    state,
    append: undefined,
    storeDueAtUs: NEVER,
    storeNext: 'load',
    onWire: new Array<number>(steps).fill(0),
    timeoutAtUs: new Array<number>(steps).fill(NEVER),
    wakeAtUs: NEVER,
    inbox: undefined,
    requests: undefined,
  };
}

/** Whether this very attempt was sent by this process and has not been settled. */
export function isOnWire({ onWire }: SagaSlot, { step, direction, attempt }: PendingCall): boolean {
  return onWire[step] === (direction === 'forward' ? attempt : -attempt);
}

export function putOnWire(slot: SagaSlot, call: PendingCall, timeoutAtUs: number): void {
  slot.onWire[call.step] = call.direction === 'forward' ? call.attempt : -call.attempt;
  slot.timeoutAtUs[call.step] = timeoutAtUs;
}

/** A call on the wire whose time is over, if there is one. */
export function lateCall(slot: SagaSlot, state: SagaState, nowUs: number): PendingCall | undefined {
  for (let step = 0; step < state.steps.length; step++) {
    const call = pendingCall(state, step);
    if (call !== undefined && isOnWire(slot, call) && slot.timeoutAtUs[step]! <= nowUs) return call;
  }
  return undefined;
}

/** The append under way is to be settled before this input is taken. */
export function keepForLater(slot: SagaSlot, input: OrchestratorInput): void {
  slot.inbox ??= [];
  slot.inbox.push(input);
}

/** To be answered when the append under way is durable. */
export function keepRequest(slot: SagaSlot, request: string): void {
  slot.requests ??= [];
  slot.requests.push(request);
}

/** The earlier of two times, where NEVER is later than all. */
export function earlier(a: number, b: number): number {
  return a < 0 || (b >= 0 && b < a) ? b : a;
}

/** One append of all these events. */
export function appendOf(
  saga: string,
  number: number,
  expectedVersion: number,
  epoch: number,
  atUs: number,
  events: readonly SagaEvent[],
): AppendOutput {
  const rows = new Array<StoredEvent>(events.length);
  for (let i = 0; i < events.length; i++) {
    rows[i] = { saga, version: expectedVersion + i + 1, epoch, atUs, event: events[i]! };
  }
  return { kind: 'append', saga, number, expectedVersion, epoch, events: rows };
}
