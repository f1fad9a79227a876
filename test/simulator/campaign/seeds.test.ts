// Every run is done exactly once, whatever the batches.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchAt, defaultChecks, runsPerBatch, seedOf, spread } from '../../../simulator/campaign/seeds.ts';

test('one run uses the root seed itself, several use numbered ones', () => {
  expect(seedOf('nightly', 0, 1)).toBe('nightly');
  expect([0, 1, 2].map((index) => seedOf('nightly', index, 3))).toEqual([
    'nightly/0',
    'nightly/1',
    'nightly/2',
  ]);
});

test('batches cover all runs, in order, without overlap', () => {
  const number = (max: number) => fc.integer({ min: 1, max });
  fc.assert(
    fc.property(number(5_000), number(100_000), number(64), (total, sagas, workers) => {
      const size = runsPerBatch(total, sagas, workers);
      const indexes: number[] = [];
      for (let batch = 0; batch * size < total; batch++) {
        const { from, to } = batchAt(batch, size, total);
        for (let index = from; index < to; index++) indexes.push(index);
      }
      expect(indexes).toEqual(Array.from({ length: total }, (_, i) => i));
    }),
  );
});

test('small runs are bundled, large ones are not', () => {
  expect(runsPerBatch(1_000, 20, 2)).toBe(100);
  expect(runsPerBatch(1_000, 10_000, 2)).toBe(1);
  expect(runsPerBatch(10, 20, 2)).toBe(5);
});

test('2 % of the runs are repeated: at least one, at most twenty, never more than there are', () => {
  expect([1, 2, 100, 500, 1_000_000].map(defaultChecks)).toEqual([1, 1, 2, 10, 20]);
});

test('the repeated runs are spread over the whole range', () => {
  expect(spread(4, 100)).toEqual([12, 37, 62, 87]);
  expect(spread(5, 3)).toEqual([0, 1, 2]);
  expect(spread(0, 3)).toEqual([]);
});

test('the repeated runs are distinct and in order', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.integer({ min: 1, max: 10_000 }), (count, total) => {
      const chosen = spread(count, total);
      expect(chosen).toHaveLength(Math.min(count, total));
      expect([...new Set(chosen)].sort((a, b) => a - b)).toEqual(chosen);
      expect(chosen.every((index) => index >= 0 && index < total)).toBe(true);
    }),
  );
});
