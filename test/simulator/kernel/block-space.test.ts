// Blocks of integers never overlap, and what was given back is used again before the space grows.

import { expect, test } from 'vitest';
import { BlockSpace } from '../../../simulator/kernel/block-space.ts';

test('blocks follow one another', () => {
  const space = new BlockSpace();
  expect([space.reserve(3), space.reserve(1), space.reserve(2), space.end]).toEqual([0, 3, 4, 6]);
});

test('a block that was given back goes to the next of its size, and to no other', () => {
  const space = new BlockSpace();
  const three = space.reserve(3);
  const one = space.reserve(1);
  space.release(three, 3);
  space.release(one, 1);
  expect(space.reserve(2)).toBe(4);
  expect([space.reserve(3), space.reserve(1), space.end]).toEqual([three, one, 6]);
  expect(space.reserve(3)).toBe(6);
});

test('blocks that are held at one time do not overlap, and the space is as large as it must be', () => {
  const space = new BlockSpace();
  for (let round = 0; round < 10; round++) {
    const held = [1, 2, 3, 4, 5].map((size) => ({ size, at: space.reserve(size) }));
    const places = held.flatMap(({ size, at }) => Array.from({ length: size }, (_, i) => at + i));
    expect(new Set(places).size).toBe(15);
    for (const { size, at } of held) space.release(at, size);
  }
  expect(space.end).toBe(15);
});

test.each([0, -1, 1.5, Number.NaN, 100_001])('a block of %s places is refused', (size) => {
  expect(() => new BlockSpace().reserve(size)).toThrow('no block has so many places');
});
