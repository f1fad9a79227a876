// A store that lives as long as its process: for tests, trials, and sagas that may be lost with it. It answers at once.
//
// M1. As of every store (E10): an append becomes part of the log whole or not at all; epoch first, then version.

import type { AppendOutput, LoadOutput, StoreAnswer } from '../core/orchestrator-messages.ts';
import type { EpochSink, InputSink, Store, StoredEvent } from '../core/ports.ts';
import { rowsOf } from '../core/saga-event.ts';
import { isAtRest } from '../core/saga-state.ts';
import { statusAfter } from './saga-standing.ts';

interface MemorySaga {
  readonly partition: string;
  readonly log: StoredEvent[];
  isOpen: boolean;
}

/**
 * Keeps the logs of sagas in memory. Nothing is ever removed: use it for what ends soon.
 *
 * @example
 * const host = new Host({ store: new MemoryStore(), transport, definitions: [transfer] });
 */
export class MemoryStore implements Store {
  readonly #sagas = new Map<string, MemorySaga>();
  /** The partition that an epoch was opened for, as long as it is the latest of that partition. */
  readonly #current = new Map<number, string>();
  #epoch = 0;

  append(append: AppendOutput, answers: InputSink): void {
    answers.input({ kind: this.#write(append), append });
  }

  load({ saga, number }: LoadOutput, answers: InputSink): void {
    answers.input({ kind: 'loaded', saga, number, events: [...(this.#sagas.get(saga)?.log ?? [])] });
  }

  open(partition: string, answers: EpochSink): void {
    for (const [epoch, name] of this.#current) if (name === partition) this.#current.delete(epoch);
    const epoch = ++this.#epoch;
    this.#current.set(epoch, partition);
    const open = [...this.#sagas.values()].filter((saga) => saga.isOpen && saga.partition === partition);
    answers.opened(
      epoch,
      open.map(({ log }) => [...log]),
    );
  }

  #write(append: AppendOutput): StoreAnswer['kind'] & `append${string}` {
    const partition = this.#current.get(append.epoch);
    const saga = this.#sagas.get(append.saga);
    if (partition === undefined || (saga !== undefined && saga.partition !== partition))
      return 'append-fenced';
    if (append.expectedVersion !== (saga?.log.length ?? 0)) return 'append-conflict';
    const written = saga ?? { partition, log: [], isOpen: true };
    if (saga === undefined) this.#sagas.set(append.saga, written);
    written.log.push(...rowsOf(append));
    const status = statusAfter(append.events);
    if (status !== undefined) written.isOpen = !isAtRest(status);
    return 'appended';
  }
}
