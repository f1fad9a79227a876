// An orchestrator process: a node that lives, dies and comes back with nothing but the log. What one life of it does is
// in life.ts.
//
// P5. A life that was taken over goes on by itself: whatever becomes of it, the present one is not touched.

import type { OrchestratorInput, OrchestratorOptions } from '../../engine/core/orchestrator.ts';
import type { DeployFate } from '../faults/fault.ts';
import { faultSet } from '../faults/injector.ts';
import { orchestratorMachine, PLACE } from '../faults/point.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { SagaStart } from '../scenario.ts';
import { orchestratorName } from '../service-load.ts';
import type { Sufferer } from './incidents.ts';
import { GO_ON, Life, type LifeObserver, type LifeOwner, type LifeParts } from './life.ts';
import { MachineClock } from './machine-clock.ts';
import type { Partition, SimSaga } from './sim-saga.ts';
import type { Versions } from './versions.ts';
import { TRACE } from './world.ts';

const RESTART = 2;
const DEPLOY = 3;
const DEPLOY_BIT = faultSet('deploy');

export interface ProcessObserver extends LifeObserver {
  /** The process is ready for requests; those that were not answered may be lost. */
  ready(process: SimProcess): void;
}

export interface ProcessParts extends Omit<LifeParts, 'options'> {
  readonly observer: ProcessObserver;
  readonly options: Omit<OrchestratorOptions, 'epoch' | 'definitions'>;
  readonly versions: Versions;
}

export class SimProcess implements Actor, LifeOwner, Sufferer {
  readonly number: number;
  readonly #partition: Partition;
  readonly #parts: ProcessParts;
  readonly #id: number;
  #life: Life | undefined;
  #clock: MachineClock;
  #takeovers = 0;
  #downUntilUs = 0;
  /** Where the newer definitions are rolled out: whether it has them already. */
  #deployed: boolean | undefined;

  constructor(parts: ProcessParts, partition: Partition) {
    this.#parts = parts;
    this.number = partition.number;
    this.#partition = partition;
    this.#id = parts.world.sim.add(this);
    this.#clock = new MachineClock(parts.world, orchestratorMachine(this.number, 0));
    this.#planDeploy();
  }

  #planDeploy(): void {
    const { world, versions } = this.#parts;
    const { injector, healAtUs, sim } = world;
    if (!versions.areSeveral || !injector.canStrike('deploy')) return;
    const fate: DeployFate = { atUs: -1, downUs: 0 };
    injector.at('deploy', PLACE.deploy, this.number, 0, 0, fate);
    if (fate.atUs < 0 || fate.atUs >= healAtUs) return;
    this.#deployed = false;
    sim.schedule(fate.atUs, this.#id, DEPLOY, fate.downUs);
  }

  /** Opens the partition; the process is ready when the store has answered. */
  start(): void {
    const { versions, options } = this.#parts;
    const definitions = this.#deployed === false ? versions.older : versions.all;
    const parts: LifeParts = { ...this.#parts, options: { ...options, definitions } };
    this.#life = new Life(parts, this, this.#partition, this.#id, this.#clock);
    this.#parts.store.open(this.#partition.name, this.#life);
  }

  /** What a client gets when it asks for this: perhaps another version of the saga. */
  startOf(asked: SagaStart): SagaStart {
    const { versions } = this.#parts;
    if (this.#deployed === undefined) return asked;
    return { ...asked, saga: this.#deployed ? versions.newest(asked.saga) : versions.before(asked.saga) };
  }

  ready(): void {
    this.#parts.observer.ready(this);
  }

  /** A request of a client or operator; false when the process cannot take it now. */
  request(input: OrchestratorInput): boolean {
    if (this.#life === undefined || !this.#life.ready) return false;
    this.#life.input(input);
    return true;
  }

  /** A second worker takes over, on a machine of its own (P5). False when one did so before. */
  takeOver(from: Life): boolean {
    if (from !== this.#life) return false;
    const { world } = this.#parts;
    world.sim.note(TRACE.takeover, this.number, 0, 0);
    this.#clock = new MachineClock(world, orchestratorMachine(this.number, ++this.#takeovers));
    this.start();
    return true;
  }

  /** An incident: whoever has a saga here waits. */
  goDown(downUs: number): void {
    const { sim, sagas, incidents } = this.#parts.world;
    this.#downUntilUs = Math.max(this.#downUntilUs, sim.nowUs + downUs);
    for (const saga of sagas.values()) {
      if (saga.partition === this.#partition && saga.phase !== 'ended')
        incidents.foundDown(orchestratorName(this.number), sim.nowUs);
    }
    this.#life?.end(downUs);
  }

  /** A life ended; the present one is followed by another (P5). */
  died(life: Life, downUs: number): void {
    const { sim } = this.#parts.world;
    sim.note(TRACE.crash, this.number, downUs, 0);
    if (life !== this.#life) return;
    this.#life = undefined;
    this.#restartAt(sim.nowUs + downUs);
  }

  #restartAt(atUs: number): void {
    this.#parts.world.sim.schedule(atUs, this.#id, RESTART, undefined);
  }

  happen(code: number, item: unknown, detail: unknown): void {
    switch (code) {
      case RESTART:
        if (this.#parts.world.sim.nowUs < this.#downUntilUs) return this.#restartAt(this.#downUntilUs);
        this.#parts.world.sim.note(TRACE.restart, this.number, 0, 0);
        return this.start();
      case GO_ON:
        return (item as Life).goOn();
      case DEPLOY:
        return this.#deploy(item as number);
      default:
        return this.#wake(item as SimSaga, detail as Life);
    }
  }

  #wake(saga: SimSaga, life: Life): void {
    const { sim, sagas } = this.#parts.world;
    life.woken(saga);
    sagas.touch(saga);
    sim.note(TRACE.wake, saga.index, 0, 0);
    life.input({ kind: 'wake', saga: saga.id });
  }

  #deploy(downUs: number): void {
    const { sim, sagas, injector } = this.#parts.world;
    sim.note(TRACE.deploy, this.number, downUs, 0);
    this.#deployed = true;
    for (const saga of sagas.values()) {
      if (saga.partition !== this.#partition || saga.phase === 'ended') continue;
      injector.deliver(DEPLOY_BIT, 'running');
      break;
    }
    this.#life?.end(downUs);
  }
}
