// People and clients at the worst moment: a saga is cancelled, or tried again, or asked for at the same instant as
// others, or for the same things; and a new version is rolled out while sagas run.

import { describe, expect, test } from 'vitest';
import { inventory } from '../../../participants-mock/index.ts';
import transfer from '../../../scenarios/bank-transfer.ts';
import {
  type FaultPlan,
  type Profile,
  profiles,
  type RunResult,
  type Scenario,
  simulate,
  TraceLog,
} from '../../../simulator/index.ts';
import { Versions } from '../../../simulator/world/versions.ts';
import { twoVersions } from '../faults/scenarios.ts';

function run(
  plan: FaultPlan,
  sagas: number,
  scenario: Scenario = transfer,
): { result: RunResult; lines: readonly string[] } {
  const trace = new TraceLog();
  const result = simulate(scenario, { seed: 'meddling', sagas, profile: profiles.calm, plan, trace });
  return { result, lines: Array.from({ length: trace.length }, (_, i) => trace.line(i)) };
}

function storm(...kinds: readonly string[]): Profile {
  return { ...profiles.storm, ceilingPpm: Object.fromEntries(kinds.map((kind) => [kind, 900_000])) };
}

describe('a saga that is cancelled', () => {
  test.each([0, 1])('is undone, and ends; twice: %d', (twice) => {
    const params = { afterUs: 0, twice };
    const { result } = run([{ kind: 'operator-cancel', at: 's-0@2#1:after-append', params }], 1);
    expect([result.verdict, result.sagas.compensated]).toEqual(['held', 1]);
    expect(result.stopReasons).toEqual({ cancelled: 1 });
    expect(result.faultsDelivered).toEqual({ 'operator-cancel': 1 });
  });

  test('before it was begun, or at any of its inputs, ends all the same', () => {
    for (let input = 1; input <= 7; input++) {
      const params = { afterUs: 0, twice: 1 };
      const { result } = run([{ kind: 'operator-cancel', at: `s-0#${input}:input`, params }], 1);
      expect([input, result.verdict, result.sagas.open]).toEqual([input, 'held', 0]);
    }
  });
});

describe('sagas that are retried when they have ended', () => {
  const result = simulate(transfer, { seed: 'again', sagas: 200, profile: storm('operator-retry') });
  const { started, completed, compensated, failed, open } = result.sagas;

  test('are counted once, where they stood in the end', () => {
    expect(result.faultsDelivered['operator-retry']).toBeGreaterThan(50);
    expect([result.verdict, open]).toEqual(['held', 0]);
    expect(completed + compensated + failed).toBe(started);
    const reasons = Object.values(result.stopReasons).reduce((sum, n) => sum + n, 0);
    expect(reasons).toBe(compensated + failed);
  });

  test('have one duration, that of their first end', () => {
    expect(result.latencyUs.saga).toHaveLength(started);
  });

  test('twice at once: the second is refused', () => {
    const calm = run([], 20);
    const ended = calm.lines.flatMap(
      (line) => /ended +(s-\d+) compensated at version (\d+)/.exec(line) ?? [],
    );
    const at = `${ended[1]}@${ended[2]}:end`;
    const { lines, result } = run([{ kind: 'operator-retry', at, params: { afterUs: 7, twice: 1 } }], 20);
    expect(result.faultsDelivered).toEqual({ 'operator-retry': 1 });
    expect(lines.filter((line) => line.includes(`ended             ${ended[1]} `))).toHaveLength(2);
  });
});

test('a burst: clients ask at the same instants', () => {
  const trace = new TraceLog();
  const { verdict, faultsDelivered } = simulate(transfer, {
    seed: 'burst',
    sagas: 100,
    profile: storm('burst'),
    trace,
  });
  const lines = Array.from({ length: trace.length }, (_, i) => trace.line(i));
  const together = lines.filter((line) => /t=0\.(000|250|500|750)000s +create/.test(line));
  expect(verdict).toBe('held');
  expect(together.length).toBe(faultsDelivered.burst);
});

test('hot keys: most of the sagas that were struck ask for what one of the first asked for', () => {
  const asked: number[] = [];
  const watched: Scenario = {
    ...transfer,
    workload: (context) => {
      asked.push(context.index);
      return transfer.workload(context);
    },
  };
  const { verdict, faultsDelivered } = simulate(watched, {
    seed: 'hot',
    sagas: 400,
    profile: storm('hot-key'),
  });
  const hot = faultsDelivered['hot-key']!;
  const first = asked.filter((index) => index < 20).length;
  expect(verdict).toBe('held');
  expect(hot).toBeGreaterThan(100);
  expect(first).toBeGreaterThan(hot * 0.7);
});

const fullShelves = () => ({ inventory: inventory({ items: { lamp: 999, chair: 999, table: 999 } }) });

describe('a deploy', () => {
  const params = { atUs: 500_000, downUs: 10_000 };
  const plan = [0, 1].map((n) => ({ kind: 'deploy', at: `orchestrator-${n}:deploy`, params }));
  const { result, lines } = run(plan, 200, { ...twoVersions, participants: fullShelves });
  const startedAt = (saga: string): number =>
    Number(
      /t=([\d.]+)s/.exec(lines.find((line) => line.endsWith(` ${saga}`) && line.includes('create'))!)![1],
    );
  const newer = new Set(lines.flatMap((line) => /effect +(s-\d+) table forward/.exec(line)?.[1] ?? []));

  test('sagas that begin before it are of the older version, later ones of the newer', () => {
    expect(newer.size).toBeGreaterThan(5);
    for (const saga of newer) expect(startedAt(saga)).toBeGreaterThan(0.5);
    const done = lines.flatMap((line) => /ended +(s-\d+) completed/.exec(line)?.[1] ?? []);
    for (const saga of done) expect([saga, newer.has(saga)]).toEqual([saga, startedAt(saga) > 0.5]);
  });

  test('is counted per orchestrator, and no saga is hurt', () => {
    expect([result.verdict, result.sagas.open]).toEqual(['held', 0]);
    expect(result.faultsDelivered).toEqual({ deploy: 2 });
  });
});

test('the versions of a name, and those that are known before a deploy', () => {
  const [first, second] = twoVersions.sagas;
  const versions = new Versions([second!, first!]);
  expect(versions.older).toEqual([first]);
  expect([versions.newest(first!), versions.before(second!)]).toEqual([second, first]);
  const alone = new Versions([first!]);
  expect([alone.areSeveral, alone.older, alone.before(first!)]).toEqual([false, [first], first]);
});
