// What changed between two records of the benchmark: told apart where it is more than noise, and only there.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { against, isRegression, permutationTest } from '../../bench/against.ts';
import type { BenchRecord } from '../../bench/bench-record.ts';
import { renderAgainst, renderLevels } from '../../bench/bench-text.ts';
import { levelsOf, type Measured } from '../../bench/levels.ts';

/** A record of two measures, of which each process took so long beside a reference of 10 ms. */
function recordOf(times: Readonly<Record<string, readonly number[]>>, virtualMs = 40): BenchRecord {
  return {
    schema: 'sagastorm/bench@1',
    version: '0.1.0',
    node: '24.0.0',
    machine: { cpu: 'a', cores: 2, platform: 'linux x64' },
    measures: Object.entries(times).map(([id, processes]) => ({
      id,
      title: id,
      unit: 'things',
      count: 100,
      reference: { title: 'reference', count: 100 },
      processes: processes.map((ms) => ({ oursMs: [ms, ms, ms], referenceMs: [10, 10, 10] })),
    })),
    virtual: [{ id: 'virtual/v', title: 'v', meanMs: virtualMs, p50Ms: 1, p99Ms: 1, maxMs: 1 }],
    meta: { startedAt: '2026-01-01T00:00:00.000Z', wallMs: 1 },
  };
}

const STEADY = [20, 20.4, 19.8, 20.2, 19.9, 20.1, 20.3];

describe('the permutation test', () => {
  test('counts the ways to deal the values that are as far apart', () => {
    expect(permutationTest([1, 2, 3], [4, 5, 6])).toBeCloseTo(2 / 20, 12);
    expect(permutationTest([1, 2], [1, 2])).toBe(1);
  });

  test('does not depend on who is first, nor on a shift of both', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(values, values, fc.integer({ min: -9, max: 9 }), (a, b, shift) => {
        const p = permutationTest(a, b);
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        expect(permutationTest(b, a)).toBeCloseTo(p, 12);
        const moved = (list: readonly number[]) => list.map((value) => value + shift);
        expect(permutationTest(moved(a), moved(b))).toBeCloseTo(p, 12);
      }),
    );
  });
});

describe('against', () => {
  test('a change beyond the noise is told, noise is not', () => {
    const before = recordOf({ fast: STEADY, slow: STEADY, same: STEADY });
    const now = recordOf({
      fast: STEADY.map((ms) => ms * 0.8),
      slow: STEADY.map((ms) => ms * 1.1),
      same: STEADY.toReversed().map((ms, i) => ms + (i % 2 === 0 ? 0.1 : -0.1)),
    });
    const { measures } = against(before, now);
    expect(measures.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['fast', 'faster'],
      ['slow', 'slower'],
      ['same', 'alike'],
    ]);
    const [fast, slow] = measures;
    expect(fast!.change).toBeCloseTo(0.25, 6);
    expect(fast!.interval!.low).toBeLessThan(0.25);
    expect(fast!.interval!.high).toBeGreaterThan(0.25);
    expect(slow!.change).toBeCloseTo(1 / 1.1 - 1, 6);
    expect(isRegression(against(before, now))).toBe(true);
    expect(isRegression(against(before, recordOf({ fast: STEADY })))).toBe(false);
  });

  test('a machine that is slower for both is no change', () => {
    const before = recordOf({ w: STEADY });
    const slower = recordOf({ w: STEADY.map((ms) => ms * 2) });
    const measures = slower.measures.map((one) => ({
      ...one,
      processes: one.processes.map((rounds) => ({ ...rounds, referenceMs: [20, 20, 20] })),
    }));
    expect(against(before, { ...slower, measures }).measures[0]!.verdict).toBe('alike');
  });

  test('too few processes tell nothing; what is only in one of the two is named', () => {
    const comparison = against(recordOf({ a: [20], gone: [1] }), recordOf({ a: [10], new: [1] }));
    expect(comparison.measures).toMatchObject([{ id: 'a', verdict: 'too-few' }]);
    expect(comparison.unmatched).toEqual(['gone', 'new']);
    expect(renderAgainst('main', comparison)).toContain('only in one of the two: gone, new');
  });

  test('a latency in virtual time that differs is a change of the code, and a longer one a regression', () => {
    const comparison = against(recordOf({}, 40), recordOf({}, 41));
    expect(comparison.virtual).toHaveLength(1);
    expect(isRegression(comparison)).toBe(true);
    expect(isRegression(against(recordOf({}, 41), recordOf({}, 40)))).toBe(false);
  });
});

test('a level that is missed is told, and which', () => {
  const good: Measured = {
    where: 'live',
    operationsMs: { begin: 5 },
    meanMs: 20,
    p99Ms: 90,
    undoP99Ms: 100,
    recoveryMs: 900,
    endedWell: 1,
    concurrent: 10_000,
  };
  expect(levelsOf(good).every(({ isMet }) => isMet)).toBe(true);
  const missed = (one: Partial<Measured>) =>
    levelsOf({ ...good, ...one })
      .filter(({ isMet }) => !isMet)
      .map(({ title }) => title);
  expect(missed({ operationsMs: { begin: 100 } })).toEqual(['begin, p99']);
  expect(missed({ meanMs: 500 })).toEqual(['a saga, on average']);
  expect(missed({ p99Ms: 2_000 })).toEqual(['a saga, p99']);
  expect(missed({ undoP99Ms: 60_000 })).toEqual(['an undo, p99']);
  expect(missed({ recoveryMs: 300_000 })).toHaveLength(1);
  expect(missed({ endedWell: 0.9989 })).toHaveLength(1);
  expect(missed({ concurrent: 9_999 })).toEqual(['sagas at a time']);
  expect(renderLevels(levelsOf({ ...good, meanMs: 501 }))).toMatch(/✗ a saga, on average .*1 of 7 MISSED/s);
});
