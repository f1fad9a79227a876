// What runs tell of load adds up the same in any batches, and the worst of what has a limit counts.

import { expect, test } from 'vitest';
import { policies } from '../../../engine/index.ts';
import retryStorm from '../../../scenarios/retry-storm.ts';
import { LoadSummary } from '../../../simulator/campaign/load-summary.ts';
import { objectivesOf } from '../../../simulator/campaign/objectives.ts';
import { profiles, type RunResult, simulate } from '../../../simulator/index.ts';

function run(seed: string, policy = policies.resilient): RunResult {
  return simulate(retryStorm, { seed, sagas: 700, profile: profiles.calm, policy, keepPlan: false });
}

const results = ['a', 'b', 'c'].map((seed) => run(seed));

function summaryOf(runs: readonly RunResult[]): LoadSummary {
  const summary = new LoadSummary();
  for (const one of runs) summary.addRun(one);
  return summary;
}

test('batches add up to the whole', () => {
  const whole = summaryOf(results);
  const parts = new LoadSummary();
  parts.add(summaryOf(results.slice(0, 1)).pack());
  parts.add(summaryOf(results.slice(1)).pack());
  expect(parts.record()).toEqual(whole.record());
  expect(whole.record()!.quiet!.sagas).toBe(results.reduce((sum, one) => sum + one.load.quiet!.sagas, 0));
});

test('one run that does not recover, or does not notice, is enough', () => {
  const [first, second] = [results[0]!, results[1]!];
  const never = { ...second, load: { ...second.load, course: { ...second.load.course!, recoveredUs: -1 } } };
  expect(summaryOf([first, never, first]).record()!.recovery).toEqual({
    runs: 3,
    recovered: 2,
    longestUs: -1,
  });
  const { noticedAfterUs: _, ...unnoticed } = second.load.incidents![0]!;
  const blind = { ...second, load: { ...second.load, incidents: [unnoticed] } };
  expect(summaryOf([first, blind]).record()!.incidents![0]!.noticedAfterUs).toBeUndefined();
});

test('what a shop promises is kept with the resilient policy, and broken for good with the naive one', () => {
  const slo = (runs: readonly RunResult[]): Readonly<Record<string, string>> => {
    const durations = { count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };
    const latencyUs = { saga: durations, compensation: durations, step: durations };
    const load = summaryOf(runs).record()!;
    const measured = { sagas: runs[0]!.sagas, latencyUs, load };
    return Object.fromEntries(objectivesOf(retryStorm.slo, measured).map(({ id, state }) => [id, state]));
  };
  const promises = [
    'slo/quietCompensatedPermille',
    'slo/quietMeanMs',
    'slo/quietP99Ms',
    'slo/detectionMs',
    'slo/recoveryMs',
  ];
  const resilient = slo(results);
  for (const id of promises) expect([id, resilient[id]]).toEqual([id, 'met']);
  const naive = slo([run('a', policies.naive)]);
  expect(naive['slo/recoveryMs']).toBe('missed');
});
