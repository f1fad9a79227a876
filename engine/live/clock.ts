// Real time for a live engine: the twin of the simulator's clock. Owns the wakes of one host.
//
// K1. Time is in microseconds since 1970, read once from the wall and counted on by a clock that never steps: within
//     a process it does not go back, and a correction of the wall shows only after a restart.
// K2. Wakes are kept by the millisecond that they fall due in. One real timer stands for the earliest.
// K3. A wake never comes before its time.

import FlatQueue from 'flatqueue';
import type { Clock, InputSink } from '../core/ports.ts';

/** Beyond this, a Node timer fires at once; in milliseconds. */
const TIMER_MAX_MS = 2_147_483_647;

interface Wake {
  readonly saga: string;
  readonly answers: InputSink;
}

/** K1. */
export function liveNowUs(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1_000);
}

/** How a {@link LiveClock} treats the process that it runs in. */
export interface LiveClockOptions {
  /** False: wakes that are due later do not keep the process alive. Default true. */
  readonly ref?: boolean;
}

/**
 * Wakes sagas by Node's timers. A clock serves one host: two would take each other's sagas for their own.
 *
 * @example
 * const clock = new LiveClock();
 * clock.wake('s-1', clock.nowUs() + 5_000, { input: ({ kind }) => console.log(kind) }); // "wake", in 5 ms
 */
export class LiveClock implements Clock {
  readonly #ref: boolean;
  /** The wakes that are wanted. Those in `#due` that are not here were cancelled or replaced. */
  readonly #wakes = new Map<string, Wake>();
  /** By the millisecond since 1970. */
  readonly #due = new Map<number, Wake[]>();
  readonly #times = new FlatQueue<number>();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Infinity;

  constructor({ ref = true }: LiveClockOptions = {}) {
    this.#ref = ref;
  }

  nowUs(): number {
    return liveNowUs();
  }

  wake(saga: string, atUs: number, answers: InputSink): void {
    const wake = { saga, answers };
    const atMs = Math.ceil(atUs / 1_000); // K3
    this.#wakes.set(saga, wake);
    const due = this.#due.get(atMs);
    if (due !== undefined) due.push(wake);
    else {
      this.#due.set(atMs, [wake]);
      this.#times.push(atMs, atMs);
    }
    if (atMs < this.#timerAtMs) this.#setTimer(atMs);
  }

  cancel(saga: string): void {
    if (this.#wakes.delete(saga) && this.#wakes.size === 0) this.close();
  }

  /** Drops all wakes. The clock can be used on. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timerAtMs = Infinity;
    this.#wakes.clear();
    this.#due.clear();
    this.#times.clear();
  }

  #setTimer(atMs: number): void {
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    const delayMs = Math.ceil(atMs - this.nowUs() / 1_000);
    this.#timer = setTimeout(() => this.#ring(), Math.min(Math.max(delayMs, 0), TIMER_MAX_MS));
    if (!this.#ref) this.#timer.unref();
  }

  #ring(): void {
    this.#timerAtMs = Infinity;
    for (const wake of this.#takeDue(this.nowUs())) {
      if (this.#wakes.get(wake.saga) !== wake) continue;
      this.#wakes.delete(wake.saga);
      wake.answers.input({ kind: 'wake', saga: wake.saga });
    }
    const next = this.#times.peekValue();
    if (next !== undefined && next < this.#timerAtMs) this.#setTimer(next);
  }

  #takeDue(nowUs: number): readonly Wake[] {
    const due: Wake[] = [];
    for (let next = this.#times.peekValue(); next !== undefined; next = this.#times.peekValue()) {
      if (next * 1_000 > nowUs) break;
      this.#times.pop();
      for (const wake of this.#due.get(next)!) due.push(wake);
      this.#due.delete(next);
    }
    return due;
  }
}
