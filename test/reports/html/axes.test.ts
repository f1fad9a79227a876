// Axes: ticks that people read, and labels that do not stand on one another.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apart, decadesAround, durationTicks, tickText, timeTicks } from '../../../reports/html/axes.ts';
import { besideLines } from '../../../reports/html/line-labels.ts';

test('an axis of durations has its ticks at 1, 10, 100 of a unit', () => {
  expect(decadesAround(13_000, 95_000_000).map(({ text }) => text)).toEqual([
    '10 ms',
    '100 ms',
    '1 s',
    '10 s',
    '1 min',
    '10 min',
  ]);
});

test('its ends are around all values, also when there is one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 14 }), fc.nat(10 ** 9), (low, more) => {
      const ticks = decadesAround(low, low + more);
      expect(ticks[0]!.at).toBeLessThanOrEqual(low);
      expect(ticks.at(-1)!.at).toBeGreaterThanOrEqual(low + more);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
    }),
  );
});

test('an axis of time is divided as clocks are, in one unit', () => {
  expect(timeTicks(90_000_000, 9).map(({ text }) => text)).toEqual([
    '0',
    '10 s',
    '20 s',
    '30 s',
    '40 s',
    '50 s',
    '60 s',
    '70 s',
    '80 s',
    '90 s',
  ]);
  expect(timeTicks(7_200_000_000, 4).map(({ text }) => text)).toEqual([
    '0',
    '30 min',
    '60 min',
    '90 min',
    '120 min',
  ]);
  expect(tickText(120_000_000)).toBe('2 min');
});

test('an axis between two durations has ticks that all say something else, two at least', () => {
  expect(durationTicks(2_090_000, 2_150_000, 8).map(({ text }) => text)).toEqual([
    '2.09 s',
    '2.10 s',
    '2.11 s',
    '2.12 s',
    '2.13 s',
    '2.14 s',
    '2.15 s',
  ]);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 ** 12 }),
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 5, max: 9 }),
      (us, percent, most) => {
        const [low, high] = [Math.max(0, us * 0.9 - 1), us * (1.1 + percent / 100) + 1];
        const ticks = durationTicks(low, high, most);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(most);
        expect(new Set(ticks.map(({ text }) => text)).size).toBe(ticks.length);
        for (const { at } of ticks) expect(at >= low && at <= high).toBe(true);
      },
    ),
  );
});

test('labels at the ends of lines keep their order and their distance, within the plot', () => {
  const heights = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(heights, (wanted) => {
      const placed = apart(wanted, 0, 200);
      const order = wanted.map((_, i) => i).toSorted((a, b) => placed[a]! - placed[b]!);
      order.slice(1).forEach((i, k) => {
        expect(placed[i]! - placed[order[k]!]!).toBeGreaterThanOrEqual(15);
        expect(wanted[i]!).toBeGreaterThanOrEqual(wanted[order[k]!]!);
      });
      expect(Math.min(...placed)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...placed)).toBeLessThanOrEqual(200);
    }),
  );
});

test('names beside lines cover neither lines nor one another where there is room', () => {
  const plot = { left: 0, top: 0, right: 600, bottom: 200 };
  const lines = [
    [
      [100, 200],
      [100, 0],
    ],
    [
      [300, 200],
      [300, 0],
    ],
  ] as const;
  const places = besideLines(lines, ['first', 'second'], plot);
  for (const { x, anchor } of places) {
    const [left, right] = anchor === 'start' ? [x, x + 45] : [x - 45, x];
    for (const line of [100, 300]) expect(line < left || line > right).toBe(true);
  }
});
