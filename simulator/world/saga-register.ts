// The sagas of a run that are not forgotten, by id. The parts of the world ask for the saga at hand again and again
// within one event: the last answer is remembered.

import type { SimSaga } from './sim-saga.ts';

export class SagaRegister {
  readonly #sagas = new Map<string, SimSaga>();
  #last: SimSaga | undefined;

  get(id: string): SimSaga | undefined {
    if (this.#last?.id === id) return this.#last;
    const found = this.#sagas.get(id);
    if (found !== undefined) this.#last = found;
    return found;
  }

  /** Says which saga the present event is about. */
  touch(saga: SimSaga): void {
    this.#last = saga;
  }

  add(saga: SimSaga): void {
    this.#sagas.set(saga.id, saga);
  }

  /** False when it was forgotten before. */
  forget(saga: SimSaga): boolean {
    if (this.#last === saga) this.#last = undefined;
    return this.#sagas.delete(saga.id);
  }

  values(): Iterable<SimSaga> {
    return this.#sagas.values();
  }
}
