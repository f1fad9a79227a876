// An orchestrator process: a node that lives, dies and comes back with nothing but the log.
//
// P1. A life is the sink that stores and networks answer to; when it ends, what is addressed to it is lost.
// P2. Faults strike before and after every input and every output: each is a point where a process can die.
// P3. A process that stands still takes what came meanwhile, in order, when it goes on.
// P4. The order of outputs is the orchestrator's (E1); the process performs them one by one.

import type {
  AppendOutput,
  OrchestratorInput,
  OrchestratorOptions,
  OrchestratorOutput,
} from '../../engine/core/orchestrator.ts';
import type { EpochSink, InputSink, StoredEvent } from '../../engine/core/ports.ts';
import type { Call } from '../../engine/core/protocol.ts';
import type { ProcessFate } from '../faults/fault.ts';
import { PLACE } from '../faults/point.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { Engine } from '../scenario.ts';
import { NEVER, operationOf, type Partition, type SimSaga, triesOf, tryAppend } from './sim-saga.ts';
import type { SimStore } from './store.ts';
import type { SimTransport } from './transport.ts';
import { deliver, TRACE, type World } from './world.ts';

const WAKE = 0;
const RESTART = 1;
const GO_ON = 2;

/** Who is told what becomes of sagas: the client and the operator. */
export interface ProcessObserver {
  accepted(saga: SimSaga): void;
  refused(saga: SimSaga, reason: string): void;
  /** The process is ready for requests; those that were not answered may be lost. */
  ready(process: SimProcess): void;
}

export interface ProcessParts {
  readonly world: World;
  readonly store: SimStore;
  readonly transport: SimTransport;
  readonly observer: ProcessObserver;
  readonly options: Omit<OrchestratorOptions, 'epoch'>;
  /** Makes the engine of one life. */
  engine(options: OrchestratorOptions): Engine;
}

export class SimProcess implements Actor {
  readonly number: number;
  readonly #partition: Partition;
  readonly #parts: ProcessParts;
  readonly #id: number;
  #life: Life | undefined;

  constructor(parts: ProcessParts, partition: Partition, number: number) {
    this.#parts = parts;
    this.number = number;
    this.#partition = partition;
    this.#id = parts.world.sim.add(this);
  }

  /** Opens the partition; the process is ready when the store has answered. */
  start(): void {
    this.#life = new Life(this.#parts, this, this.#id);
    this.#parts.store.open(this.#partition.name, this.#life);
  }

  /** A request of a client or operator; false when the process cannot take it now. */
  request(input: OrchestratorInput): boolean {
    if (this.#life === undefined || !this.#life.ready) return false;
    this.#life.input(input);
    return true;
  }

  die(downUs: number): void {
    const { sim } = this.#parts.world;
    sim.note(TRACE.crash, this.number, downUs, 0);
    this.#life = undefined;
    sim.schedule(sim.nowUs + downUs, this.#id, RESTART, undefined);
  }

  happen(code: number, item: unknown): void {
    if (code === RESTART) {
      this.#parts.world.sim.note(TRACE.restart, this.number, 0, 0);
      return this.start();
    }
    if (code === GO_ON) return (item as Life).goOn();
    const saga = item as SimSaga;
    const { sim, sagas } = this.#parts.world;
    saga.wake = NEVER;
    sagas.touch(saga);
    sim.note(TRACE.wake, saga.index, 0, 0);
    saga.sleeper?.input({ kind: 'wake', saga: saga.id });
  }
}

/** One incarnation of a process, from its epoch to its death (P1). */
export class Life implements InputSink, EpochSink {
  readonly #parts: ProcessParts;
  readonly #process: SimProcess;
  readonly #actor: number;
  readonly #fate: ProcessFate = { crash: false, downUs: 0, pauseUs: 0 };
  readonly #faulty: boolean;
  #orchestrator: Engine | undefined;
  #alive = true;
  /** Inputs that came while the process stood still (P3). */
  #waiting: OrchestratorInput[] | undefined;

  constructor(parts: ProcessParts, process: SimProcess, actor: number) {
    this.#parts = parts;
    this.#process = process;
    this.#actor = actor;
    this.#faulty = parts.world.injector.canStrike('process');
  }

  get ready(): boolean {
    return this.#alive && this.#orchestrator !== undefined;
  }

  opened(epoch: number, sagas: readonly (readonly StoredEvent[])[]): void {
    if (!this.#alive) return;
    this.#orchestrator = this.#parts.engine({ ...this.#parts.options, epoch });
    if (sagas.length > 0) this.#take({ kind: 'recovered', sagas });
    if (this.#alive) this.#parts.observer.ready(this.#process);
  }

  input(input: OrchestratorInput): void {
    if (!this.#alive) return;
    if (this.#waiting !== undefined) {
      this.#waiting.push(input);
      return;
    }
    if (!this.#faulty || this.#survives('input', input)) this.#take(input);
    else if (this.#waiting !== undefined) (this.#waiting as OrchestratorInput[]).push(input);
  }

  /** P3. */
  goOn(): void {
    const inputs = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const input of inputs) {
      // Asked for twice, and ended in the meantime: the log that would refuse it has been forgotten here.
      const isForgotten = input.kind === 'create' && this.#parts.world.sagas.get(input.saga) === undefined;
      if (!isForgotten) this.input(input);
    }
  }

  #take(input: OrchestratorInput): void {
    for (const output of this.#orchestrator!.handle(input, this.#parts.world.sim.nowUs)) {
      switch (output.kind) {
        case 'append':
          if (!this.#append(output)) return;
          break;
        case 'call':
          if (!this.#send(output)) return;
          break;
        default:
          this.#perform(output);
      }
    }
  }

  /** P2. False when the process died on the way; an append that a crash prevents was tried. */
  #append(append: AppendOutput): boolean {
    const { world, store } = this.#parts;
    const saga = world.sagas.get(append.saga);
    if (saga !== undefined) tryAppend(saga, append.expectedVersion);
    if (this.#faulty && !this.#survives('before', append)) return false;
    store.append(append, this);
    return !this.#faulty || this.#survives('after', append);
  }

  /** P2. As with appends. */
  #send(call: Call): boolean {
    const { world, transport } = this.#parts;
    const saga = world.sagas.get(call.saga);
    if (saga !== undefined) world.sends.add(saga, operationOf(saga, call), world.sim.nowUs);
    if (this.#faulty && !this.#survives('before', call)) return false;
    transport.send(call, this);
    return !this.#faulty || this.#survives('after', call);
  }

  #perform(output: Exclude<OrchestratorOutput, AppendOutput | Call>): void {
    const { world, store, observer } = this.#parts;
    switch (output.kind) {
      case 'load':
        return store.load(output, this);
      case 'wake':
        return this.#wake(output.saga, output.atUs);
      case 'halt':
        return this.#end(0);
      case 'ended': {
        const saga = world.sagas.get(output.saga);
        if (saga === undefined) return;
        this.#cancelWake(saga);
        return world.released(saga, output.state);
      }
      default: {
        const saga = world.sagas.get(output.saga);
        if (saga === undefined) return;
        if (output.answer === 'accepted') observer.accepted(saga);
        else observer.refused(saga, output.reason ?? 'refused');
      }
    }
  }

  #wake(id: string, atUs: number): void {
    const { sim, sagas } = this.#parts.world;
    const saga = sagas.get(id);
    if (saga === undefined) return;
    this.#cancelWake(saga);
    sim.schedule(atUs, this.#actor, WAKE, saga);
    saga.wake = sim.handle;
    saga.sleeper = this;
  }

  #cancelWake(saga: SimSaga): void {
    if (saga.wake !== NEVER) this.#parts.world.sim.cancel(saga.wake);
    saga.wake = NEVER;
  }

  /** Lets faults strike at a point; false when the process died, or (at an input) stands still. */
  #survives(moment: 'input' | 'before' | 'after', what: OrchestratorInput | OrchestratorOutput): boolean {
    const { world } = this.#parts;
    const id = sagaOf(what);
    const saga = id === undefined ? undefined : world.sagas.get(id);
    if (saga === undefined) return true;
    const fate = this.#fate;
    fate.crash = false;
    fate.pauseUs = 0;
    const faults = this.#strike(saga, moment, what);
    if (faults === 0) return true;
    deliver(world, faults, saga);
    if (fate.crash) {
      this.#end(fate.downUs);
      return false;
    }
    this.#standStill(fate.pauseUs);
    return moment !== 'input';
  }

  #strike(
    saga: SimSaga,
    moment: 'input' | 'before' | 'after',
    what: OrchestratorInput | OrchestratorOutput,
  ): number {
    const { injector } = this.#parts.world;
    const fate = this.#fate;
    if (moment === 'input') return injector.at('process', PLACE.input, saga.index, 0, ++saga.inputs, fate);
    if (what.kind === 'append') {
      const place = PLACE[`${moment}-append`];
      const tries = triesOf(saga, what.expectedVersion);
      return injector.at('process', place, saga.index, what.expectedVersion, tries, fate);
    }
    if (what.kind !== 'call') return 0;
    const operation = operationOf(saga, what);
    const transmission = this.#parts.world.sends.of(saga, operation) * 2;
    return injector.at('process', PLACE[`${moment}-send`], saga.index, operation, transmission, fate);
  }

  #standStill(pauseUs: number): void {
    const { sim } = this.#parts.world;
    sim.note(TRACE.pause, this.#process.number, pauseUs, 0);
    this.#waiting ??= [];
    sim.schedule(sim.nowUs + pauseUs, this.#actor, GO_ON, this);
  }

  #end(downUs: number): void {
    this.#alive = false;
    this.#waiting = undefined;
    this.#process.die(downUs);
  }
}

/** Which saga an input or output is about, if it is about one. */
function sagaOf(what: OrchestratorInput | OrchestratorOutput): string | undefined {
  if (what.kind === 'reply') return what.call.saga;
  if ('append' in what) return what.append.saga;
  return 'saga' in what ? what.saga : undefined;
}
