// R1: summaries of consecutive batches add up to the summary of all runs, wherever the cuts are.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prepare, runSeed } from '../../../simulator/campaign/job.ts';
import { type PackedSummary, RunSummary } from '../../../simulator/campaign/run-summary.ts';
import type { RunResult } from '../../../simulator/index.ts';

const FORGETFUL = 'test/cli/fixtures/forgetful.ts';
const RUNS = 12;

const prepared = await prepare({ scenario: FORGETFUL, profile: 'storm', sagas: 4 });
const results = Array.from({ length: RUNS }, (_, i) => runSeed(prepared, `root/${i}`));

function batchOf(runs: readonly RunResult[]): PackedSummary {
  const summary = new RunSummary();
  for (const run of runs) summary.addRun(run);
  return structuredClone(summary.pack());
}

function all(summary: RunSummary) {
  const { fingerprints: _, durations: __, ...counts } = summary.pack();
  return { ...counts, latencyUs: summary.latencyUs(), fingerprint: summary.fingerprint() };
}

test('any cuts give the same summary', () => {
  const whole = new RunSummary();
  for (const result of results) whole.addRun(result);
  expect(whole.failures.size).toBeGreaterThan(1);
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: RUNS - 1 })), (cuts) => {
      const ends = [...cuts.sort((a, b) => a - b), RUNS];
      const merged = new RunSummary();
      ends.forEach((end, i) => {
        merged.add(batchOf(results.slice(ends[i - 1] ?? 0, end)));
      });
      expect(all(merged)).toEqual(all(whole));
    }),
    { numRuns: 40 },
  );
});

test('a failure is kept once, with its first seed and the number of runs that showed it', () => {
  const summary = new RunSummary();
  for (const result of results) summary.addRun(result);
  for (const [signature, failure] of summary.failures) {
    const shown = results.filter(({ violations }) => violations.some((v) => v.signature === signature));
    expect(failure).toMatchObject({ seed: shown[0]!.seed, runs: shown.length, plan: shown[0]!.plan });
  }
});

test('every run counts once, under its verdict', () => {
  const summary = new RunSummary();
  summary.addRun({ ...results[0]!, verdict: 'held', violations: [] });
  summary.addRun({ ...results[1]!, verdict: 'inconclusive', inconclusive: 'too long', violations: [] });
  expect(summary.runs).toEqual({ total: 2, held: 1, violated: 0, inconclusive: 1 });
  expect(summary.inconclusive).toEqual([{ seed: 'root/1', reason: 'too long' }]);
});
