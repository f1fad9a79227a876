// D1, D2: percentiles that do not depend on how the observations came together, and are close to the exact ones.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Durations } from '../../../simulator/campaign/durations.ts';

const observations = fc.array(fc.integer({ min: 0, max: 20_000_000_000 }), { minLength: 1, maxLength: 300 });

function of(samples: readonly number[]): Durations {
  const durations = new Durations();
  durations.record(samples);
  return durations;
}

test('no observation, all zero', () => {
  expect(new Durations().percentiles()).toEqual({ count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 });
});

test('D1: packed parts, in any order, come to the same as the whole', () => {
  fc.assert(
    fc.property(observations, observations, (a, b) => {
      const whole = of([...a, ...b]).percentiles();
      for (const parts of [
        [a, b],
        [b, a],
      ]) {
        const merged = new Durations();
        for (const part of parts) merged.add(of(part).pack());
        expect(merged.percentiles()).toEqual(whole);
      }
    }),
    { numRuns: 50 },
  );
});

test('D2: the maximum is exact, the percentiles are within 0.1 %', () => {
  fc.assert(
    fc.property(observations, (samples) => {
      const { count, p50, p99, max } = of(samples).percentiles();
      const sorted = [...samples].sort((a, b) => a - b);
      const exact = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
      expect(count).toBe(samples.length);
      expect(max).toBe(sorted.at(-1));
      for (const [found, wanted] of [
        [p50, exact(0.5)],
        [p99, exact(0.99)],
      ] as const) {
        expect(found).toBeGreaterThanOrEqual(wanted);
        expect(found).toBeLessThanOrEqual(wanted * 1.001);
      }
    }),
    { numRuns: 50 },
  );
});
