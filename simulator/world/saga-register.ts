// The sagas of a run that are not forgotten, by number. The parts of the world ask for the saga at hand again and
// again within one event: the last answer is remembered, so that its id is hardly ever looked up.

import type { SimSaga } from './sim-saga.ts';

/** The id of the saga that was started as number `index` of its run, from 0. */
export function sagaId(index: number): string {
  return `s-${index}`;
}

export class SagaRegister {
  readonly #sagas: (SimSaga | undefined)[] = [];
  /** Before it all are forgotten. */
  #first = 0;
  #last: SimSaga | undefined;
  /** None is forgotten: what a service does later by itself is judged, too. */
  keepsAll = false;

  get(id: string): SimSaga | undefined {
    if (this.#last?.id === id) return this.#last;
    const found = this.#sagas[Number(id.slice(2))];
    if (found === undefined || found.id !== id) return undefined;
    this.#last = found;
    return found;
  }

  /** Says which saga the present event is about. One that was forgotten stays so. */
  touch(saga: SimSaga): void {
    if (this.#sagas[saga.index] === saga) this.#last = saga;
  }

  add(saga: SimSaga): void {
    const sagas = this.#sagas;
    while (sagas.length <= saga.index) sagas.push(undefined);
    sagas[saga.index] = saga;
    if (saga.index < this.#first) this.#first = saga.index;
  }

  /** False when it was forgotten before, or is kept. */
  forget({ index }: SimSaga): boolean {
    const sagas = this.#sagas;
    const saga = sagas[index];
    if (saga === undefined || this.keepsAll) return false;
    sagas[index] = undefined;
    if (this.#last === saga) this.#last = undefined;
    while (this.#first < sagas.length && sagas[this.#first] === undefined) this.#first++;
    return true;
  }

  /** In the order of their numbers. */
  *values(): Iterable<SimSaga> {
    for (let index = this.#first; index < this.#sagas.length; index++) {
      const saga = this.#sagas[index];
      if (saga !== undefined) yield saga;
    }
  }
}
