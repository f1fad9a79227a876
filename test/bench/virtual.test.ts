// Figures in virtual time: the same bits on every machine and every time.

import { expect, test } from 'vitest';
import { levelsOf } from '../../bench/levels.ts';
import { levelsSimulated } from '../../bench/levels-simulated.ts';
import { virtualMeasures } from '../../bench/virtual.ts';

test('virtual latencies are bit-identical, on every machine and every time', async () => {
  const measures = await virtualMeasures();
  expect(measures.map(({ id, meanMs, p99Ms }) => [id, meanMs, p99Ms])).toMatchInlineSnapshot(`
    [
      [
        "virtual/bank-transfer-calm",
        4744.5282363999995,
        6301.239382299999,
      ],
      [
        "virtual/bank-transfer-storm",
        47147.5664198,
        167404.77785759998,
      ],
      [
        "virtual/order-processing-calm",
        40.19375880000001,
        44.9476376,
      ],
      [
        "virtual/order-processing-storm",
        35095.5896834,
        168294.99332339995,
      ],
    ]
  `);
});

test('the simulated levels of service are met', () => {
  expect(levelsOf(levelsSimulated()).filter(({ isMet }) => !isMet)).toEqual([]);
});
