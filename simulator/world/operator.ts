// People who meddle: one cancels a saga at the worst moment, one retries what has ended (operator-cancel,
// operator-retry). The person whom a saga asks for is in client.ts, those who repair sagas are in repairers.ts and, many at once, in
// repair-commands.ts.
//
// O1. While somebody is about to act on a saga, it is not forgotten.
// O2. Nobody meddles after the world has healed (S8).

import type { SagaState } from '../../engine/core/saga.ts';
import type { EndFate } from '../faults/fault.ts';
import { type FaultSet, faultSet } from '../faults/injector.ts';
import { PLACE } from '../faults/point.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { RepairHabits } from '../repair-habits.ts';
import type { SimProcess } from './process.ts';
import { RepairCommands } from './repair-commands.ts';
import { Repairers } from './repairers.ts';
import type { SimSaga } from './sim-saga.ts';
import { deliver, TRACE, type World } from './world.ts';

const CANCEL = 0;
const RETRY = 1;
const CANCEL_BIT = faultSet('operator-cancel');
const RETRY_BIT = faultSet('operator-retry');

export class Operator implements Actor {
  readonly #world: World;
  readonly #processOf: (saga: SimSaga) => SimProcess;
  readonly #retries: boolean;
  readonly #id: number;
  readonly #fate: EndFate = { retries: 0, afterUs: 0 };
  readonly #repairers: Repairers | undefined;
  readonly #commands: RepairCommands | undefined;

  constructor(world: World, processOf: (saga: SimSaga) => SimProcess, repairs: RepairHabits | undefined) {
    this.#world = world;
    this.#processOf = processOf;
    this.#retries = world.injector.canStrike('end');
    this.#id = this.#retries || world.injector.canBe('operator-cancel') ? world.sim.add(this) : -1;
    const { permille, commands = [] } = repairs ?? {};
    this.#repairers = permille === undefined ? undefined : new Repairers(world, processOf, permille);
    this.#commands = commands.length > 0 ? new RepairCommands(world, processOf, commands) : undefined;
  }

  /** Acts of commands whose engine was away for so long that nobody asked any more (S10). */
  get repairsGivenUp(): number {
    return this.#commands?.givenUp ?? 0;
  }

  /** A client asks for a saga. */
  begun(saga: SimSaga): void {
    this.#repairers?.begun(saga);
  }

  /** Somebody cancels the saga so often, so much later. */
  cancel(saga: SimSaga, times: number, afterUs: number): void {
    this.#act(CANCEL, saga, times, afterUs);
  }

  /** A saga ended, or asks for a person: somebody may want it to be tried again (E4). */
  ended(saga: SimSaga, state: SagaState): void {
    this.#repairers?.ended(saga, state);
    const { status, version } = state;
    if (!this.#retries || (status !== 'failed' && status !== 'compensated')) return;
    const fate = this.#fate;
    fate.retries = 0;
    fate.afterUs = 0;
    this.#world.injector.at('end', PLACE.end, saga.index, version, 0, fate);
    if (fate.retries > 0) this.#act(RETRY, saga, fate.retries, fate.afterUs);
  }

  #act(code: typeof CANCEL | typeof RETRY, saga: SimSaga, times: number, afterUs: number): void {
    const { sim, healAtUs } = this.#world;
    const atUs = sim.nowUs + afterUs;
    if (sim.nowUs < healAtUs && atUs >= healAtUs) return; // O2
    saga.underWay++; // O1
    sim.schedule(atUs, this.#id, code, saga, times);
  }

  happen(code: number, item: unknown, times: unknown): void {
    const saga = item as SimSaga;
    const { sim, sagas } = this.#world;
    sagas.touch(saga);
    if (code === CANCEL) this.#ask('cancel', saga, times as number, CANCEL_BIT);
    else this.#ask('retry', saga, times as number, RETRY_BIT);
    sim.note(code === CANCEL ? TRACE.cancel : TRACE.retry, saga.index, times as number, 0);
    saga.underWay--;
    this.#world.settle(saga);
  }

  #ask(kind: 'cancel' | 'retry', saga: SimSaga, times: number, fault: FaultSet): void {
    const { phase } = saga;
    let taken = 0;
    for (let i = 0; i < times; i++) if (this.#processOf(saga).request({ kind, saga: saga.id })) taken++;
    if (taken > 0) deliver(this.#world, fault, saga, phase);
  }
}
