// The sagas that one orchestrator has in memory. Most answers lead back to their slot by themselves (a saga may have
// thousands of others around it, and a search by its id is the dearest part of a small input).

import type { AppendOutput } from './orchestrator-messages.ts';
import type { Call } from './protocol.ts';
import { newSlot, type SagaSlot, SentCall, SlotAppend } from './saga-slot.ts';
import type { SagaState } from './saga-state.ts';

export class SlotTable {
  readonly #slots = new Map<string, SagaSlot>();

  get size(): number {
    return this.#slots.size;
  }

  of(saga: string): SagaSlot | undefined {
    return this.#slots.get(saga);
  }

  ofCall(call: Call): SagaSlot | undefined {
    return this.#here(SentCall.slotOf(call)) ?? this.#slots.get(call.saga);
  }

  ofAppend(append: AppendOutput): SagaSlot | undefined {
    return this.#here(SlotAppend.slotOf(append)) ?? this.#slots.get(append.saga);
  }

  /** Undefined when it was closed, or belongs to another orchestrator. */
  #here(slot: SagaSlot | undefined): SagaSlot | undefined {
    return slot?.table === this ? slot : undefined;
  }

  open(saga: string, state: SagaState | undefined): SagaSlot {
    const slot = newSlot(saga, this, state);
    this.#slots.set(saga, slot);
    return slot;
  }

  close(slot: SagaSlot): void {
    slot.table = undefined;
    this.#slots.delete(slot.saga);
  }

  /** Closes all: a call that is still on its way leads back to its slot, and must not keep the others alive. */
  clear(): void {
    for (const slot of this.#slots.values()) slot.table = undefined;
    this.#slots.clear();
  }
}
