// Randomness with names (S5). A run has one seed, a string; everything that is decided by chance is either a
// keyed draw (a hash of the seed and of what the decision is about) or comes from a named stream.
//
// A keyed draw depends on nothing but its key: adding, removing or reordering others never shifts it. Faults,
// latencies, workloads and the participants' own failures are keyed draws; streams serve where an order is
// natural, such as the drawing of a whole fault profile.

import seedrandom from 'seedrandom';
import { hash32, join32, mix32 } from '../../engine/core/mix.ts';

/** The number that stands for the purpose of a keyed draw. Compute it once, outside the hot path. */
export function purpose(name: string): number {
  return hash32(name) | 0;
}

export class Seed {
  readonly text: string;
  readonly #key0: number;
  readonly #key1: number;

  constructor(text: string) {
    this.text = text;
    const prng = seedrandom.alea(text);
    this.#key0 = prng.int32();
    this.#key1 = prng.int32();
  }

  /** A uniform 32-bit draw, fixed by (seed, purpose, a, b, c). */
  draw(purpose: number, a: number, b: number, c: number): number {
    return this.drawFrom(this.begin(purpose), a, b, c);
  }

  /** What all draws for a purpose begin with, for who makes many: see {@link drawFrom}. */
  begin(purpose: number): number {
    return join32(this.#key0, purpose);
  }

  /** The same as {@link draw} for the purpose that was begun with. */
  drawFrom(begun: number, a: number, b: number, c: number): number {
    return mix32(join32(join32(join32(begun, a), b), c) ^ this.#key1);
  }

  /** A generator of its own, fixed by (seed, name): `stream('profile')()` is uniform in [0, 1). */
  stream(name: string): () => number {
    return seedrandom.alea(`${this.text}\u0000${name}`);
  }
}

/** Scales a 32-bit draw to an integer in [0, below), `below` at most 2^32. */
export function scale(draw: number, below: number): number {
  return Math.floor((draw / 0x1_0000_0000) * below);
}

/** The largest 32-bit draw that still counts as a hit at `ppm` parts per million, plus one. */
export function threshold(ppm: number): number {
  return Math.floor((ppm * 0x1_0000_0000) / 1_000_000);
}
