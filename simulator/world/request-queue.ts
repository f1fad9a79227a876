// The requests that wait at a participant that has turned grey (slow-participant): served one after another, in the
// order in which they came, as many as fit.

import type { NodeFate } from '../faults/fault.ts';
import { PLACE, participantMachine } from '../faults/point.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { Message } from './message.ts';
import { deliverWindow, Windows } from './windows.ts';
import { TRACE, type World } from './world.ts';

const QUICK: NodeFate = { afterUs: 0, lengthUs: 0, serviceUs: 0, queueMax: 0 };

/** What becomes of a request that arrives. */
export type Admission = 'served' | 'waits' | 'refused';

/** Lets time pass at all queues: one actor serves them all. */
export class ServiceTimes implements Actor {
  readonly id: number;
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    this.id = world.sim.add(this);
  }

  happen(generation: number, item: unknown): void {
    (item as RequestQueue).serveNext(generation);
  }

  queue(node: number, serve: (message: Message) => void): RequestQueue {
    return new RequestQueue(this.#world, this.id, node, serve);
  }
}

export class RequestQueue {
  readonly #world: World;
  readonly #actor: number;
  readonly #serve: (message: Message) => void;
  readonly #windows: Windows<'node'>;
  #waiting: Message[] = [];
  /** Until when a request takes how long. */
  #slowUntilUs = 0;
  #serviceUs = 0;
  /** Of the process that the requests wait for; below 256, as the code of an event is. */
  #generation = 0;

  constructor(world: World, actor: number, node: number, serve: (message: Message) => void) {
    this.#world = world;
    this.#actor = actor;
    this.#serve = serve;
    this.#windows = new Windows(world, 'node', PLACE.node, participantMachine(node), 0, QUICK);
  }

  /** A request arrives: it is to be served at once, or it waits, or it does not fit. */
  admit(message: Message): Admission {
    const window = this.#windows.now();
    if (window === undefined && this.#waiting.length === 0) return 'served';
    if (window !== undefined) {
      deliverWindow(this.#world, window, message.saga);
      if (this.#waiting.length >= window.fate.queueMax) return 'refused';
      this.#serviceUs = window.fate.serviceUs;
      this.#slowUntilUs = window.untilUs;
    }
    this.#world.sim.note(TRACE.queued, message.saga.index, message.operation, message.transmission);
    message.saga.underWay++;
    this.#waiting.push(message);
    if (this.#waiting.length === 1) this.#schedule();
    return 'waits';
  }

  /** The next one is served when its time is over, or the slowness is. */
  #schedule(): void {
    const { sim } = this.#world;
    const atUs = Math.min(sim.nowUs + this.#serviceUs, Math.max(sim.nowUs, this.#slowUntilUs));
    sim.schedule(atUs, this.#actor, this.#generation, this);
  }

  serveNext(generation: number): void {
    const message = generation === this.#generation ? this.#waiting.shift() : undefined;
    if (message === undefined) return;
    const { saga } = message;
    this.#world.sagas.touch(saga);
    if (this.#waiting.length > 0) this.#schedule();
    this.#serve(message);
    saga.underWay--;
    this.#world.settle(saga);
  }

  /** The process is gone, and those who waited for it get no answer. */
  clear(): void {
    if (this.#waiting.length === 0) return;
    const lost = this.#waiting;
    this.#waiting = [];
    this.#generation = (this.#generation + 1) % 256;
    for (const { saga, operation, transmission } of lost) {
      this.#world.sim.note(TRACE.lose, saga.index, operation, transmission);
      saga.underWay--;
      this.#world.settle(saga);
    }
  }
}
