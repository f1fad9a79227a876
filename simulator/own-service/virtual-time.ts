// The time in which users' services live, their timers, and whose they are. Nothing here asks the real clock.
//
// T1. Timers go off in the order of (time, setting), one at a time.
// T2. A timer belongs to one life of one service: it dies with it. One that no service set never goes off.
// T3. Timers go by the time of the world; what a clock shows is the machine's, which may be wrong.

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { Task } from '../timed-participant.ts';

/** One life of a process: of a service, or of an engine with a client in it. */
export interface Life {
  /** In words: `service "payments"`. */
  readonly name: string;
  /** For what is drawn by chance: of the run, the process and this life. */
  readonly seed: string;
  readonly timers: Set<VirtualTimer>;
  isOver: boolean;
  /** Answers what it asks of others. */
  outgoing: ((request: Request) => Response | undefined | Promise<Response | undefined>) | undefined;
}

/** For whom code runs: a call, or the service by itself. */
export interface Owner {
  readonly life: Life;
  readonly task: Task | undefined;
  /** Made when it is first drawn from. */
  random: (() => number) | undefined;
}

export const owners = new AsyncLocalStorage<Owner>();

/** 2026-01-01T00:00:00Z: the virtual time 0, as a `Date`. */
export const EPOCH_MS = 1_767_225_600_000;
const DELAY_MS_MAX = 2 ** 31 - 1;

/** What time it is: see TurnTime. */
export const present = { nowUs: 0, clockUs: 0 };

/** Milliseconds since 1970, as the machine's clock shows them. */
export function nowMs(): number {
  return EPOCH_MS + Math.floor(present.clockUs / 1_000);
}

let lastNumber = 0;
const byNumber = new Map<number, VirtualTimer>();

/** What `setTimeout` and `setInterval` return. */
export class VirtualTimer {
  readonly number = ++lastNumber;
  readonly owner = owners.getStore();
  dueUs = 0;
  #sequence = 0;
  readonly #delayMs: number;
  readonly #repeats: boolean;
  readonly #act: () => void;

  constructor(act: () => void, delayMs: unknown, repeats: boolean) {
    const ms = Math.trunc(Number(delayMs));
    this.#delayMs = ms >= 1 && ms <= DELAY_MS_MAX ? ms : 1;
    this.#repeats = repeats;
    this.#act = AsyncResource.bind(act);
    this.refresh();
  }

  refresh(): this {
    this.dueUs = present.nowUs + this.#delayMs * 1_000;
    this.#sequence = ++lastNumber;
    if (this.owner !== undefined && !this.owner.life.isOver) {
      this.owner.life.timers.add(this); // T2
      byNumber.set(this.number, this);
    }
    return this;
  }

  close(): this {
    this.owner?.life.timers.delete(this);
    byNumber.delete(this.number);
    return this;
  }

  fire(): void {
    if (this.#repeats) this.refresh();
    else this.close();
    this.#act();
  }

  /** T1. */
  isBefore(other: VirtualTimer): boolean {
    return this.dueUs < other.dueUs || (this.dueUs === other.dueUs && this.#sequence < other.#sequence);
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }

  [Symbol.toPrimitive](): number {
    return this.number;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** As `clearTimeout` is called: with a timer, its number, or anything. */
export function clear(timer: unknown): void {
  const found = timer instanceof VirtualTimer ? timer : byNumber.get(Number(timer));
  found?.close();
}

/** The timer of a life that goes off first. */
export function nextTimer({ timers }: Life): VirtualTimer | undefined {
  let next: VirtualTimer | undefined;
  for (const timer of timers) if (next === undefined || timer.isBefore(next)) next = timer;
  return next;
}

/** The process dies: none of its timers ever goes off (T2). */
export function end(life: Life): void {
  life.isOver = true;
  for (const timer of life.timers) timer.close();
}
