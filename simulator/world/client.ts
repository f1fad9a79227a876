// Those who ask for sagas, and those who are asked for help.
//
// A client asks for its saga at its time and again until it is accepted: the saga's id makes the request
// idempotent. An operator takes up every saga that waits for a person, once the world has healed (E7), and again
// when the process that was asked went down before the log said so, or knew an old log.

import { UserError } from '../../engine/core/user-error.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { SimProcess } from './process.ts';
import type { SimSaga } from './sim-saga.ts';
import { TRACE, type World } from './world.ts';

const START = 0;
const RESUME = 1;
const AGAIN = 2;

/** How long a client waits before it asks a process again that was not there, in microseconds. */
const ASK_AGAIN_US = 500_000;
/**
 * How long after a saga asked for a person one comes, at the earliest, in microseconds; twice as long each time that it
 * asks again, up to half an hour.
 */
const OPERATOR_DELAY_US = 1_000_000;
const DOUBLINGS_MAX = 11;

export class Client implements Actor {
  readonly #world: World;
  readonly #processOf: (saga: SimSaga) => SimProcess;
  readonly #id: number;

  constructor(world: World, processOf: (saga: SimSaga) => SimProcess) {
    this.#world = world;
    this.#processOf = processOf;
    this.#id = world.sim.add(this);
  }

  startAt(index: number, atUs: number): void {
    this.#world.sim.schedule(atUs, this.#id, START, index);
  }

  /** A saga waits for a person. */
  help(saga: SimSaga): void {
    const { sim, healAtUs } = this.#world;
    saga.helped = false;
    const delayUs = OPERATOR_DELAY_US * (1 << Math.min(saga.calls++, DOUBLINGS_MAX));
    sim.schedule(Math.max(sim.nowUs, healAtUs) + delayUs, this.#id, RESUME, saga);
  }

  happen(code: number, item: unknown): void {
    if (code === START) this.#ask(this.#world.begin(item as number));
    else if (code === AGAIN) this.#ask(item as SimSaga);
    else this.#resume(item as SimSaga);
  }

  #ask(saga: SimSaga): void {
    const { sim } = this.#world;
    const { id, start } = saga;
    if (start === undefined) return;
    sim.note(TRACE.create, saga.index, 0, 0);
    saga.asked = true;
    this.#world.sagas.touch(saga);
    this.#processOf(saga).request({
      kind: 'create',
      saga: id,
      definition: start.saga,
      input: start.input,
      request: id,
    });
  }

  #resume(saga: SimSaga): void {
    if (!waits(saga)) return;
    const { sim } = this.#world;
    saga.helped = true; // before the request: the process may go down over it and come back
    sim.note(TRACE.resume, saga.index, 0, 0);
    if (!this.#processOf(saga).request({ kind: 'resume', saga: saga.id })) {
      saga.helped = false;
      sim.schedule(sim.nowUs + ASK_AGAIN_US, this.#id, RESUME, saga);
    }
  }

  accepted(saga: SimSaga): void {
    saga.start = undefined;
    saga.asked = false;
  }

  refused(saga: SimSaga, reason: string): void {
    throw new UserError(
      'bad-input',
      `the input of saga ${saga.id} was refused: ${reason}`,
      'Mend the workload of the scenario.',
    );
  }

  /** There was no room: it gives up, unless the saga is there after all. No append of it can be under way then. */
  shed(saga: SimSaga): boolean {
    this.accepted(saga);
    return saga.log.length === 0;
  }

  /** The process had an old log: what a person asked of it, it took for nothing to do, and the person sees no change. */
  conflicted(saga: SimSaga): void {
    if (!saga.helped || !waits(saga)) return;
    saga.helped = false;
    const { sim } = this.#world;
    sim.schedule(sim.nowUs + ASK_AGAIN_US, this.#id, RESUME, saga);
  }

  /** A process came back: requests that it was not there for, or went down with, are asked again. */
  ready(process: SimProcess): void {
    const { sim, sagas } = this.#world;
    for (const saga of sagas.values()) {
      if (this.#processOf(saga) !== process) continue;
      if (saga.asked) sim.schedule(sim.nowUs + ASK_AGAIN_US, this.#id, AGAIN, saga);
      if (!saga.helped) continue;
      saga.helped = false;
      if (waits(saga)) sim.schedule(sim.nowUs + ASK_AGAIN_US, this.#id, RESUME, saga);
    }
  }
}

/** Whether the log asks for a person (E7). */
function waits({ ending }: SimSaga): boolean {
  return ending?.status === 'compensation_failed';
}
