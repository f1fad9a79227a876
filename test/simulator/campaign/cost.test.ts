// The cost of calls, against sums made by hand. A well-known calculator prints $1.20, $18.67 and $186.67 for these three
// months; its own formula, worked out, gives what stands here.

import { expect, test } from 'vitest';
import { costOfCalls, costOfServers, costPerMillionSagas } from '../../../simulator/campaign/cost.ts';

test.each([
  [100_000, 0.02 + 0.083_333_5],
  [10_000_000, 2 + 8.333_35],
  [100_000_000, 20 + 83.333_5],
])('%i calls of 100 ms with 512 MB cost', (calls, dollars) => {
  expect(costOfCalls(calls)).toBeCloseTo(dollars, 6);
});

test('two small servers cost $30.37 a month', () => {
  expect(costOfServers(2)).toBeCloseTo(30.368, 6);
});

test('a million sagas of four calls', () => {
  expect(costPerMillionSagas(4)).toBeCloseTo(4 * (0.2 + 0.833_335), 6);
});
