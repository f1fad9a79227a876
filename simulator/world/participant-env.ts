// A participant's view of the world: its own clock, chance that is keyed by what is decided, and its own commits.

import { hash32 } from '../../engine/core/mix.ts';
import type { ParticipantEnv } from '../../engine/core/protocol.ts';
import { type Seed, threshold } from '../kernel/random.ts';
import type { MachineClock } from './machine-clock.ts';
import type { World } from './world.ts';

/**
 * A field that is set before each turn, instead of a getter: a participant may keep the object for later turns, wrap it or
 * spread it. (V8 keeps what a literal with a getter leads to, here a whole run, until the next full collection.)
 */
export class SimEnv implements ParticipantEnv {
  nowUs = 0;
  readonly #seed: Seed;
  readonly #clock: MachineClock;
  readonly #purposes = new Map<string, number>();
  readonly commit: () => void;

  /** @param commit told of each commit that a participant makes before its last */
  constructor({ seed }: World, clock: MachineClock, commit: () => void = () => undefined) {
    this.#seed = seed;
    this.#clock = clock;
    this.commit = commit;
  }

  /** The participant is about to do something: what its clock shows. */
  begin(): this {
    this.nowUs = this.#clock.nowUs;
    return this;
  }

  /** A field, so that it can be taken off. */
  readonly chance = (what: string, subject: string, permille: number): boolean => {
    let key = this.#purposes.get(what);
    if (key === undefined) {
      key = hash32(`chance:${what}`);
      this.#purposes.set(what, key);
    }
    return this.#seed.draw(key, hash32(subject), subject.length, 0) < threshold(permille * 1000);
  };
}
