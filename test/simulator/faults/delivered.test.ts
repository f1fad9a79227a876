// S7 and S11: every fault of the catalogue is delivered, is counted then and not before, and stands in the plan, which
// alone replays the run.

import { describe, expect, test } from 'vitest';
import transfer from '../../../scenarios/bank-transfer.ts';
import {
  coverageCells,
  FAULTS,
  type FaultPlan,
  type Profile,
  profiles,
  type Scenario,
  simulate,
  TraceLog,
} from '../../../simulator/index.ts';
import { alwaysBroken, cached, journalled, twoVersions } from './scenarios.ts';

/** A storm of one kind only, at a rate that strikes often; some kinds need another that leads to their points. */
function only(kind: string): Profile {
  const before = LED_TO_BY[kind];
  const leads = before === undefined ? {} : { [before]: 200_000 };
  return { ...profiles.storm, ceilingPpm: { ...leads, [kind]: 200_000 } };
}

/** Nobody reads the log of a saga that is in memory, unless what became of an append is not known. */
const LED_TO_BY: Readonly<Record<string, string>> = { 'stale-read': 'append-unknown' };

/** Kinds that strike only where there is something to hurt. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'crash-inside': journalled,
  'participant-restart': cached,
  deploy: twoVersions,
};
const ELSEWHERE = Object.keys(SCENARIOS);

describe.each(FAULTS.map(({ kind, point }) => ({ kind, point })))('$kind', ({ kind }) => {
  const scenario = SCENARIOS[kind] ?? transfer;
  const kinds = FAULTS.map((fault) => fault.kind).filter((one) => one === kind || one === LED_TO_BY[kind]);
  const result = simulate(scenario, { seed: 'faults', sagas: 60, profile: only(kind) });

  test('is delivered, and no other is', () => {
    expect(Object.keys(result.faultsEnabled)).toEqual(kinds);
    expect(Object.keys(result.faultsDelivered)).toEqual(kinds);
  });

  test('hurts no correct saga', () => {
    expect([result.verdict, result.violations]).toEqual(['held', []]);
  });

  test('stands in the plan at least as often as it was delivered, each time at another point', () => {
    const points = result.plan.filter((planned) => planned.kind === kind).map(({ at }) => at);
    expect(points.length).toBeGreaterThanOrEqual(result.faultsDelivered[kind]!);
    expect(new Set(points).size).toBe(points.length);
    for (const planned of result.plan) {
      expect(kinds).toContain(planned.kind);
      expect(Object.values(planned.params).every(Number.isInteger)).toBe(true);
    }
  });

  test('S11: the plan alone replays the run', () => {
    const again = simulate(scenario, {
      seed: 'faults',
      sagas: 60,
      profile: profiles.calm,
      plan: result.plan,
    });
    expect(again.fingerprint).toBe(result.fingerprint);
    expect(again.plan).toEqual(result.plan);
  });

  test('each of its coverage cells is known, and together they are what was delivered', () => {
    const known = coverageCells(only(kind));
    expect(Object.keys(result.coverage).filter((cell) => !known.includes(cell))).toEqual([]);
    const cells = Object.entries(result.coverage).filter(([cell]) => cell.endsWith(`× ${kind}`));
    expect(cells.reduce((sum, [, times]) => sum + times, 0)).toBe(result.faultsDelivered[kind]);
  });
});

test.each(ELSEWHERE)('%s is not said to be on where nothing can suffer it', (kind) => {
  const result = simulate(transfer, { seed: 'nowhere', sagas: 20, profile: only(kind) });
  expect([result.faultsEnabled, result.faultsDelivered, result.plan]).toEqual([{}, {}, []]);
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
  expect(enabled('swarm')).toEqual(
    FAULTS.map(({ kind }) => kind).filter((kind) => !ELSEWHERE.includes(kind)),
  );
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

test('a copy that comes six hours later still comes, to a participant that must remember', () => {
  const params = { afterUs: 6 * 3_600_000_000 };
  const plan = [{ kind: 'late-duplicate', at: 's-0/debit/forward#1:request', params }];
  const late = simulate(transfer, { seed: 'late', sagas: 1, profile: profiles.calm, plan });
  expect([late.verdict, late.faultsDelivered]).toEqual(['held', { 'late-duplicate': 1 }]);
  expect(late.virtualUs).toBeGreaterThan(params.afterUs);
});

test('S7: of a copy that comes soon and one that comes late there is one, the late', () => {
  const at = 's-0/debit/forward#1:request';
  const plan = [
    { kind: 'duplicate-request', at, params: { afterUs: 1_000 } },
    { kind: 'late-duplicate', at, params: { afterUs: 90_000_000 } },
  ];
  const { faultsDelivered } = simulate(transfer, { seed: 'late', sagas: 1, profile: profiles.calm, plan });
  expect(faultsDelivered).toEqual({ 'late-duplicate': 1 });
});

test('S7: a crash at the same point as a pause leaves nothing to pause', () => {
  const at = 's-0#2:input';
  const plan = [
    { kind: 'orchestrator-crash', at, params: { downUs: 1_000 } },
    { kind: 'pause', at, params: { pauseUs: 1_000 } },
    { kind: 'zombie', at, params: { zombieUs: 1_000 } },
  ];
  const { faultsDelivered } = simulate(transfer, { seed: 'both', sagas: 1, profile: profiles.calm, plan });
  expect(faultsDelivered).toEqual({ 'orchestrator-crash': 1 });
});

describe('S7: what another fault left nothing to do is not counted', () => {
  const delivered = (plan: FaultPlan, scenario = transfer) =>
    simulate(scenario, { seed: 'hidden', sagas: 2, profile: profiles.calm, plan }).faultsDelivered;
  const handler = 's-0/debit/forward#1:handler';
  const before = { kind: 'fail-before', at: handler, params: { classIndex: 0, certain: 0 } };
  const after = { kind: 'fail-after', at: handler, params: {} };
  const crashBefore = { kind: 'participant-crash-before', at: handler, params: { downUs: 1_000 } };
  const crashAfter = { kind: 'participant-crash-after', at: handler, params: { downUs: 1_000 } };
  const append = 's-0@2#1:append';

  test.each([
    { what: 'a failure before hides one after', plan: [before, after], counted: ['fail-before'] },
    {
      what: 'a crash before hides the failures',
      plan: [before, after, crashBefore],
      counted: ['participant-crash-before'],
    },
    {
      what: 'a crash after hides a failure after',
      plan: [after, crashAfter],
      counted: ['participant-crash-after'],
    },
    { what: 'a failure before hides a crash after', plan: [before, crashAfter], counted: ['fail-before'] },
    {
      what: 'an append gets one answer',
      plan: [
        { kind: 'append-fails', at: append, params: {} },
        { kind: 'append-unknown', at: append, params: {} },
      ],
      counted: ['append-unknown'],
    },
    {
      what: 'an append that is lost was not refused',
      plan: [
        { kind: 'append-fails', at: append, params: {} },
        { kind: 'loses-unsynced', at: append, params: {} },
      ],
      counted: ['loses-unsynced'],
    },
    {
      what: 'a zombie stands still for longer than a pause',
      plan: [
        { kind: 'pause', at: 's-0#2:input', params: { pauseUs: 1_000 } },
        { kind: 'zombie', at: 's-0#2:input', params: { zombieUs: 5_000_000 } },
      ],
      counted: ['zombie'],
    },
  ])('$what', ({ plan, counted }) => {
    expect(delivered(plan)).toEqual(Object.fromEntries(counted.map((kind) => [kind, 1])));
  });

  test('each counts when it is alone', () => {
    for (const fault of [before, after, crashBefore, crashAfter]) {
      expect(delivered([fault])).toEqual({ [fault.kind]: 1 });
    }
  });

  test('a 500 instead of a 500 changes nothing', () => {
    const broken = { ...transfer, participants: () => ({ bank: alwaysBroken() }) };
    expect(delivered([after], broken)).toEqual({});
  });

  test('a client that would have asked for the same anyway was not changed', () => {
    const hot = [{ kind: 'hot-key', at: 's-1:wish', params: { likePpm: 0 } }];
    expect(delivered(hot)).toEqual({ 'hot-key': 1 });
    const alike: Scenario = {
      ...transfer,
      workload: () => ({ saga: transfer.sagas[0]!, input: { from: 'a-0', to: 'a-1', amount: 1 } }),
    };
    expect(delivered(hot, alike)).toEqual({});
  });
});
