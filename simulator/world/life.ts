// One incarnation of an orchestrator process, from its epoch to its death, or beyond: a zombie that was taken over and
// does not know it.
//
// P1. A life is the sink that stores and networks answer to; when it ends, what is addressed to it is lost.
// P2. Faults strike before and after every input and every output: each is a point where a process can die.
// P3. A process that stands still does nothing until it goes on: then what it was about to do, and then, in order, what
//     came meanwhile.
// P4. The order of outputs is the orchestrator's (E1); the process performs them one by one.
// P6. A zombie has wakes of its own, and its word on the end of a saga does not count. All that it does really happens,
//     long after the end of a saga, too: none that it may know is forgotten before it is fenced or dies.

import type {
  AppendOutput,
  OrchestratorInput,
  OrchestratorOptions,
  OrchestratorOutput,
} from '../../engine/core/orchestrator.ts';
import type { EpochSink, StoredEvent } from '../../engine/core/ports.ts';
import type { Call } from '../../engine/core/protocol.ts';
import type { ProcessFate } from '../faults/fault.ts';
import { type FaultSet, faultSet } from '../faults/injector.ts';
import { PLACE } from '../faults/point.ts';
import type { EventHandle } from '../kernel/event-queue.ts';
import type { Engine } from '../scenario.ts';
import type { MachineClock } from './machine-clock.ts';
import type { Sender } from './message.ts';
import { NEVER, operationOf, type Partition, type SimSaga, tryAppend } from './sim-saga.ts';
import type { SimStore } from './store.ts';
import type { SimTransport } from './transport.ts';
import { deliver, TRACE, type World } from './world.ts';

/** Events of a process that are its lives'. */
export const WAKE = 0;
export const GO_ON = 1;

/** Kinds that count as delivered elsewhere, or only when the life stands still, or is taken over. */
const CANCEL_BIT = faultSet('operator-cancel');
const PAUSE_BIT = faultSet('pause');
const TAKEOVER_BIT = faultSet('takeover');
const ZOMBIE_BIT = faultSet('zombie');

/** The process that a life belongs to. */
export interface LifeOwner {
  readonly number: number;
  /** The life can take requests. */
  ready(): void;
  /** A second worker is to take over; false when one did so before. */
  takeOver(from: Life): boolean;
  died(life: Life, downUs: number): void;
}

/** Who is told what becomes of sagas: the client, and people who meddle. */
export interface LifeObserver {
  accepted(saga: SimSaga): void;
  refused(saga: SimSaga, reason: string): void;
  /** There was no room for it. */
  shed(saga: SimSaga): void;
  /** Somebody is to cancel the saga so often, so much later. */
  cancel(saga: SimSaga, times: number, afterUs: number): void;
}

export interface LifeParts {
  readonly world: World;
  readonly store: SimStore;
  readonly transport: SimTransport;
  readonly observer: LifeObserver;
  readonly options: Omit<OrchestratorOptions, 'epoch'>;
  /** Makes the engine of one life. */
  engine(options: OrchestratorOptions): Engine;
}

export class Life implements Sender, EpochSink {
  /** Of a life that stands still: when it goes on (P3). */
  stillUntilUs = 0;
  readonly number: number;
  readonly #parts: LifeParts;
  readonly #owner: LifeOwner;
  readonly #partition: Partition;
  readonly #actor: number;
  readonly #clock: MachineClock;
  readonly #fate: ProcessFate = {
    crash: false,
    downUs: 0,
    pauseUs: 0,
    takeover: false,
    zombieUs: 0,
    jumpUs: 0,
    cancels: 0,
    cancelAfterUs: 0,
  };
  readonly #faulty: boolean;
  /** Where messages are lost, a saga could be forgotten while its engine has more to do for it. */
  readonly #isWary: boolean;
  #orchestrator: Engine | undefined;
  #alive = true;
  epoch = 0;
  /** Inputs that came while the process stands still; undefined when it does not (P3). */
  #waiting: OrchestratorInput[] | undefined;
  /** What it was about to do when it stood still. */
  #rest: readonly OrchestratorOutput[] = [];
  /** Sagas that are not forgotten, because of what waits or because a zombie may know them (P6). */
  #held: SimSaga[] = [];
  /** The wakes of a zombie; undefined for a life that was not taken over (P6). */
  #wakes: Map<SimSaga, EventHandle> | undefined;

  constructor(parts: LifeParts, owner: LifeOwner, partition: Partition, actor: number, clock: MachineClock) {
    const { injector } = parts.world;
    this.#parts = parts;
    this.#owner = owner;
    this.number = owner.number;
    this.#partition = partition;
    this.#actor = actor;
    this.#clock = clock;
    this.#faulty = injector.canStrike('process');
    this.#isWary = !injector.isCalm;
  }

  get name(): string {
    return `orchestrator-${this.number}/${this.epoch}`;
  }

  get clockUs(): number {
    return this.#clock.nowUs;
  }

  get ready(): boolean {
    return this.#alive && this.#orchestrator !== undefined;
  }

  opened(epoch: number, sagas: readonly (readonly StoredEvent[])[]): void {
    if (!this.#alive) return;
    this.epoch = epoch;
    this.#orchestrator = this.#parts.engine({ ...this.#parts.options, epoch });
    if (sagas.length > 0) this.#take({ kind: 'recovered', sagas }, undefined);
    if (this.#alive) this.#owner.ready();
  }

  input(input: OrchestratorInput): void {
    if (!this.#alive) return;
    const saga = this.#isWary ? this.#sagaOf(input) : undefined;
    if (this.#waiting === undefined) {
      if (saga === undefined || !this.#faulty) return this.#take(input, saga);
      if (this.#survives(saga, PLACE.input, 0, ++saga.inputs)) return this.#take(input, saga);
    }
    if (this.#waiting === undefined) return; // it died
    this.#waiting.push(input);
    if (saga !== undefined) this.#hold(saga);
  }

  /** The saga that an input is about, if it is about one that is not forgotten. */
  #sagaOf(input: OrchestratorInput): SimSaga | undefined {
    const id = idOf(input);
    return id === undefined ? undefined : this.#parts.world.sagas.get(id);
  }

  #hold(saga: SimSaga): void {
    saga.underWay++;
    this.#held.push(saga);
  }

  #letGo(held: readonly SimSaga[]): void {
    for (const saga of held) {
      saga.underWay--;
      this.#parts.world.settle(saga);
    }
  }

  /** P3. */
  goOn(): void {
    if (!this.#alive) return;
    const inputs = this.#waiting ?? [];
    const rest = this.#rest;
    const held = this.#wakes === undefined ? this.#held.splice(0) : []; // P6
    this.#waiting = undefined;
    this.#rest = [];
    this.#perform(rest);
    for (const input of inputs) this.input(input);
    this.#letGo(held);
  }

  #take(input: OrchestratorInput, saga: SimSaga | undefined): void {
    if (saga === undefined) return this.#perform(this.#orchestrator!.handle(input, this.#clock.nowUs));
    this.#clock.tick(saga);
    saga.underWay++; // not to be forgotten between two outputs
    this.#perform(this.#orchestrator!.handle(input, this.#clock.nowUs));
    saga.underWay--;
    this.#parts.world.settle(saga);
  }

  #perform(outputs: readonly OrchestratorOutput[]): void {
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i]!;
      const isDone = this.#performOne(output);
      if (this.#waiting !== undefined) this.#rest = outputs.slice(isDone ? i + 1 : i);
      if (!isDone || this.#waiting !== undefined) return;
    }
  }

  /** P2. An append that a crash prevents was tried. */
  #append(append: AppendOutput): boolean {
    const { world, store } = this.#parts;
    const saga = world.sagas.get(append.saga);
    if (saga === undefined) return true; // forgotten: nothing more can come of it
    const { expectedVersion } = append;
    const tries = tryAppend(saga, expectedVersion);
    if (this.#faulty && !this.#survives(saga, PLACE['before-append'], expectedVersion, tries)) return false;
    store.append(append, this);
    return !this.#faulty || this.#survives(saga, PLACE['after-append'], expectedVersion, tries);
  }

  /** P2. As with appends. */
  #send(call: Call): boolean {
    const { world, transport } = this.#parts;
    const saga = world.sagas.get(call.saga);
    if (saga === undefined) return true; // as with appends
    const operation = operationOf(saga, call);
    const transmission = world.sends.add(saga, operation, world.sim.nowUs) * 2;
    world.load.called(world.sim.nowUs);
    world.timeline.add('calls', world.sim.nowUs);
    if (this.#faulty && !this.#survives(saga, PLACE['before-send'], operation, transmission)) return false;
    transport.send(call, this);
    return !this.#faulty || this.#survives(saga, PLACE['after-send'], operation, transmission);
  }

  /** False when the process died, or stood still, on the way. */
  #performOne(output: OrchestratorOutput): boolean {
    const { world, store, observer } = this.#parts;
    switch (output.kind) {
      case 'append':
        return this.#append(output);
      case 'call':
        return this.#send(output);
      case 'load': {
        const saga = world.sagas.get(output.saga);
        if (saga !== undefined && this.#wakes === undefined) saga.released = false; // it may be taken up again
        store.load(output, this);
        return true;
      }
      case 'wake':
        this.#wake(output.saga, output.atUs);
        return true;
      case 'halt':
        this.#halt();
        return true;
      case 'ended': {
        const saga = world.sagas.get(output.saga);
        if (saga === undefined) return true;
        this.#cancelWake(saga);
        if (this.#wakes === undefined) world.released(saga, output.state); // P6
        return true;
      }
      case 'circuit':
        world.load.circuit(this, output, world.sim.nowUs);
        return true;
      default: {
        const saga = world.sagas.get(output.saga);
        if (saga === undefined) return true;
        if (output.answer === 'accepted') observer.accepted(saga);
        else if (output.answer === 'refused') observer.refused(saga, output.reason ?? 'refused');
        else if (this.#wakes === undefined) observer.shed(saga); // P6
        return true;
      }
    }
  }

  #wake(id: string, atUs: number): void {
    const { sim, sagas } = this.#parts.world;
    const saga = sagas.get(id);
    if (saga === undefined) return;
    this.#cancelWake(saga);
    sim.schedule(this.#clock.trueUs(atUs), this.#actor, WAKE, saga, this);
    if (this.#wakes !== undefined) {
      this.#wakes.set(saga, sim.handle);
      return;
    }
    saga.wake = sim.handle;
    saga.sleeper = this;
  }

  #cancelWake(saga: SimSaga): void {
    const { sim } = this.#parts.world;
    const wake = this.#wakes === undefined ? saga.wake : (this.#wakes.get(saga) ?? NEVER);
    if (wake !== NEVER) sim.cancel(wake);
    if (this.#wakes === undefined) saga.wake = NEVER;
    else this.#wakes.delete(saga);
  }

  /** A wake that this life asked for came. */
  woken(saga: SimSaga): void {
    if (this.#wakes === undefined) saga.wake = NEVER;
    else this.#wakes.delete(saga);
  }

  /** P6. What it asked to be woken for stays its own. */
  #becomeZombie(): void {
    this.#wakes = new Map();
    for (const saga of this.#parts.world.sagas.values()) {
      if (saga.partition !== this.#partition) continue;
      this.#hold(saga);
      if (saga.wake === NEVER || saga.sleeper !== this) continue;
      this.#wakes.set(saga, saga.wake);
      saga.wake = NEVER;
    }
  }

  /** Lets faults strike at a point; false when the process died, or stands still instead of going on. */
  #survives(saga: SimSaga, place: number, y: number, z: number): boolean {
    const fate = this.#fate;
    fate.crash = false;
    fate.pauseUs = 0;
    fate.takeover = false;
    fate.zombieUs = 0;
    fate.jumpUs = 0;
    fate.cancels = 0;
    const faults = this.#parts.world.injector.at('process', place, saga.index, y, z, fate);
    return faults === 0 || this.#suffers(saga, place, faults);
  }

  #suffers(saga: SimSaga, place: number, faults: FaultSet): boolean {
    const { world, observer } = this.#parts;
    const { crash, downUs, pauseUs, takeover, zombieUs, jumpUs, cancels, cancelAfterUs } = this.#fate;
    if (jumpUs !== 0) this.#clock.jump(jumpUs);
    if (cancels > 0) observer.cancel(saga, cancels, cancelAfterUs);
    if (crash) {
      deliver(world, faults & ~(CANCEL_BIT | PAUSE_BIT | TAKEOVER_BIT | ZOMBIE_BIT), saga);
      this.end(downUs);
      return false;
    }
    const isTaken = takeover && this.#owner.takeOver(this);
    if (isTaken) this.#becomeZombie();
    const isFrozen = isTaken && zombieUs > 0;
    const notTaken = isFrozen ? TAKEOVER_BIT : isTaken ? 0 : TAKEOVER_BIT | ZOMBIE_BIT;
    const notPaused = isFrozen && zombieUs >= pauseUs ? PAUSE_BIT : 0;
    deliver(world, faults & ~(CANCEL_BIT | notTaken | notPaused), saga);
    const stillUs = isFrozen ? Math.max(pauseUs, zombieUs) : pauseUs;
    if (stillUs === 0) return true;
    this.#standStill(saga, stillUs);
    return place === PLACE['after-append'] || place === PLACE['after-send'];
  }

  #standStill(saga: SimSaga, us: number): void {
    const { sim } = this.#parts.world;
    sim.note(TRACE.pause, this.#owner.number, us, 0);
    this.#waiting = [];
    this.stillUntilUs = sim.nowUs + us;
    this.#hold(saga);
    sim.schedule(this.stillUntilUs, this.#actor, GO_ON, this);
  }

  /** It was fenced: a zombie is gone for good, any other begins anew. */
  #halt(): void {
    if (this.#wakes === undefined) return this.end(0);
    this.#stop();
    this.#parts.world.sim.note(TRACE.fenced, this.#owner.number, 0, 0);
  }

  /** It dies, and is down for so long. */
  end(downUs: number): void {
    this.#stop();
    this.#owner.died(this, downUs);
  }

  /** Messages and wakes that are under way still know it: its memory must go now. */
  #stop(): void {
    this.#alive = false;
    this.#parts.transport.gone(this);
    this.#parts.world.load.circuitsLost(this, this.#parts.world.sim.nowUs);
    this.#orchestrator?.dispose?.();
    this.#orchestrator = undefined;
    this.#waiting = undefined;
    this.#rest = [];
    for (const wake of this.#wakes?.values() ?? []) this.#parts.world.sim.cancel(wake);
    this.#wakes?.clear();
    this.#letGo(this.#held.splice(0));
  }
}

/** The id of the saga that an input is about, if it is about one. */
function idOf(input: OrchestratorInput): string | undefined {
  switch (input.kind) {
    case 'reply':
      return input.call.saga;
    case 'recovered':
      return undefined;
    case 'appended':
    case 'append-failed':
    case 'append-unknown':
    case 'append-conflict':
    case 'append-fenced':
    case 'append-gone':
    case 'append-elsewhere':
      return input.append.saga;
    default:
      return input.saga;
  }
}
