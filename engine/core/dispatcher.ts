// Sends the calls of sagas: what is pending, due and not on the wire (E9), as far as the governor of their policy
// permits. Sees to it that nothing that is due later is missed.
//
// E1 It is asked only when the saga's log is durable.

import { makeCall } from './call.ts';
import type { DefinitionBook } from './definition-book.ts';
import type { Outputs } from './outputs.ts';
import type { Governor } from './policy.ts';
import type { Direction, Outcome } from './protocol.ts';
import { deadlineOf, type PendingCall, pendingCall, type SagaState } from './saga.ts';
import { earlier, NEVER, type SagaSlot, SentCall, timeoutOf } from './saga-slot.ts';

/** A pending call that is settled without having been sent. */
export interface Unsent {
  readonly call: PendingCall;
  readonly outcome: Outcome;
}

export class Dispatcher {
  readonly #outputs: Outputs;
  readonly #book: DefinitionBook;
  /** Services of which a place was given back: others may wait for it. */
  readonly freed: string[] = [];

  constructor(outputs: Outputs, book: DefinitionBook) {
    this.#outputs = outputs;
    this.#book = book;
  }

  /** Sends what is due; or stops at the first call that cannot be sent, and returns what settles it. */
  dispatch(slot: SagaSlot, state: SagaState, nowUs: number): Unsent | undefined {
    const governor = this.#book.governorOf(state.definition);
    let wakeAtUs = deadlineOf(state);
    for (let step = 0; step < state.steps.length; step++) {
      const call = pendingCall(state, step);
      if (call === undefined) {
        if (governor !== undefined) this.#letGo(slot, state, step, governor, nowUs);
        continue;
      }
      if (timeoutOf(slot, state, call) === NEVER) {
        if (call.dueAtUs > nowUs) {
          wakeAtUs = earlier(wakeAtUs, call.dueAtUs);
          continue;
        }
        const unsent = this.#send(slot, state, call, governor, nowUs);
        if (unsent !== undefined) return unsent;
      } else if (governor !== undefined) this.#hedge(slot, state, call, governor, nowUs);
      wakeAtUs = earlier(wakeAtUs, this.#lookAgainAt(slot, state, call));
    }
    if (wakeAtUs >= 0) this.#outputs.wakeBy(slot, wakeAtUs);
    return undefined;
  }

  #send(
    slot: SagaSlot,
    state: SagaState,
    pending: PendingCall,
    governor: Governor | undefined,
    nowUs: number,
  ): Unsent | undefined {
    const step = state.definition.steps[pending.step]!;
    const replaced = SentCall.settle(slot, step.name); // a forward call that its undo no longer waits for
    if (governor !== undefined) {
      if (replaced !== undefined) this.#release(governor, replaced, nowUs);
      const permission = governor.permit(dueCall(state, pending), nowUs);
      if (permission === 'wait') return undefined;
      if (permission !== 'go') return { call: pending, outcome: permission };
    }
    const timeoutUs = step.timeoutUs ?? this.#book.policyOf(state.definition).callTimeoutUs;
    const call = makeCall(slot, state, pending, nowUs + timeoutUs);
    if (call.kind === 'rejected') {
      if (governor !== undefined) this.#returnPermit(governor, step.service, pending.direction, nowUs);
      return { call: pending, outcome: call };
    }
    const hedges = governor !== undefined && governor.hedgeAfterUs >= 0 && !step.hasEffects;
    call.leave(governor?.generation(step.service) ?? 0, hedges ? nowUs + governor.hedgeAfterUs : NEVER);
    this.#outputs.emit(call);
    return undefined;
  }

  /** A call that nobody waits for any more, and that no undo will replace, gives its place back. */
  #letGo(slot: SagaSlot, state: SagaState, step: number, governor: Governor, nowUs: number): void {
    if (slot.wire === undefined) return;
    const sent = SentCall.settle(slot, state.definition.steps[step]!.name);
    if (sent !== undefined) this.#release(governor, sent, nowUs);
  }

  #release(governor: Governor, sent: SentCall, nowUs: number): void {
    release(governor, sent, undefined, nowUs);
    this.freed.push(sent.service);
  }

  #returnPermit(governor: Governor, service: string, direction: Direction, nowUs: number): void {
    governor.settled({ service, direction, generation: governor.generation(service) }, undefined, nowUs);
    this.freed.push(service);
  }

  /** Sends a call without effects once more, when its answer is late and the service has room. */
  #hedge(slot: SagaSlot, state: SagaState, call: PendingCall, governor: Governor, nowUs: number): void {
    const sent = SentCall.onWire(slot, state.definition.steps[call.step]!.name);
    if (sent === undefined || sent.hedgeAtUs < 0 || sent.hedgeAtUs > nowUs) return;
    const leaves = governor.permitCopy(sent.service);
    sent.hedged(leaves);
    if (leaves) this.#outputs.emit(sent);
  }

  /** When its answer is late, or a copy is to be sent; NEVER for one that waits for a permit. */
  #lookAgainAt(slot: SagaSlot, state: SagaState, call: PendingCall): number {
    const sent = SentCall.onWire(slot, state.definition.steps[call.step]!.name);
    return sent === undefined ? NEVER : earlier(sent.timeoutAtUs, sent.hedgeAtUs);
  }
}

function dueCall(state: SagaState, { step, direction }: PendingCall) {
  const isFirst = state.steps.every(
    ({ status, attempt }) => status === 'pending' || (status === 'running' && attempt === 1),
  );
  const { service } = state.definition.steps[step]!;
  return { saga: state.saga, service, direction, step, isFirst };
}

/** The governor learns that a call, and its copies, are not waited for any more. */
export function release(
  governor: Governor,
  call: SentCall,
  outcome: Outcome | undefined,
  nowUs: number,
): void {
  governor.settled(call, outcome, nowUs);
  for (let copy = 1; copy < call.copies; copy++) governor.settled(call, undefined, nowUs);
}
