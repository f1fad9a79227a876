// Figures in virtual time: the same bits on every machine and every time.

import { expect, test } from 'vitest';
import { levelsOf } from '../../bench/levels.ts';
import { levelsSimulated } from '../../bench/levels-simulated.ts';
import { virtualMeasures } from '../../bench/virtual.ts';

test('virtual latencies are bit-identical, whatever the machine does meanwhile', async () => {
  const first = await virtualMeasures();
  expect(await virtualMeasures()).toEqual(first);
  expect(first.map(({ id, meanMs, p99Ms }) => [id, meanMs, p99Ms])).toMatchInlineSnapshot(`
    [
      [
        "virtual/bank-transfer-calm",
        4750.847548,
        6301.239382299999,
      ],
      [
        "virtual/bank-transfer-storm",
        46207.70521259999,
        167404.77785759998,
      ],
      [
        "virtual/order-processing-calm",
        40.16329260000002,
        44.9476376,
      ],
      [
        "virtual/order-processing-storm",
        33834.8367332,
        168294.99332339995,
      ],
    ]
  `);
}, 60_000);

test('the simulated levels of service are met', () => {
  expect(levelsOf(levelsSimulated()).filter(({ isMet }) => !isMet)).toEqual([]);
}, 60_000);
