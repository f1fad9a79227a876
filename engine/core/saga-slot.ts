// What one process keeps of one saga that is in its memory. Nothing here survives a crash, or needs to (E9).

import type { AppendOutput, Command, OrchestratorInput } from './orchestrator-messages.ts';
import { payloadHash } from './payload-hash.ts';
import type { Call, Direction } from './protocol.ts';
import { type PendingCall, pendingCall } from './saga.ts';
import type { SagaEvent } from './saga-event.ts';
import type { SagaState } from './saga-state.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** No time: nothing is due. */
export const NEVER = -1;

/** How long an append may go unanswered before it is read back, in microseconds. */
export const APPEND_TIMEOUT_US = 5_000_000;
/** How long to wait before an append or a load that failed is tried again, in microseconds. */
export const STORE_RETRY_US = 100_000;

export interface SagaSlot {
  readonly saga: string;
  /** The table that it is in; undefined when its saga was let go of. */
  table: object | undefined;
  state: SagaState | undefined;
  /** The append under way; the state is already ahead by its events. */
  append: AppendOutput | undefined;
  /** When the store must be asked again: an append unanswered, or one to be repeated; or NEVER. */
  storeDueAtUs: number;
  storeNext: 'append' | 'load';
  /** The number of the load that is waited for: the answer of an earlier one is old. */
  load: number;
  /** What was sent and is waited for, at most one call per step: a list, for mostly there is one or none. */
  wire: SentCall | undefined;
  /** The earliest wake that was asked for and has not come. */
  wakeAtUs: number;
  inbox: OrchestratorInput[] | undefined;
  /** The wish that the append under way carries out: answered when that is durable, decided again if it fails. */
  wish: Command | undefined;
  /** Requests to create it, to be answered when the append is durable. */
  requests: readonly string[] | undefined;
  /** Where it counts as one of the sagas in hand. */
  room: WaitingRoom | undefined;
}

/** A slot for a saga that is about to begin, or (`state` undefined) to be loaded. */
export function newSlot(saga: string, table: object, state: SagaState | undefined): SagaSlot {
  return {
    saga,
    table,
    state,
    append: undefined,
    storeDueAtUs: NEVER,
    storeNext: 'load',
    load: 0,
    wire: undefined,
    wakeAtUs: NEVER,
    inbox: undefined,
    wish: undefined,
    requests: undefined,
    room: undefined,
  };
}

/** When this very attempt, sent by this process and not settled, is not waited for any longer; or NEVER. */
export function timeoutOf(
  slot: SagaSlot,
  state: SagaState,
  { step, direction, attempt }: PendingCall,
): number {
  if (slot.wire === undefined) return NEVER;
  const sent = SentCall.onWire(slot, state.definition.steps[step]!.name);
  if (sent === undefined || sent.round !== state.round) return NEVER;
  return sent.attempt === attempt && sent.direction === direction ? sent.timeoutAtUs : NEVER;
}

/** A call on the wire whose time is over, if there is one. */
export function lateCall(slot: SagaSlot, state: SagaState, nowUs: number): PendingCall | undefined {
  for (let step = 0; step < state.steps.length; step++) {
    const call = pendingCall(state, step);
    if (call === undefined) continue;
    const atUs = timeoutOf(slot, state, call);
    if (atUs >= 0 && atUs <= nowUs) return call;
  }
  return undefined;
}

/** The append under way is to be settled before this input is taken. */
export function keepForLater(slot: SagaSlot, input: OrchestratorInput): void {
  slot.inbox ??= [];
  slot.inbox.push(input);
}

/** What the append under way was to carry out is to be decided again, before anything that came later. */
export function takeBackWish(slot: SagaSlot): void {
  if (slot.wish !== undefined) slot.inbox = [slot.wish, ...(slot.inbox ?? [])];
  slot.wish = undefined;
}

/** To be answered when the append under way is durable. */
export function keepRequest(slot: SagaSlot, request: string): void {
  slot.requests = slot.requests === undefined ? [request] : [...slot.requests, request];
}

/** The earlier of two times, where NEVER is later than all. */
export function earlier(a: number, b: number): number {
  return a < 0 || (b >= 0 && b < a) ? b : a;
}

/**
 * A call that a process sends. It leads back to its slot, so that its reply needs no search; a copy of it does not.
 * The calls on the wire of one slot form a list.
 */
export class SentCall implements Call {
  readonly kind = 'call';
  readonly saga: string;
  readonly step: string;
  readonly direction: Direction;
  readonly round: number;
  readonly attempt: number;
  readonly key: string;
  readonly service: string;
  readonly action: string;
  readonly payload: unknown;
  readonly payloadHash: number;
  readonly #slot: SagaSlot;
  readonly #timeoutAtUs: number;
  #generation = 0;
  #hedgeAtUs = NEVER;
  #copies = 1;
  #next: SentCall | undefined = undefined;

  /** @throws UserError `bad-payload`, see {@link payloadHash}. */
  constructor(
    slot: SagaSlot,
    state: SagaState,
    pending: PendingCall,
    key: string,
    payload: unknown,
    timeoutAtUs: number,
  ) {
    const { direction, attempt } = pending;
    const step = state.definition.steps[pending.step]!;
    this.saga = state.saga;
    this.step = step.name;
    this.direction = direction;
    this.round = state.round;
    this.attempt = attempt;
    this.key = key;
    this.service = step.service;
    this.action = direction === 'forward' ? step.action : step.compensation!;
    this.payload = payload;
    this.payloadHash = payloadHash(payload);
    this.#slot = slot;
    this.#timeoutAtUs = timeoutAtUs;
  }

  /** The slot that the call left from; undefined for a copy. */
  static slotOf(call: Call): SagaSlot | undefined {
    return #slot in call ? call.#slot : undefined;
  }

  /** The call of a step that is on the wire, if there is one. */
  static onWire({ wire }: SagaSlot, step: string): SentCall | undefined {
    let call = wire;
    while (call !== undefined && call.step !== step) call = call.#next;
    return call;
  }

  /** Puts the call on the wire of its slot. There must be none of the same step. */
  leave(generation: number, hedgeAtUs: number): void {
    this.#generation = generation;
    this.#hedgeAtUs = hedgeAtUs;
    this.#next = this.#slot.wire;
    this.#slot.wire = this;
  }

  /** Takes the call of a step off the wire and returns it: it was answered, or is not waited for any longer. */
  static settle(slot: SagaSlot, step: string): SentCall | undefined {
    const { wire } = slot;
    if (wire === undefined) return undefined;
    if (wire.step === step) {
      slot.wire = wire.#next;
      return wire;
    }
    let before = wire;
    for (let call = before.#next; call !== undefined; call = call.#next) {
      if (call.step === step) {
        before.#next = call.#next;
        return call;
      }
      before = call;
    }
    return undefined;
  }

  /** Takes the very call that is answered off the wire; undefined when it is not on it. */
  static take(
    slot: SagaSlot,
    state: SagaState,
    {
      step,
      direction,
      round,
      attempt,
    }: Pick<Call, 'direction' | 'round' | 'attempt'> & { readonly step: number },
  ): SentCall | undefined {
    const { name } = state.definition.steps[step]!;
    const sent = SentCall.onWire(slot, name);
    if (sent?.direction !== direction || sent.round !== round || sent.attempt !== attempt) return undefined;
    return SentCall.settle(slot, name);
  }

  /** That of its service when it was sent first. */
  get generation(): number {
    return this.#generation;
  }

  /** When a copy of it is to be sent, if no answer comes before; or NEVER. */
  get hedgeAtUs(): number {
    return this.#hedgeAtUs;
  }

  /** How often it was sent. */
  get copies(): number {
    return this.#copies;
  }

  /** A copy leaves, the only one; or is given up. */
  hedged(leaves: boolean): void {
    this.#hedgeAtUs = NEVER;
    if (leaves) this.#copies++;
  }

  /** Until when its answer is waited for, in microseconds. */
  get timeoutAtUs(): number {
    return this.#timeoutAtUs;
  }
}

/** An append that leads back to its slot, as a {@link SentCall} does. */
export class SlotAppend implements AppendOutput {
  readonly kind = 'append';
  readonly saga: string;
  readonly number: number;
  readonly expectedVersion: number;
  readonly epoch: number;
  readonly atUs: number;
  readonly events: readonly SagaEvent[];
  readonly #slot: SagaSlot;

  constructor(
    slot: SagaSlot,
    number: number,
    expectedVersion: number,
    epoch: number,
    atUs: number,
    events: readonly SagaEvent[],
  ) {
    this.saga = slot.saga;
    this.number = number;
    this.expectedVersion = expectedVersion;
    this.epoch = epoch;
    this.atUs = atUs;
    this.events = events;
    this.#slot = slot;
  }

  /** The slot that the append left from; undefined for a copy. */
  static slotOf(append: AppendOutput): SagaSlot | undefined {
    return #slot in append ? append.#slot : undefined;
  }
}

/** Whether an answer is about this very append: of this life, and the one that is under way. */
export function isSameAppend(underWay: AppendOutput | undefined, answered: AppendOutput): boolean {
  return underWay?.number === answered.number && underWay.epoch === answered.epoch;
}
