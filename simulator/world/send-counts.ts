// How often each operation was sent, and when it was first. In two arrays for all sagas, by the places of their case
// files: these counts are read at every message, and thousands of little arrays would be far apart in memory.

import type { OpenCase } from '../invariants/case-book.ts';

export class SendCounts {
  #counts = new Int32Array(2048);
  #firstAtUs = new Float64Array(2048);

  /** A saga begins with no sends. */
  clear({ at, definition }: OpenCase): void {
    const end = 2 * (at + definition.steps.length);
    if (end > this.#counts.length) this.#grow(2 * end);
    this.#counts.fill(0, 2 * at, end);
  }

  #grow(length: number): void {
    const counts = new Int32Array(length);
    counts.set(this.#counts);
    this.#counts = counts;
    const firstAtUs = new Float64Array(length);
    firstAtUs.set(this.#firstAtUs);
    this.#firstAtUs = firstAtUs;
  }

  /** Transmissions of an operation (step × 2 + direction) so far. */
  of({ at }: OpenCase, operation: number): number {
    return this.#counts[2 * at + operation]!;
  }

  /** Counts one more; one that a crash prevents counts, too. */
  add({ at }: OpenCase, operation: number, nowUs: number): void {
    if (++this.#counts[2 * at + operation]! === 1) this.#firstAtUs[2 * at + operation] = nowUs;
  }

  /** When the operation was first sent, in microseconds. */
  firstAtUs({ at }: OpenCase, operation: number): number {
    return this.#firstAtUs[2 * at + operation]!;
  }
}
