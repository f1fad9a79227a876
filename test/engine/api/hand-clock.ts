// A clock for tests that is set by hand.

import type { Clock, InputSink } from '../../../engine/core/ports.ts';

/** Time that goes where it is told to go, and rings on its way. */
export class HandClock implements Clock {
  #nowUs = 0;
  readonly #wakes = new Map<string, { readonly atUs: number; readonly answers: InputSink }>();

  nowUs(): number {
    return this.#nowUs;
  }

  wake(saga: string, atUs: number, answers: InputSink): void {
    this.#wakes.set(saga, { atUs, answers });
  }

  cancel(saga: string): void {
    this.#wakes.delete(saga);
  }

  get size(): number {
    return this.#wakes.size;
  }

  goTo(nowUs: number): void {
    for (;;) {
      const [next] = [...this.#wakes]
        .filter(([, { atUs }]) => atUs <= nowUs)
        .sort(([, a], [, b]) => a.atUs - b.atUs);
      if (next === undefined) break;
      const [saga, { atUs, answers }] = next;
      this.#wakes.delete(saga);
      this.#nowUs = Math.max(this.#nowUs, atUs);
      answers.input({ kind: 'wake', saga });
    }
    this.#nowUs = nowUs;
  }
}
