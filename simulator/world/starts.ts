// What each saga of a run is and when its client asks for it: the word of the workload, checked. A workload is pure,
// so it may be asked again: at another time, or for another saga's wish, where a fault wants it so (burst, hot-key).

import { UserError } from '../../engine/core/user-error.ts';
import type { StartFate, WishFate } from '../faults/fault.ts';
import { type FaultInjector, faultSet } from '../faults/injector.ts';
import { PLACE } from '../faults/point.ts';
import { type Seed, scale } from '../kernel/random.ts';
import type { SagaStart, Scenario } from '../scenario.ts';
import { firstLine, thrownAt } from '../thrown-place.ts';
import { Workload } from './workload.ts';
import { DRAW } from './world.ts';

const START_SPREAD_US = 1_000_000;
const BURST_BIT = faultSet('burst');
const MILLION = 1_000_000;

export class Starts {
  readonly #scenario: Scenario;
  readonly #seed: Seed;
  readonly #latestUs: number;
  readonly #workload: Workload;
  readonly #injector: FaultInjector;
  readonly #sagas: number;
  readonly #startFate: StartFate = { slotUs: 0 };
  readonly #wishFate: WishFate = { likePpm: -1 };
  readonly #bursts: boolean;
  readonly #wishes: boolean;

  /** `latestUs`: no saga may begin later. */
  constructor(scenario: Scenario, seed: Seed, injector: FaultInjector, sagas: number, latestUs: number) {
    this.#injector = injector;
    this.#sagas = sagas;
    this.#bursts = injector.canStrike('start');
    this.#wishes = injector.canStrike('wish');
    this.#scenario = scenario;
    this.#seed = seed;
    this.#latestUs = latestUs;
    this.#workload = new Workload(seed, sagas);
  }

  /** When the client of saga `index` asks, in microseconds; `healAtUs`: from then on nobody is moved (S8). */
  askAtUs(index: number, healAtUs: number): number {
    const atUs = this.atUs(index, this.of(index));
    if (!this.#bursts || atUs >= healAtUs) return atUs;
    const fate = this.#startFate;
    fate.slotUs = 0;
    this.#injector.at('start', PLACE.start, index, 0, 0, fate);
    return fate.slotUs === 0 ? atUs : atUs - (atUs % fate.slotUs);
  }

  /** What the client of saga `index` asks for at `nowUs`, and the faults that this shows. */
  ask(index: number, nowUs: number): { readonly start: SagaStart; readonly faults: number } {
    const own = this.of(index);
    if (!this.#bursts && !this.#wishes) return { start: own, faults: 0 };
    const moved = this.atUs(index, own) === nowUs ? 0 : BURST_BIT;
    if (!this.#wishes) return { start: own, faults: moved };
    const fate = this.#wishFate;
    fate.likePpm = -1;
    const hot = this.#injector.at('wish', PLACE.wish, index, 0, 0, fate);
    const like = Math.floor((fate.likePpm * this.#sagas) / MILLION);
    if (hot === 0 || like >= index) return { start: own, faults: moved };
    const start = this.of(like);
    return { start, faults: isSameWish(start, own) ? moved : moved | hot };
  }

  /** @throws UserError `bad-start` when it is no start, or of a saga that the scenario does not list. */
  of(index: number): SagaStart {
    const { name, sagas, workload } = this.#scenario;
    this.#workload.index = index;
    const start = this.#ask(() => workload(this.#workload), index);
    if (start?.saga !== undefined && sagas.includes(start.saga)) return start as SagaStart;
    const named = start?.saga?.name;
    const what = named === undefined ? 'no saga' : `"${named}", which scenario "${name}" does not list`;
    throw new UserError(
      'bad-start',
      `the workload, asked for saga number ${index}, returns ${what}`,
      `Return one of its sagas: ${sagas.map((saga) => saga.name).join(', ')}.`,
    );
  }

  /** The caller may be untyped: what comes is not sure to be a start. */
  #ask(workload: () => unknown, index: number): Partial<SagaStart> | null | undefined {
    try {
      return workload() as Partial<SagaStart> | null | undefined;
    } catch (error) {
      if (error instanceof UserError) throw error;
      const what = `the workload of scenario "${this.#scenario.name}" threw, for saga number ${index}: ${firstLine(error)}`;
      throw new UserError('bad-start', `${what}${thrownAt(error)}`);
    }
  }

  /** @throws UserError `bad-start` unless the start is a whole number from 0 to the latest. */
  atUs(index: number, { startAtUs }: SagaStart): number {
    if (startAtUs === undefined) return scale(this.#seed.draw(DRAW.startAt, index, 0, 0), START_SPREAD_US);
    if (Number.isInteger(startAtUs) && startAtUs >= 0 && startAtUs <= this.#latestUs) return startAtUs;
    throw new UserError(
      'bad-start',
      `the workload starts saga number ${index} at ${String(startAtUs)}, not a moment of the run`,
      `\`startAtUs\` is a whole number of microseconds from 0 to ${this.#latestUs}.`,
    );
  }
}

/** Whether both ask for the same: then nothing was changed (S7). Input that is no JSON is taken for another. */
function isSameWish(one: SagaStart, other: SagaStart): boolean {
  if (one.saga !== other.saga) return false;
  try {
    return JSON.stringify(one.input) === JSON.stringify(other.input);
  } catch {
    return false;
  }
}
