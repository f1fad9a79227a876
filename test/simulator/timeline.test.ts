// A run over time: nothing is lost when time runs out of buckets, or when runs are laid above one another.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binOf, percentileIn, Timeline } from '../../simulator/timeline.ts';

const moments = fc.array(fc.record({ atUs: fc.nat(2 ** 31), tookUs: fc.nat(2 ** 40) }), { maxLength: 60 });

function of(list: readonly { readonly atUs: number; readonly tookUs: number }[]): Timeline {
  const timeline = new Timeline();
  for (const { atUs, tookUs } of list) {
    timeline.add('completed', atUs);
    timeline.took(tookUs, atUs);
  }
  return timeline;
}

test('T1: everything is counted once, in at most 96 buckets, where it happened', () => {
  fc.assert(
    fc.property(moments, (list) => {
      const { bucketUs, buckets } = of(list).buckets();
      expect(buckets.length).toBeLessThanOrEqual(96);
      expect(buckets.reduce((sum, { completed }) => sum + completed, 0)).toBe(list.length);
      for (const { atUs } of list) expect(buckets[Math.floor(atUs / bucketUs)]!.completed).toBeGreaterThan(0);
    }),
  );
});

test('runs laid above one another are as one run, in whatever order', () => {
  fc.assert(
    fc.property(moments, moments, (a, b) => {
      const [one, other, both] = [of(a), of(b), of([...a, ...b])];
      const second = other.result();
      other.merge(one.result());
      one.merge(second);
      expect(one.result()).toEqual(both.result());
      expect(other.result()).toEqual(both.result());
    }),
  );
});

test('T2: a bin ends at most a fifth above what fell into it, and never below', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 45), (us) => {
      const end = percentileIn([[binOf(us), 1]], 50);
      expect(end).toBeGreaterThanOrEqual(us);
      expect(end).toBeLessThanOrEqual(us * 1.25 + 1);
    }),
  );
});

test('percentiles are those of all durations, whatever the order of their bins', () => {
  const bins = [[binOf(8_000), 1] as const, [binOf(10), 98] as const, [binOf(500), 1] as const];
  expect(percentileIn(bins, 50)).toBeLessThan(13);
  expect(percentileIn(bins, 99)).toBeGreaterThanOrEqual(500);
  expect(percentileIn(bins, 100)).toBeGreaterThanOrEqual(8_000);
  expect(percentileIn([], 50)).toBe(0);
});

test('T3: faults after everything else make no room for themselves, and those before it are all counted', () => {
  const timeline = new Timeline();
  timeline.add('started', 0);
  timeline.add('faults', 30_000_000);
  timeline.add('completed', 40_000_000);
  timeline.add('faults', 20_000_000_000);
  const { bucketUs, buckets } = timeline.buckets();
  expect(bucketUs).toBe(500_000);
  expect(buckets.reduce((sum, { faults }) => sum + faults, 0)).toBe(1);
  expect(buckets[60]!.faults).toBe(1);
});
