// What a scenario's workload draws from. One context serves all sagas of a run: a workload is pure, it keeps nothing.

import { purpose, type Seed, scale } from '../kernel/random.ts';
import type { WorkloadContext } from '../scenario.ts';

export class Workload implements WorkloadContext {
  /** The saga that is asked for; the host counts. */
  index = 0;
  readonly count: number;
  readonly #seed: Seed;
  readonly #purposes = new Map<string, number>();
  /** A function of its own, so that a workload may take it out of the context. */
  readonly int = (name: string, below: number): number =>
    scale(this.#seed.draw(this.#purposeOf(name), this.index, 0, 0), below);

  constructor(seed: Seed, count: number) {
    this.#seed = seed;
    this.count = count;
  }

  #purposeOf(name: string): number {
    const known = this.#purposes.get(name);
    if (known !== undefined) return known;
    const fresh = purpose(`workload:${name}`);
    this.#purposes.set(name, fresh);
    return fresh;
  }
}
