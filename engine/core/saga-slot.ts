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
  readonly wire: number[];
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
    wire: new Array<number>(2 * steps).fill(0),
    wakeAtUs: NEVER,
    inbox: undefined,
    requests: undefined,
  };
}

/** Whether this very attempt was sent by this process and has not been settled. */
export function isOnWire({ wire }: SagaSlot, { step, direction, attempt }: PendingCall): boolean {
  return wire[2 * step] === (direction === 'forward' ? attempt : -attempt);
}

export function putOnWire(slot: SagaSlot, call: PendingCall, timeoutAtUs: number): void {
  slot.wire[2 * call.step] = call.direction === 'forward' ? call.attempt : -call.attempt;
  slot.wire[2 * call.step + 1] = timeoutAtUs;
}

/** The attempt on the wire was answered, or is not waited for any longer. */
export function takeOffWire(slot: SagaSlot, step: number): void {
  slot.wire[2 * step] = 0;
}

/** When the attempt on the wire is not waited for any longer, in microseconds. */
export function timeoutAtUs({ wire }: SagaSlot, step: number): number {
  return wire[2 * step + 1]!;
}

/** A call on the wire whose time is over, if there is one. */
export function lateCall(slot: SagaSlot, state: SagaState, nowUs: number): PendingCall | undefined {
  for (let step = 0; step < state.steps.length; step++) {
    const call = pendingCall(state, step);
    if (call !== undefined && isOnWire(slot, call) && timeoutAtUs(slot, step) <= nowUs) return call;
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
