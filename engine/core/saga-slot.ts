// What one process keeps of one saga that is in its memory. Nothing here survives a crash, or needs to (E9).

import type { AppendOutput, OrchestratorInput } from './orchestrator-messages.ts';
import type { Direction } from './protocol.ts';
import { type PendingCall, pendingCall } from './saga.ts';
import type { SagaEvent } from './saga-event.ts';
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
  /** What was sent and is waited for, at most one call per step: a list, for mostly there is one or none. */
  wire: Sent | undefined;
  /** The earliest wake that was asked for and has not come. */
  wakeAtUs: number;
  inbox: OrchestratorInput[] | undefined;
  /** Requests to be answered when the append is durable. */
  requests: string[] | undefined;
}

/** An attempt on the wire. */
interface Sent {
  readonly step: number;
  readonly direction: Direction;
  readonly attempt: number;
  readonly timeoutAtUs: number;
  readonly next: Sent | undefined;
}

/** A slot for a saga that is about to begin, or (`state` undefined) to be loaded. */
export function newSlot(saga: string, state: SagaState | undefined): SagaSlot {
  return {
    saga,
    state,
    append: undefined,
    storeDueAtUs: NEVER,
    storeNext: 'load',
    wire: undefined,
    wakeAtUs: NEVER,
    inbox: undefined,
    requests: undefined,
  };
}

/** When this very attempt, sent by this process and not settled, is not waited for any longer; or NEVER. */
export function timeoutOf({ wire }: SagaSlot, { step, direction, attempt }: PendingCall): number {
  let sent = wire;
  while (sent !== undefined && sent.step !== step) sent = sent.next;
  return sent !== undefined && sent.attempt === attempt && sent.direction === direction
    ? sent.timeoutAtUs
    : NEVER;
}

export function putOnWire(slot: SagaSlot, call: PendingCall, timeoutAtUs: number): void {
  const { step, direction, attempt } = call;
  slot.wire = { step, direction, attempt, timeoutAtUs, next: without(slot.wire, step) };
}

/** The attempt on the wire was answered, or is not waited for any longer. */
export function takeOffWire(slot: SagaSlot, step: number): void {
  slot.wire = without(slot.wire, step);
}

function without(wire: Sent | undefined, step: number): Sent | undefined {
  if (wire === undefined || wire.step === step) return wire?.next;
  return { ...wire, next: without(wire.next, step) };
}

/** A call on the wire whose time is over, if there is one. */
export function lateCall(slot: SagaSlot, state: SagaState, nowUs: number): PendingCall | undefined {
  for (let step = 0; step < state.steps.length; step++) {
    const call = pendingCall(state, step);
    if (call === undefined) continue;
    const atUs = timeoutOf(slot, call);
    if (atUs >= 0 && atUs <= nowUs) return call;
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
  return { kind: 'append', saga, number, expectedVersion, epoch, atUs, events };
}
