// People who repair sagas, in scenarios that have them (`repairs`): some act whether or not it is wise, some see to what was
// given up or does not end. What they do, when and how often are keyed draws (S5), so nothing else in a run shifts.
//
// R1. An act has an id of its own and is asked for up to three times under it: at once, or so much later that the saga has
//     gone on, or its engine has died or was replaced in between. Now and then two acts are given one id.
// R2. While somebody is about to act on a saga, it is not forgotten. A look at what does not end keeps nothing alive.
// R3. Nobody meddles after the world has healed (S8), or, where it was never ill, after its first minute; who looks after what
//     does not end goes on.

import { skippable } from '../../engine/core/repair.ts';
import { REPAIR_KINDS, type RepairAct, type RepairKind } from '../../engine/core/repair-act.ts';
import { fold, isEnded, type SagaState } from '../../engine/core/saga.ts';
import { purpose, scale } from '../kernel/random.ts';
import type { Actor } from '../kernel/simulation.ts';
import type { SimProcess } from './process.ts';
import type { SimSaga } from './sim-saga.ts';
import { TRACE, type World } from './world.ts';

const ACT = 0;
const LOOK = 1;
const MEDDLES = purpose('repair-meddles');
const SHAPE = purpose('repair-shape');
const TIME = purpose('repair-time');
const TIMES_MAX = 3;
/** Half of those who meddle are in time for a saga that all goes well with. */
const MEDDLE_SOON_US = 100_000;
const MEDDLE_WITHIN_US = 20_000_000;
const PROMPT_WITHIN_US = 5_000_000;
const AGAIN_WITHIN_US = 15_000_000;
const MEDDLE_UNTIL_US = 60_000_000;
const PROCESS_AWAY_US = 500_000;
const TRIES_MAX = 100;
/** When somebody looks whether a saga has ended, after its start. */
const LOOKS_US: readonly number[] = [2, 4, 8, 15, 30, 60, 90, 120, 150].map((min) => min * 60_000_000);
const PEOPLE = ['anna', 'ben', 'chris'];
/** What is done for a saga that asks for a person; of ten. */
const PROMPT: readonly RepairKind[] = [
  'resume',
  'resume',
  'resume',
  'resume',
  'skip',
  'skip',
  'skip',
  'skip',
  'resolve',
  'compensate',
];

/** An act that is to be asked for. */
interface Errand {
  readonly act: RepairAct;
  readonly isMeddling: boolean;
  tries: number;
}

export class Repairers implements Actor {
  readonly #world: World;
  readonly #processOf: (saga: SimSaga) => SimProcess;
  readonly #permille: number;
  /** R3. */
  readonly #untilUs: number;
  readonly #id: number;

  constructor(world: World, processOf: (saga: SimSaga) => SimProcess, permille: number) {
    this.#world = world;
    this.#processOf = processOf;
    this.#permille = permille;
    this.#untilUs = Math.max(world.healAtUs, MEDDLE_UNTIL_US);
    this.#id = world.sim.add(this);
  }

  /** A client asks for a saga. */
  begun(saga: SimSaga): void {
    const { sim } = this.#world;
    sim.schedule(sim.nowUs + LOOKS_US[0]!, this.#id, LOOK, saga, 0);
    if (!this.#happens(saga, 0)) return;
    const acts = 1 + this.#draw(SHAPE, saga, 0, 0, 3);
    for (let n = 1; n <= acts; n++) {
      const kind = REPAIR_KINDS[this.#draw(SHAPE, saga, n, 1, REPAIR_KINDS.length)]!;
      const shares = n > 1 && this.#draw(SHAPE, saga, n, 2, 8) === 0; // R1
      const act = this.#act(saga, kind, `m-${shares ? n - 1 : n}`, n);
      const isSoon = this.#draw(TIME, saga, n, 20, 2) === 0;
      this.#plan(saga, act, n, isSoon ? MEDDLE_SOON_US : MEDDLE_WITHIN_US);
    }
  }

  /** The log says that the saga ended, or asks for a person. */
  ended(saga: SimSaga, { status, version }: SagaState): void {
    if (status === 'completed' || status === 'resolved' || !this.#happens(saga, version)) return;
    const prompt = PROMPT[this.#draw(SHAPE, saga, version, 3, PROMPT.length)]!;
    const kind = status === 'compensation_failed' ? prompt : 'retry';
    this.#plan(saga, this.#act(saga, kind, `e-${version}`, version), version, PROMPT_WITHIN_US);
  }

  happen(code: number, item: unknown, detail: unknown): void {
    const saga = item as SimSaga;
    if (code === LOOK) return this.#look(saga, detail as number);
    this.#world.sagas.touch(saga);
    this.#ask(saga, detail as Errand);
    saga.underWay--;
    this.#world.settle(saga);
  }

  #plan(saga: SimSaga, act: RepairAct, n: number, withinUs: number): void {
    const { sim } = this.#world;
    const times = 1 + this.#draw(TIME, saga, n, 0, TIMES_MAX);
    let atUs = sim.nowUs + this.#draw(TIME, saga, n, 1, withinUs);
    for (let i = 0; i < times && atUs < this.#untilUs; i++) {
      this.#send(saga, atUs, { act, isMeddling: true, tries: 0 });
      const isAtOnce = this.#draw(TIME, saga, n, 2 + 2 * i, 3) === 0;
      atUs += isAtOnce ? 0 : this.#draw(TIME, saga, n, 3 + 2 * i, AGAIN_WITHIN_US);
    }
  }

  /** R2. */
  #send(saga: SimSaga, atUs: number, errand: Errand): void {
    saga.underWay++;
    this.#world.sim.schedule(atUs, this.#id, ACT, saga, errand);
  }

  #ask(saga: SimSaga, errand: Errand): void {
    const { sim } = this.#world;
    const { act, isMeddling } = errand;
    sim.note(TRACE.repair, saga.index, REPAIR_KINDS.indexOf(act.act), errand.tries);
    if (this.#processOf(saga).request({ kind: 'repair', saga: saga.id, act })) return;
    const atUs = sim.nowUs + PROCESS_AWAY_US;
    if (++errand.tries < TRIES_MAX && (!isMeddling || atUs < this.#untilUs)) this.#send(saga, atUs, errand);
  }

  /** R3. Somebody looks at a saga, and acts where it has not ended; twice, as people do who wait. */
  #look(saga: SimSaga, n: number): void {
    const { sim, sagas } = this.#world;
    if (sagas.get(saga.id) !== saga || saga.isShed) return;
    const next = LOOKS_US[n + 1];
    if (next !== undefined) sim.schedule(saga.startAtUs + next, this.#id, LOOK, saga, n + 1);
    const state = fold(saga.definition, saga.id, saga.log.events);
    if (isEnded(state.status)) return; // somebody may retry it
    const sight = this.#sight(saga, state, n);
    if (sight === undefined) return;
    for (let i = 0; i < 2; i++) this.#send(saga, sim.nowUs, { act: sight, isMeddling: false, tries: 0 });
  }

  /** What there is to do for a saga that has not ended so long after its start. */
  #sight(saga: SimSaga, state: SagaState, n: number): RepairAct | undefined {
    const act = (kind: RepairKind): RepairAct => this.#named(saga, kind, `l-${n}`, 1_000 + n);
    const [step] = skippable(state);
    if (state.status === 'compensation_failed' && n % 2 === 0) return act('resume');
    if (step !== undefined) return { ...act('skip'), step: step.step };
    if (state.version === 0) return undefined;
    return act(n < 3 ? 'compensate' : 'resolve');
  }

  #act(saga: SimSaga, kind: RepairKind, id: string, n: number): RepairAct {
    const act = this.#named(saga, kind, id, n);
    const { steps } = saga.definition;
    if (kind !== 'skip' || this.#draw(SHAPE, saga, n, 5, 3) === 0) return act;
    return { ...act, step: steps[this.#draw(SHAPE, saga, n, 6, steps.length)]!.name };
  }

  #named(saga: SimSaga, act: RepairKind, id: string, n: number): RepairAct {
    const by = PEOPLE[this.#draw(SHAPE, saga, n, 7, PEOPLE.length)]!;
    return { act, id, by, why: 'it has waited long enough' };
  }

  #happens(saga: SimSaga, n: number): boolean {
    return this.#world.sim.nowUs < this.#untilUs && this.#draw(MEDDLES, saga, n, 0, 1_000) < this.#permille;
  }

  #draw(what: number, saga: SimSaga, n: number, part: number, below: number): number {
    return scale(this.#world.seed.draw(what, saga.index, n, part), below);
  }
}
