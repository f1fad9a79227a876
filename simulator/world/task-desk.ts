// The calls that are in the hands of a service which takes time over them (S3): virtual time stands still while its code
// runs, and goes on when all of it is answered or waits for a timer. The timers are events like any other.
//
// D1. A process that dies answers nothing any more: what it had in its hands is lost, its timers never go off.

import type { Call, Outcome, Participant } from '../../engine/core/protocol.ts';
import { SentCall } from '../../engine/core/saga-slot.ts';
import type { HttpResponse } from '../http-message.ts';
import { isTimed, type TimedParticipant, type Turn, type TurnTime } from '../timed-participant.ts';
import { type Desk, type Desks, Ticker } from './desks.ts';
import type { Message } from './message.ts';
import type { SimEnv } from './participant-env.ts';
import { outside } from './sandbox.ts';
import { TRACE, type World } from './world.ts';

const TIMEOUT_MS = 30_000;

/** What a fault has in mind for the end of a call. */
export interface AfterFate {
  readonly failAfter: boolean;
  readonly crash: 'none' | 'before' | 'after';
  readonly downUs: number;
}

/** The machine that a service runs on. */
export interface DeskOwner {
  readonly number: number;
  /** The ledger has entries. */
  effects(): void;
  /** @param response as it was said, where somebody reads it himself */
  answered(message: Message, outcome: Outcome, fate: AfterFate, response?: HttpResponse): void;
  /** What the handler did so far is durable, and now it waits: here its process may die. */
  waits(message: Message, times: number): void;
}

interface OpenTask {
  readonly message: Message;
  readonly fate: AfterFate;
  waits: number;
}

/** Makes those new that keep something from one run to the next. */
export function opened(
  participants: Readonly<Record<string, Participant>>,
  seed: string,
): Readonly<Record<string, Participant>> {
  for (const [service, participant] of Object.entries(participants)) {
    if (isTimed(participant)) outside(() => participant.open({ seed, service }));
  }
  return participants;
}

interface DeskParts {
  readonly owner: DeskOwner;
  readonly participant: TimedParticipant;
  readonly env: SimEnv;
}

export class TaskDesk implements Desk {
  readonly #world: World;
  readonly #desks: Desks;
  readonly #ticker: Ticker;
  readonly #owner: DeskOwner;
  readonly #participant: TimedParticipant;
  readonly #env: SimEnv;
  readonly #open = new Map<number, OpenTask>();
  #last = 0;
  #life = 0;
  #isUp = false;

  constructor(world: World, desks: Desks, { owner, participant, env }: DeskParts) {
    this.#world = world;
    this.#desks = desks;
    this.#owner = owner;
    this.#participant = participant;
    this.#env = env;
    this.#ticker = new Ticker(desks, this);
    desks.add(this);
    desks.startAt(0, this, this.#life);
  }

  /** Calls that it works on. */
  get length(): number {
    return this.#open.size;
  }

  begin(message: Message, fate: AfterFate): void {
    this.#comeUp();
    const task = ++this.#last;
    this.#open.set(task, { message, fate, waits: 0 });
    message.saga.underWay++;
    const { call, transmission, answers } = message;
    const asked = { task, call, transmission, timeoutMs: timeoutMsOf(call, answers.clockUs) };
    const { http } = message.asked ?? {};
    const whole = http === undefined ? asked : { ...asked, http };
    this.#take(this.#participant.begin(whole, this.#time(), this.#env));
  }

  /** D1. */
  die(upAtUs: number): void {
    this.#participant.restart();
    this.#isUp = false;
    this.#life++;
    this.#ticker.off();
    const lost = [...this.#open.values()];
    this.#open.clear();
    for (const { message } of lost) {
      const { saga, operation, transmission } = message;
      this.#world.sim.note(TRACE.lose, saga.index, operation, transmission);
      saga.underWay--;
      this.#world.settle(saga);
    }
    this.#desks.startAt(upAtUs, this, this.#life);
  }

  comesUp(life: number): void {
    if (life === this.#life) this.#comeUp();
  }

  tick(life: number): void {
    if (life !== this.#life) return;
    this.#ticker.went();
    this.#world.sim.note(TRACE['service-timer'], this.#owner.number, 0, 0);
    this.#take(this.#participant.advance(this.#time()));
  }

  #comeUp(): void {
    if (this.#isUp) return;
    this.#isUp = true;
    this.#take(this.#participant.start(this.#time()));
  }

  #take({ answers, parked, nextAtUs }: Turn): void {
    const life = this.#life;
    this.#owner.effects();
    for (const { task, outcome, response } of answers) {
      const open = this.#open.get(task);
      if (open === undefined) continue; // its process died meanwhile
      this.#open.delete(task);
      const { saga } = open.message;
      this.#world.sagas.touch(saga);
      this.#owner.answered(open.message, outcome, open.fate, response);
      saga.underWay--;
      this.#world.settle(saga);
    }
    for (const task of parked) {
      const open = this.#open.get(task);
      if (open !== undefined) this.#owner.waits(open.message, ++open.waits);
    }
    if (life === this.#life) this.#ticker.set(nextAtUs, life);
  }

  #time(): TurnTime {
    return { nowUs: this.#world.sim.nowUs, clockUs: this.#env.begin().nowUs };
  }
}

/** How long the answer to a call is waited for. `nowUs`: by the clock of who asked, who said until when. */
export function timeoutMsOf(call: Call, nowUs: number): number {
  if (!(call instanceof SentCall)) return TIMEOUT_MS;
  return Math.max(1, Math.ceil((call.timeoutAtUs - nowUs) / 1_000));
}
