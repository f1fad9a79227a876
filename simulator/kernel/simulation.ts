// Virtual time. Knows nothing of sagas: it moves the clock and hands events to actors.
//
// S1. Events happen in the order of (time, scheduling).
// S2. Time jumps before the event runs: a callback never sees a later now.
// S10. A run is bounded in events and in virtual time.

import { assert } from '../../engine/core/assert.ts';
import type { EventHandle, EventQueue } from './event-queue.ts';
import { Fingerprint, type TraceLog } from './trace.ts';

/** Something that events happen to. Actors are known by a small number: an event allocates nothing. */
export interface Actor {
  happen(code: number, item: unknown, detail: unknown): void;
}

export interface Bounds {
  readonly eventsMax: number;
  readonly untilUs: number;
}

/** Why {@link Simulation.run} returned. */
export type Stop = 'quiescent' | 'events-max' | 'time-max' | 'stopped';

export class Simulation {
  nowUs = 0;
  /** Events that have happened. */
  events = 0;
  readonly fingerprint = new Fingerprint();
  readonly #queue: EventQueue;
  readonly #actors: Actor[] = [];
  readonly #trace: TraceLog | undefined;
  #stopped = false;

  /** @param queue an empty queue; a worker uses one for all its runs */
  constructor(queue: EventQueue, trace?: TraceLog) {
    assert(queue.size === 0, 'a simulation starts with an empty queue');
    this.#queue = queue;
    this.#trace = trace;
  }

  /** Registers an actor; the number goes into {@link schedule}. At most 256. */
  add(actor: Actor): number {
    assert(this.#actors.length < 256, 'at most 256 actors');
    return this.#actors.push(actor) - 1;
  }

  schedule(atUs: number, actor: number, code: number, item: unknown, detail?: unknown): void {
    this.#queue.schedule(atUs < this.nowUs ? this.nowUs : atUs, actor, code, item, detail);
  }

  /** Names the event that was scheduled last, for {@link cancel}. */
  get handle(): EventHandle {
    return this.#queue.handle;
  }

  /** How many events are to come. */
  get pending(): number {
    return this.#queue.size;
  }

  cancel(handle: EventHandle): boolean {
    return this.#queue.cancel(handle);
  }

  /** Adds an event to the fingerprint, and to the trace when one is kept. */
  note(code: number, x: number, y: number, z: number): void {
    this.fingerprint.note(this.nowUs, code, x, y, z);
    this.#trace?.note(this.nowUs, code, x, y, z);
  }

  /** Lets {@link run} return after the present event. */
  stop(): void {
    this.#stopped = true;
  }

  run({ eventsMax, untilUs }: Bounds): Stop {
    const queue = this.#queue;
    while (queue.take()) {
      if (queue.timeUs > untilUs) return 'time-max';
      this.nowUs = queue.timeUs; // S2
      this.#actors[queue.target]!.happen(queue.code, queue.item, queue.detail);
      if (this.#stopped) return 'stopped';
      if (++this.events >= eventsMax) return 'events-max';
    }
    return 'quiescent';
  }
}
