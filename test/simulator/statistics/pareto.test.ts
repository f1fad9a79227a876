// Pareto fronts, by a table and by their definition.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominates, paretoFront, paretoRanks } from '../../../simulator/statistics/index.ts';

test('who is worse in one respect and better in none is behind', () => {
  const candidates = [
    [1, 5],
    [2, 4],
    [2, 5],
    [3, undefined],
    [1, 5],
  ];
  expect(paretoFront(candidates)).toEqual([true, true, false, false, true]);
  expect(paretoRanks(candidates)).toEqual([0, 0, 1, 2, 0]);
});

const points = fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 20 });

test('nobody in a front dominates another in it, and all behind are dominated by somebody in front of them', () => {
  fc.assert(
    fc.property(points, (candidates) => {
      const ranks = paretoRanks(candidates);
      candidates.forEach((one, i) => {
        const by = candidates
          .filter((other) => dominates(other, one))
          .map((other) => candidates.indexOf(other));
        expect(by.every((j) => ranks[j]! < ranks[i]!)).toBe(true);
        expect(ranks[i] === 0 || by.some((j) => ranks[j] === ranks[i]! - 1)).toBe(true);
      });
    }),
  );
});
