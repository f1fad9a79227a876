// How often each operation was sent, and when it was first. In one array for all sagas, by the places of their case
// files: this is read at every message, and thousands of little arrays would be far apart in memory.

import type { OpenCase } from '../invariants/case-book.ts';

/** Numbers per operation (step × 2 + direction): transmissions so far, and the time of the first in microseconds. */
const WIDTH = 2;

export class SendCounts {
  /** Transmissions of all operations so far. */
  total = 0;
  #numbers = new Float64Array(64 * WIDTH);

  /** A saga begins with no sends. */
  clear({ at, definition }: OpenCase): void {
    const end = 2 * (at + definition.steps.length) * WIDTH;
    if (end > this.#numbers.length) {
      const larger = new Float64Array(2 * end);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    for (let i = 2 * at * WIDTH; i < end; i++) this.#numbers[i] = 0;
  }

  /** Transmissions of an operation so far. */
  of({ at }: OpenCase, operation: number): number {
    return this.#numbers[(2 * at + operation) * WIDTH]! | 0; // a small integer again
  }

  /** Counts one more, and returns how many; one that a crash prevents counts, too. */
  add({ at }: OpenCase, operation: number, nowUs: number): number {
    const numbers = this.#numbers;
    const place = (2 * at + operation) * WIDTH;
    this.total++;
    const sends = (numbers[place]! | 0) + 1;
    numbers[place] = sends;
    if (sends === 1) numbers[place + 1] = nowUs;
    return sends;
  }

  /** When the operation was first sent, in microseconds. */
  firstAtUs({ at }: OpenCase, operation: number): number {
    return this.#numbers[(2 * at + operation) * WIDTH + 1]!;
  }
}
