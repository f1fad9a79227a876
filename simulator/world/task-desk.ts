// The calls that are in the hands of a service which takes time over them (S3): virtual time stands still while its code
// runs, and goes on when all of it is answered or waits for a timer. The timers are events like any other.
//
// D1. A process that dies answers nothing any more: what it had in its hands is lost, its timers never go off.
// D2. Timers that nobody waits for do not keep a run alive for ever: where nothing else is to come, they go off for
//     another minute.
// D3. What a service does by itself may come long after a saga has ended, and is judged all the same: no saga is forgotten.

import type { Call, Outcome, Participant } from '../../engine/core/protocol.ts';
import { SentCall } from '../../engine/core/saga-slot.ts';
import type { EventHandle } from '../kernel/event-queue.ts';
import type { Actor } from '../kernel/simulation.ts';
import { isTimed, type TimedParticipant, type Turn, type TurnTime } from '../timed-participant.ts';
import type { MachineClock } from './machine-clock.ts';
import type { Message } from './message.ts';
import { outside } from './sandbox.ts';
import { TRACE, type World } from './world.ts';

const TICK = 0;
const START = 1;
const LINGER_US = 60_000_000;
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
  answered(message: Message, outcome: Outcome, fate: AfterFate): void;
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

/** Lets timers go off in all services: one actor serves them all. */
export class TaskDesks implements Actor {
  readonly id: number;
  /** Events that are to come and are timers. */
  ticks = 0;
  readonly #world: World;
  readonly #desks: TaskDesk[] = [];
  #idleSinceUs = -1;

  constructor(world: World) {
    this.#world = world;
    this.id = world.sim.add(this);
    world.sagas.keepsAll = true;
  }

  desk(owner: DeskOwner, participant: TimedParticipant, clock: MachineClock): TaskDesk {
    const desk = new TaskDesk(this.#world, this, { owner, participant, clock });
    this.#desks.push(desk);
    return desk;
  }

  happen(code: number, item: unknown, life: unknown): void {
    this.ticks--;
    const desk = item as TaskDesk;
    if (code === START) desk.comesUp(life as number);
    else if (!this.#isOver()) desk.tick(life as number);
  }

  /** D2. */
  #isOver(): boolean {
    const { sim } = this.#world;
    const isIdle = sim.pending <= this.ticks && this.#desks.every((desk) => desk.length === 0);
    if (!isIdle) this.#idleSinceUs = -1;
    else if (this.#idleSinceUs < 0) this.#idleSinceUs = sim.nowUs;
    return isIdle && sim.nowUs - this.#idleSinceUs > LINGER_US;
  }
}

interface DeskParts {
  readonly owner: DeskOwner;
  readonly participant: TimedParticipant;
  readonly clock: MachineClock;
}

export class TaskDesk {
  readonly #world: World;
  readonly #desks: TaskDesks;
  readonly #owner: DeskOwner;
  readonly #participant: TimedParticipant;
  readonly #clock: MachineClock;
  readonly #open = new Map<number, OpenTask>();
  #last = 0;
  #life = 0;
  #isUp = false;
  #tickAtUs = -1;
  #tick: EventHandle | undefined;

  constructor(world: World, desks: TaskDesks, { owner, participant, clock }: DeskParts) {
    this.#world = world;
    this.#desks = desks;
    this.#owner = owner;
    this.#participant = participant;
    this.#clock = clock;
    this.#schedule(0, START);
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
    const { call, transmission } = message;
    const asked = { task, call, transmission, timeoutMs: this.#timeoutOf(call) };
    this.#take(this.#participant.begin(asked, this.#time()));
  }

  /** D1. */
  die(upAtUs: number): void {
    this.#participant.restart();
    this.#isUp = false;
    this.#life++;
    this.#noTick();
    const lost = [...this.#open.values()];
    this.#open.clear();
    for (const { message } of lost) {
      const { saga, operation, transmission } = message;
      this.#world.sim.note(TRACE.lose, saga.index, operation, transmission);
      saga.underWay--;
      this.#world.settle(saga);
    }
    this.#schedule(upAtUs, START);
  }

  comesUp(life: number): void {
    if (life === this.#life) this.#comeUp();
  }

  tick(life: number): void {
    if (life !== this.#life) return;
    this.#tickAtUs = -1;
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
    for (const { task, outcome } of answers) {
      const open = this.#open.get(task);
      if (open === undefined) continue; // its process died meanwhile
      this.#open.delete(task);
      const { saga } = open.message;
      this.#world.sagas.touch(saga);
      this.#owner.answered(open.message, outcome, open.fate);
      saga.underWay--;
      this.#world.settle(saga);
    }
    for (const task of parked) {
      const open = this.#open.get(task);
      if (open !== undefined) this.#owner.waits(open.message, ++open.waits);
    }
    if (life === this.#life) this.#tickAt(nextAtUs);
  }

  #tickAt(atUs: number): void {
    if (atUs === this.#tickAtUs) return;
    this.#noTick();
    if (atUs < 0) return;
    this.#tickAtUs = atUs;
    this.#schedule(atUs, TICK);
    this.#tick = this.#world.sim.handle;
  }

  #noTick(): void {
    if (this.#tickAtUs < 0) return;
    this.#tickAtUs = -1;
    if (this.#tick !== undefined && this.#world.sim.cancel(this.#tick)) this.#desks.ticks--;
  }

  #schedule(atUs: number, code: typeof TICK | typeof START): void {
    this.#desks.ticks++;
    this.#world.sim.schedule(atUs, this.#desks.id, code, this, this.#life);
  }

  #time(): TurnTime {
    return { nowUs: this.#world.sim.nowUs, clockUs: this.#clock.nowUs };
  }

  #timeoutOf(call: Call): number {
    if (!(call instanceof SentCall)) return TIMEOUT_MS;
    return Math.max(1, Math.ceil((call.timeoutAtUs - this.#world.sim.nowUs) / 1_000));
  }
}
