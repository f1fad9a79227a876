// S7 and S11: every fault of the catalogue is delivered, is counted then and not before, and stands in the plan, which
// alone replays the run.

import { describe, expect, test } from 'vitest';
import transfer from '../../../scenarios/bank-transfer.ts';
import {
  coverageCells,
  FAULTS,
  type Profile,
  profiles,
  simulate,
  TraceLog,
} from '../../../simulator/index.ts';

/** A storm of one kind only, at a rate that strikes often. */
function only(kind: string): Profile {
  return { ...profiles.storm, ceilingPpm: { [kind]: 200_000 } };
}

describe.each(FAULTS.map(({ kind, point }) => ({ kind, point })))('$kind', ({ kind }) => {
  const result = simulate(transfer, { seed: 'faults', sagas: 60, profile: only(kind) });

  test('is delivered, and no other is', () => {
    expect(Object.keys(result.faultsEnabled)).toEqual([kind]);
    expect(Object.keys(result.faultsDelivered)).toEqual([kind]);
  });

  test('hurts no correct saga', () => {
    expect([result.verdict, result.violations]).toEqual(['held', []]);
  });

  test('stands in the plan at least as often as it was delivered, each time at another point', () => {
    const points = result.plan.map(({ at }) => at);
    expect(points.length).toBeGreaterThanOrEqual(result.faultsDelivered[kind]!);
    expect(new Set(points).size).toBe(points.length);
    for (const planned of result.plan) {
      expect(planned.kind).toBe(kind);
      expect(Object.values(planned.params).every(Number.isInteger)).toBe(true);
    }
  });

  test('S11: the plan alone replays the run', () => {
    const again = simulate(transfer, {
      seed: 'faults',
      sagas: 60,
      profile: profiles.calm,
      plan: result.plan,
    });
    expect(again.fingerprint).toBe(result.fingerprint);
    expect(again.plan).toEqual(result.plan);
  });

  test('each of its coverage cells is known', () => {
    const known = coverageCells(only(kind));
    expect(Object.keys(result.coverage).filter((cell) => !known.includes(cell))).toEqual([]);
  });
});

test('a fault that was configured and struck nowhere is not counted as delivered', () => {
  const rare: Profile = { ...profiles.storm, ceilingPpm: { 'drop-reply': 1 } };
  const result = simulate(transfer, { seed: 'rare', sagas: 5, profile: rare });
  expect(result.faultsEnabled).toEqual({ 'drop-reply': 1 });
  expect(result.faultsDelivered).toEqual({});
});

test('a request that is reordered is counted only when another overtakes it', () => {
  const alone = simulate(transfer, {
    seed: 'alone',
    sagas: 1,
    profile: profiles.calm,
    plan: [{ kind: 'reorder', at: 's-0/debit/forward#1:request', params: { delayUs: 50_000 } }],
  });
  expect([alone.plan.length, alone.faultsDelivered]).toEqual([1, {}]);
});

test('S5: to leave one fault out of a plan leaves the others where they are', () => {
  const storm = simulate(transfer, { seed: 'edit', sagas: 10, profile: profiles.storm });
  const drops = storm.plan.filter(({ kind }) => kind === 'drop-request').slice(0, 4);
  expect(drops.length).toBe(4);
  const run = (plan: typeof drops) =>
    simulate(transfer, { seed: 'edit', sagas: 10, profile: profiles.calm, plan });
  const all = run(drops).plan.map(({ at }) => at);
  for (const left of drops) {
    const rest = run(drops.filter((drop) => drop !== left)).plan.map(({ at }) => at);
    expect(rest).toEqual(all.filter((at) => at !== left.at));
  }
});

test('S8: nothing strikes after the world has healed', () => {
  const trace = new TraceLog();
  const brief: Profile = { ...profiles.storm, chaosUs: 300_000 };
  simulate(transfer, { seed: 'heal', sagas: 100, profile: brief, trace });
  const lines = Array.from({ length: trace.length }, (_, i) => trace.line(i));
  const heal = lines.findIndex((line) => line.includes('heal'));
  expect(heal).toBeGreaterThan(0);
  const after = lines.slice(heal);
  expect(lines.slice(0, heal).some((line) => /\b(lose|crash|pause)\b/.test(line))).toBe(true);
  expect(after.filter((line) => /\b(lose|crash|pause|participant-down|store-restart)\b/.test(line))).toEqual(
    [],
  );
});

test('swarm: runs of one campaign switch off different kinds; the root seed has all', () => {
  const enabled = (seed: string) =>
    Object.keys(simulate(transfer, { seed, sagas: 3, profile: profiles.storm }).faultsEnabled);
  expect(enabled('swarm')).toEqual(FAULTS.map(({ kind }) => kind));
  const sets = Array.from({ length: 12 }, (_, i) => enabled(`swarm/${i + 1}`).join());
  expect(new Set(sets).size).toBeGreaterThan(8);
  expect(sets.every((kinds) => kinds.split(',').length < FAULTS.length)).toBe(true);
});

test.each(FAULTS.map((fault) => ({ kind: fault.kind, fault })))(
  '$kind shrinks towards something milder, and can be told',
  ({ fault }) => {
    let params = fault.draw((_name, _min, max) => max);
    for (let steps = 0; ; steps++) {
      expect(steps).toBeLessThan(100);
      expect(fault.describe(params)).toMatch(/^[a-z].{9,}$/);
      const milder = fault.shrink(params).at(-1);
      if (milder === undefined) break;
      params = milder;
    }
  },
);
