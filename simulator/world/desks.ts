// What users' code in another thread has to do with time: its timers are events like any other (S3).
//
// D2. Timers that nobody waits for do not keep a run alive for ever: where nothing else is to come, they go off for
//     another minute.
// D3. What such code does by itself may come long after a saga has ended, and is judged all the same: no saga is forgotten.

import type { EventHandle } from '../kernel/event-queue.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { World } from './world.ts';

const TICK = 0;
const START = 1;
const LATER = 2;
const LINGER_US = 60_000_000;

/** Something that keeps calls in its hands. */
export interface Desk {
  /** How many. */
  readonly length: number;
  /** Its timers are due. */
  tick(life: number): void;
  /** It may begin a life. */
  comesUp?(life: number): void;
}

/** Lets timers go off at all desks: one actor serves them all. */
export class Desks implements Actor {
  readonly #world: World;
  readonly #id: number;
  readonly #desks = new Set<Desk>();
  /** Events that are to come and are timers. */
  #ticks = 0;
  #idleSinceUs = -1;

  constructor(world: World) {
    this.#world = world;
    this.#id = world.sim.add(this);
    world.sagas.keepsAll = true;
  }

  add(desk: Desk): void {
    this.#desks.add(desk);
  }

  /** It has nothing in its hands any more, and never will. */
  remove(desk: Desk): void {
    this.#desks.delete(desk);
  }

  startAt(atUs: number, desk: Desk, life: number): void {
    this.#ticks++;
    this.#world.sim.schedule(atUs, this.#id, START, desk, life);
  }

  /** @returns what {@link noTick} takes */
  tickAt(atUs: number, desk: Desk, life: number): EventHandle {
    this.#ticks++;
    this.#world.sim.schedule(atUs, this.#id, TICK, desk, life);
    return this.#world.sim.handle;
  }

  noTick(tick: EventHandle): void {
    if (this.#world.sim.cancel(tick)) this.#ticks--;
  }

  /** Something that is no timer: the run goes on until it has happened. */
  later(atUs: number, act: () => void): void {
    this.#world.sim.schedule(atUs, this.#id, LATER, act);
  }

  happen(code: number, item: unknown, life: unknown): void {
    if (code === LATER) return (item as () => void)();
    this.#ticks--;
    const desk = item as Desk;
    if (code === START) desk.comesUp?.(life as number);
    else if (!this.#isOver()) desk.tick(life as number);
  }

  /** D2. */
  #isOver(): boolean {
    const { sim } = this.#world;
    const isIdle = sim.pending <= this.#ticks && [...this.#desks].every((desk) => desk.length === 0);
    if (!isIdle) this.#idleSinceUs = -1;
    else if (this.#idleSinceUs < 0) this.#idleSinceUs = sim.nowUs;
    return isIdle && sim.nowUs - this.#idleSinceUs > LINGER_US;
  }
}

/** The next timer of one desk. */
export class Ticker {
  readonly #desks: Desks;
  readonly #desk: Desk;
  #atUs = -1;
  #tick: EventHandle | undefined;

  constructor(desks: Desks, desk: Desk) {
    this.#desks = desks;
    this.#desk = desk;
  }

  /** It goes off at this time instead of at another; -1: there is none. */
  set(atUs: number, life: number): void {
    if (atUs === this.#atUs) return;
    this.off();
    if (atUs < 0) return;
    this.#atUs = atUs;
    this.#tick = this.#desks.tickAt(atUs, this.#desk, life);
  }

  off(): void {
    if (this.#tick !== undefined) this.#desks.noTick(this.#tick);
    this.went();
  }

  /** It went off. */
  went(): void {
    this.#atUs = -1;
    this.#tick = undefined;
  }
}
