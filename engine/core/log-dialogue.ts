// What is said between an orchestrator and its store: appends, loads, and what their answers mean.
//
// E10 Every append carries the expected version and the epoch. An append whose own outcome is not known is settled by
//     reading back. One append per saga is under way at a time. A log that is read short may be a stale read, so that only
//     the store itself can say that a saga was removed.

import { assert, unreachable } from './assert.ts';
import type { OrchestratorOptions, StoreAnswer } from './orchestrator-messages.ts';
import type { Outputs } from './outputs.ts';
import { isWritten, type SagaEvent, type StoredEvent } from './saga-event.ts';
import {
  APPEND_TIMEOUT_US,
  isSameAppend,
  NEVER,
  type SagaSlot,
  SlotAppend,
  STORE_RETRY_US,
} from './saga-slot.ts';
import { isEnded } from './saga-state.ts';
import type { SlotTable } from './slot-table.ts';

/** What an answer of the store comes to. */
export type LogNews =
  /** The append under way is durable. */
  | { readonly kind: 'durable'; readonly slot: SagaSlot }
  /** This is the saga's log: it was asked for, or it is not what the append under way was made for. */
  | { readonly kind: 'log'; readonly slot: SagaSlot; readonly events: readonly StoredEvent[] }
  /** There is no such saga here, and why: it had ended and somebody removed it, or it is of another partition. */
  | { readonly kind: 'gone'; readonly slot: SagaSlot; readonly why: string }
  /** Another writer has a later epoch. */
  | { readonly kind: 'fenced'; readonly saga: string };

export class LogDialogue {
  readonly #epoch: number;
  readonly #partition: string | undefined;
  readonly #slots: SlotTable;
  readonly #outputs: Outputs;
  #appends = 0;
  #loads = 0;

  constructor({ epoch, partition }: OrchestratorOptions, slots: SlotTable, outputs: Outputs) {
    this.#epoch = epoch;
    this.#partition = partition;
    this.#slots = slots;
    this.#outputs = outputs;
  }

  append(slot: SagaSlot, expectedVersion: number, events: readonly SagaEvent[], nowUs: number): void {
    assert(slot.append === undefined, 'a commit out of turn', slot.saga);
    slot.append = new SlotAppend(slot, ++this.#appends, expectedVersion, this.#epoch, nowUs, events);
    this.#send(slot, nowUs);
  }

  load(slot: SagaSlot, nowUs: number): void {
    slot.load = ++this.#loads;
    this.#outputs.emit({ kind: 'load', saga: slot.saga, number: slot.load });
    this.#due(slot, 'load', nowUs + APPEND_TIMEOUT_US);
  }

  /** The saga was woken while something is asked of the store. */
  wake(slot: SagaSlot, nowUs: number): void {
    if (slot.storeDueAtUs > nowUs) this.#outputs.wakeBy(slot, slot.storeDueAtUs);
    else if (slot.storeNext === 'append') this.#send(slot, nowUs);
    else this.load(slot, nowUs);
  }

  answered(answer: StoreAnswer, nowUs: number): LogNews | undefined {
    if (answer.kind === 'loaded' || answer.kind === 'load-failed') {
      const slot = this.#slots.of(answer.saga);
      if (slot === undefined || slot.load !== answer.number) return undefined;
      slot.load = 0;
      if (answer.kind === 'loaded') {
        const { partition = this.#partition, events } = answer;
        return partition === this.#partition ? this.#loaded(slot, events, nowUs) : elsewhere(slot);
      }
      if (slot.storeDueAtUs >= 0) this.#due(slot, 'load', nowUs + STORE_RETRY_US);
      return undefined;
    }
    const slot = this.#slots.ofAppend(answer.append);
    if (slot === undefined || !isSameAppend(slot.append, answer.append)) return undefined;
    switch (answer.kind) {
      case 'appended':
        return durable(slot);
      case 'append-failed':
        this.#due(slot, 'append', nowUs + STORE_RETRY_US);
        return undefined;
      case 'append-unknown':
      case 'append-conflict':
        this.load(slot, nowUs);
        return undefined;
      case 'append-gone':
        // Only what has ended is removed: so the append that ended it was written, although nobody was told.
        return slot.state !== undefined && isEnded(slot.state.status)
          ? durable(slot)
          : { kind: 'gone', slot, why: 'it was removed' };
      case 'append-elsewhere':
        return elsewhere(slot);
      case 'append-fenced':
        return { kind: 'fenced', saga: slot.saga };
      default:
        return unreachable(answer);
    }
  }

  /** What stands in the log decides what became of the append. */
  #loaded(slot: SagaSlot, events: readonly StoredEvent[], nowUs: number): LogNews | undefined {
    const { append, saga } = slot;
    if ((events.at(-1)?.epoch ?? 0) > this.#epoch) return { kind: 'fenced', saga };
    if (append === undefined) return slot.state === undefined ? { kind: 'log', slot, events } : undefined;
    const written = events.slice(append.expectedVersion);
    if (written[0] === undefined) {
      this.#due(slot, 'append', nowUs);
      return undefined;
    }
    return isWritten(written, append) ? durable(slot) : { kind: 'log', slot, events };
  }

  #send(slot: SagaSlot, nowUs: number): void {
    assert(slot.append !== undefined, 'nothing to append', slot.saga);
    this.#outputs.emit(slot.append);
    this.#due(slot, 'load', nowUs + APPEND_TIMEOUT_US); // unanswered is unknown
  }

  #due(slot: SagaSlot, next: 'append' | 'load', atUs: number): void {
    slot.storeNext = next;
    slot.storeDueAtUs = atUs;
    this.#outputs.wakeBy(slot, atUs);
  }
}

function durable(slot: SagaSlot): LogNews {
  slot.append = undefined;
  slot.storeDueAtUs = NEVER;
  return { kind: 'durable', slot };
}

/** Its epochs say nothing of this writer's. */
function elsewhere(slot: SagaSlot): LogNews {
  return { kind: 'gone', slot, why: 'it is of another partition' };
}
