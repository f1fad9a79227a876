// The requests that wait at a participant: one with a capacity, or one that has turned grey (slow-participant). They are
// worked on in the order in which they came, as many at a time as there are places; what does not fit is refused.

import type { NodeFate } from '../faults/fault.ts';
import { PLACE, participantMachine } from '../faults/point.ts';
import type { LatencyTable } from '../kernel/latency.ts';
import type { Actor } from '../kernel/simulation.ts';
import { type Capacity, QUEUE_MAX_DEFAULT } from '../service-load.ts';
import { tableOf } from './latency-tables.ts';
import type { Message } from './message.ts';
import { deliverWindow, Windows } from './windows.ts';
import { DRAW, TRACE, type World } from './world.ts';

const QUICK: NodeFate = { afterUs: 0, lengthUs: 0, serviceUs: 0, queueMax: 0 };

/** What becomes of a request that arrives. */
export type Admission = 'served' | 'waits' | 'refused';

/** Whose requests wait. */
export interface Queued {
  readonly node: number;
  readonly capacity: Capacity | undefined;
  /** How much slower it works now than it usually does, in thousandths. */
  slownessPermille(): number;
  serve(message: Message): void;
}

/** Lets time pass at all queues: one actor serves them all. */
export class ServiceTimes implements Actor {
  readonly id: number;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.id = world.sim.add(this);
  }

  happen(generation: number, item: unknown, message: unknown): void {
    (item as RequestQueue).finish(generation, message as Message);
  }

  queue(queued: Queued): RequestQueue {
    return new RequestQueue(this.#world, this.id, queued);
  }
}

export class RequestQueue {
  readonly #world: World;
  readonly #actor: number;
  readonly #queued: Queued;
  readonly #windows: Windows<'node'>;
  readonly #places: number;
  readonly #table: LatencyTable | undefined;
  #waiting: Message[] = [];
  #served: Message[] = [];
  /** Until when a request takes how long, where the participant is grey. */
  #greyUntilUs = 0;
  #greyUs = 0;
  /** Of the process that the requests wait for; below 256, as the code of an event is. */
  #generation = 0;

  constructor(world: World, actor: number, queued: Queued) {
    const { capacity, node } = queued;
    this.#world = world;
    this.#actor = actor;
    this.#queued = queued;
    this.#places = capacity?.concurrency ?? 1;
    this.#table = capacity && tableOf(capacity.serviceTime);
    this.#windows = new Windows(world, 'node', PLACE.node, participantMachine(node), 0, QUICK);
  }

  /** A request arrives: it is to be served at once, or it waits, or it does not fit. */
  admit(message: Message): Admission {
    const { capacity } = this.#queued;
    const window = this.#windows.now();
    if (capacity === undefined && window === undefined && this.length === 0) return 'served';
    if (window !== undefined) {
      deliverWindow(this.#world, window, message.saga);
      if (this.length >= window.fate.queueMax + this.#places - 1) return 'refused';
      this.#greyUs = window.fate.serviceUs;
      this.#greyUntilUs = window.untilUs;
    }
    if (capacity !== undefined && this.length >= this.#places + (capacity.queueMax ?? QUEUE_MAX_DEFAULT)) {
      return 'refused';
    }
    this.#world.sim.note(TRACE.queued, message.saga.index, message.operation, message.transmission);
    message.saga.underWay++;
    this.#waiting.push(message);
    this.#begin();
    return 'waits';
  }

  /** Requests that wait or are worked on. */
  get length(): number {
    return this.#waiting.length + this.#served.length;
  }

  #begin(): void {
    while (this.#served.length < this.#places) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      this.#served.push(message);
      this.#world.sim.schedule(this.#doneAtUs(message), this.#actor, this.#generation, this, message);
    }
  }

  /** When it will have been worked on; greyness ends for all at its end. */
  #doneAtUs({ saga, operation, transmission }: Message): number {
    const { sim, seed } = this.#world;
    const greyAtUs = Math.min(sim.nowUs + this.#greyUs, Math.max(sim.nowUs, this.#greyUntilUs));
    if (this.#table === undefined) return greyAtUs;
    const usualUs = this.#table.at(seed.draw(DRAW.serviceTime, saga.index, operation, transmission));
    return Math.max(greyAtUs, sim.nowUs + Math.floor((usualUs * this.#queued.slownessPermille()) / 1_000));
  }

  finish(generation: number, message: Message): void {
    const at = generation === this.#generation ? this.#served.indexOf(message) : -1;
    if (at < 0) return;
    this.#served.splice(at, 1);
    const { saga } = message;
    this.#world.sagas.touch(saga);
    this.#begin();
    this.#queued.serve(message);
    saga.underWay--;
    this.#world.settle(saga);
  }

  /** The process is gone, and those who waited for it get no answer. */
  clear(): void {
    if (this.length === 0) return;
    const lost = [...this.#served, ...this.#waiting];
    this.#served = [];
    this.#waiting = [];
    this.#generation = (this.#generation + 1) % 256;
    for (const { saga, operation, transmission } of lost) {
      this.#world.sim.note(TRACE.lose, saga.index, operation, transmission);
      saga.underWay--;
      this.#world.settle(saga);
    }
  }
}
