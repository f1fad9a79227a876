// Pooled percentiles, weighted and not, against the long way round.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PooledSamples } from '../../../simulator/statistics/index.ts';

function theLongWay(clusters: readonly (readonly number[])[], permille: number, weights: readonly number[]) {
  const all = clusters.flatMap((samples, i) => Array.from({ length: weights[i]! }, () => samples).flat());
  return all.sort((a, b) => a - b)[Math.ceil((permille * all.length) / 1000) - 1] ?? Number.NaN;
}

const cluster = fc.record({
  samples: fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 8 }),
  weight: fc.integer({ min: 0, max: 3 }),
});

test('a weight is as good as so many copies', () => {
  fc.assert(
    fc.property(
      fc.array(cluster, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(10, 500, 900, 990, 1000),
      (list, permille) => {
        const clusters = list.map(({ samples }) => samples);
        const weights = list.map(({ weight }) => weight);
        const pooled = new PooledSamples(clusters);
        expect(pooled.at(permille, weights)).toBe(theLongWay(clusters, permille, weights));
        const ones = clusters.map(() => 1);
        expect(pooled.at(permille)).toBe(theLongWay(clusters, permille, ones));
      },
    ),
  );
});
