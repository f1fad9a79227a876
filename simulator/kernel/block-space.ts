// Hands out blocks of consecutive small integers and takes them back: places in arrays that are shared by things that
// come and go. What is given back is used again, so the arrays grow with what is there at one time, not with all.

import { assert } from '../../engine/core/assert.ts';

export class BlockSpace {
  /** One more than the highest integer that was ever handed out. */
  end = 0;
  /** Blocks that were given back, by size. */
  readonly #free: (number[] | undefined)[] = [];

  /** The first integer of a block of `size`, from 1 to 100,000. */
  reserve(size: number): number {
    assert(Number.isInteger(size) && size >= 1 && size <= 100_000, 'no block has so many places', size);
    const again = this.#free[size]?.pop();
    if (again !== undefined) return again;
    const at = this.end;
    this.end += size;
    return at;
  }

  release(at: number, size: number): void {
    this.#free[size] ??= [];
    this.#free[size].push(at);
  }
}
