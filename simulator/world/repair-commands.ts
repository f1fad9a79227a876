// Acts for many sagas at moments that a scenario names (`repairs.commands`): somebody types `sagastorm repair … --all --yes`. Which
// sagas are meant and what the act does to each is what a live engine does: engine/core/repair-selection.ts and repair.ts.
//
// C1. A saga whose engine is away is asked for again, under the same id, as a person does who is told so.
// C2. Sagas that ended are forgotten by and by: `retry` for all finds those that are not.

import { REPAIR_KINDS, type RepairAct } from '../../engine/core/repair-act.ts';
import { isChosen } from '../../engine/core/repair-selection.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { RepairCommand } from '../repair-habits.ts';
import type { SimProcess } from './process.ts';
import type { SimSaga } from './sim-saga.ts';
import { TRACE, type World } from './world.ts';

const ASK = 0;
const AGAIN = 1;
const PROCESS_AWAY_US = 500_000;
const TRIES_MAX = 100;

export class RepairCommands implements Actor {
  readonly #world: World;
  readonly #processOf: (saga: SimSaga) => SimProcess;
  readonly #id: number;
  #givenUp = 0;

  constructor(world: World, processOf: (saga: SimSaga) => SimProcess, commands: readonly RepairCommand[]) {
    this.#world = world;
    this.#processOf = processOf;
    this.#id = world.sim.add(this);
    for (const command of commands) world.sim.schedule(command.atMs * 1_000, this.#id, ASK, command);
  }

  /** Acts that were asked for as often as anybody does, and found no engine: the run is inconclusive then (S10). */
  get givenUp(): number {
    return this.#givenUp;
  }

  happen(code: number, item: unknown, detail: unknown): void {
    if (code === ASK) return this.#askAll(item as RepairCommand);
    const saga = item as SimSaga;
    const { act, tries } = detail as Errand;
    saga.underWay--;
    this.#ask(saga, act, tries);
    this.#world.settle(saga);
  }

  #askAll({ act: kind, id, by, why, step, ...selection }: RepairCommand): void {
    const { sim, sagas } = this.#world;
    const act: RepairAct = {
      act: kind,
      id,
      by,
      ...(why === undefined ? {} : { why }),
      ...(step === undefined ? {} : { step }),
    };
    const all = [...sagas.values()];
    for (const saga of all.filter((one) => isChosen(kind, selection, one.log.rows(), sim.nowUs)))
      this.#ask(saga, act, 0);
  }

  /** C1. */
  #ask(saga: SimSaga, act: RepairAct, tries: number): void {
    const { sim, sagas } = this.#world;
    sagas.touch(saga);
    sim.note(TRACE.repair, saga.index, REPAIR_KINDS.indexOf(act.act), tries);
    if (this.#processOf(saga).request({ kind: 'repair', saga: saga.id, act })) return;
    if (tries === TRIES_MAX) {
      this.#givenUp++;
      return;
    }
    saga.underWay++; // until then it is not forgotten
    const errand: Errand = { act, tries: tries + 1 };
    sim.schedule(sim.nowUs + PROCESS_AWAY_US, this.#id, AGAIN, saga, errand);
  }
}

interface Errand {
  readonly act: RepairAct;
  readonly tries: number;
}
