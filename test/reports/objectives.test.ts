// Service levels in words: with units, and never rounded to the other side of their limit.

import { expect, test } from 'vitest';
import { limitText, measuredText, objectiveText } from '../../reports/objectives.ts';
import type { Objective } from '../../simulator/run-record.ts';

const p99 = (limit: number, actual?: number): Objective => ({
  id: 'slo/sagaP99Ms',
  statement: 'all end soon',
  limit,
  ...(actual === undefined ? {} : { actual }),
  state: actual === undefined ? 'not-measured' : actual > limit ? 'missed' : 'met',
});

test.each([
  [p99(2_000, 2_300), '2.3 s'],
  [p99(2_000, 23_456), '23.5 s'],
  [p99(2_000, 300_000), '5 min'],
  [p99(1, 12.3456), '12.3 ms'],
  [p99(2_000, -1), 'never'],
  [p99(2_000), '–'],
  [{ ...p99(994, 990), id: 'slo/completedPermille' }, '990 of 1,000'],
])('%j was %s', (objective, text) => {
  expect(measuredText(objective)).toBe(text);
});

test('what is near its limit is said to the digit', () => {
  expect(measuredText(p99(2_000, 2_000.4))).toBe('2,000.4 ms');
  expect(measuredText(p99(2_352, 2_353))).toBe('2,353 ms');
  expect(measuredText(p99(100, 100.5))).toBe('100.5 ms');
  expect(measuredText(p99(2_000, 2_000))).toBe('2 s');
});

test('a limit is said to the digit, and a sentence has both', () => {
  expect([1, 2_300, 2_345, 90_000, 300_000].map((ms) => limitText(p99(ms)))).toEqual([
    '1 ms',
    '2.3 s',
    '2,345 ms',
    '90 s',
    '5 min',
  ]);
  expect(limitText({ ...p99(994), id: 'slo/completedPermille' })).toBe('994 of 1,000');
  expect(objectiveText(p99(2_000, 2_300))).toBe('all end soon, here 2.3 s');
  expect(objectiveText(p99(2_000))).toBe('all end soon: not measured');
});
