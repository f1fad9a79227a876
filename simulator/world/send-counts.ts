// How often each operation was sent, and when it was first. One small block of numbers per saga in two arrays for
// all sagas: these counts are read at every message, and thousands of little arrays would be far apart in memory.

import type { SimSaga } from './sim-saga.ts';

const BLOCKS_MIN = 1024;

export class SendCounts {
  #counts = new Int32Array(BLOCKS_MIN);
  #firstAtUs = new Float64Array(BLOCKS_MIN);
  #used = 0;

  /** Makes room for a saga of so many steps; the place goes into {@link SimSaga.sendsAt}. */
  reserve(steps: number): number {
    const at = this.#used;
    this.#used += 2 * steps;
    if (this.#used > this.#counts.length) this.#grow();
    return at;
  }

  #grow(): void {
    const counts = new Int32Array(2 * this.#used);
    counts.set(this.#counts);
    this.#counts = counts;
    const firstAtUs = new Float64Array(2 * this.#used);
    firstAtUs.set(this.#firstAtUs);
    this.#firstAtUs = firstAtUs;
  }

  /** Transmissions of an operation (step × 2 + direction) so far. */
  of({ sendsAt }: SimSaga, operation: number): number {
    return this.#counts[sendsAt + operation]!;
  }

  /** Counts one more; one that a crash prevents counts, too. */
  add({ sendsAt }: SimSaga, operation: number, nowUs: number): void {
    if (++this.#counts[sendsAt + operation]! === 1) this.#firstAtUs[sendsAt + operation] = nowUs;
  }

  /** When the operation was first sent, in microseconds. */
  firstAtUs({ sendsAt }: SimSaga, operation: number): number {
    return this.#firstAtUs[sendsAt + operation]!;
  }
}
