// Every fault at every point: that none is missed and none is run twice.

import { describe, expect, test } from 'vitest';
import { extensions, type PlanRunner, unreachable } from '../../../simulator/explore/exhaustive.ts';
import {
  FAULTS,
  type FaultPlan,
  type PlannedFault,
  profiles,
  type Scenario,
  simulate,
} from '../../../simulator/index.ts';
import honest from '../../cli/fixtures/honest.ts';

function runner(scenario: Scenario, log: FaultPlan[] = []): PlanRunner {
  return (plan, visit) => {
    log.push(plan);
    const options = { seed: 'e', sagas: 1, profile: profiles.storm, plan };
    return simulate(scenario, visit === undefined ? options : { ...options, visit });
  };
}

const run = runner(honest);
const { points, plans: singles } = extensions(run, []);
const text = (plan: FaultPlan) => JSON.stringify(plan);

test('each fault of the catalogue is tried at each point of its kind', () => {
  const seen: { kind: string; at: string }[] = [];
  run([], (kind, at) => seen.push({ kind, at }));
  expect(seen).toHaveLength(points);
  expect(new Set(seen.map(({ at }) => at)).size).toBe(points);
  for (const { kind, at } of seen) {
    const here = new Set(singles.flatMap(([fault]) => (fault!.at === at ? [fault!.kind] : [])));
    expect(here).toEqual(new Set(FAULTS.flatMap((fault) => (fault.point === kind ? [fault.kind] : []))));
  }
});

test('a single fault that is tried does strike', () => {
  for (const plan of singles) expect(run(plan).plan).toEqual(plan);
});

test('no plan comes twice, and every pair that strikes is met with the one that strikes first as the first', () => {
  const pairs = singles.flatMap((first) => extensions(run, first).plans);
  const all = [...singles, ...pairs].map(text);
  expect(new Set(all).size).toBe(all.length);
  for (const pair of pairs.filter((_, i) => i % 97 === 0)) expect(run(pair).plan).toEqual(pair);
});

describe('pairs', () => {
  const firsts = extensions(run, [], 'two').plans;
  const place = ({ at, kind }: PlannedFault): string => `${at} ${kind}`;
  const byPlace = Map.groupBy(firsts, ([fault]) => place(fault!));
  /** 0 at its least, 1 at its greatest, undefined where there is one value only. */
  const levelOf = (plan: FaultPlan): number | undefined => {
    const values = byPlace.get(place(plan[0]!))!;
    return values.length === 1 ? undefined : values.indexOf(plan);
  };
  const isTried = (one: FaultPlan, other: FaultPlan): boolean =>
    place(one[0]!) !== place(other[0]!) &&
    (levelOf(one) === undefined || levelOf(other) === undefined || levelOf(one) === levelOf(other));

  test('Y2: one that is left out is the run of its first fault alone', () => {
    let checked = 0;
    for (const [i, first] of firsts.entries()) {
      if (i % 20 > 1) continue;
      const longer = extensions(run, first, 'two').plans;
      const reached = new Set(longer.map((plan) => text([plan.at(-1)!])));
      const left = firsts.slice(i + 1).filter((other) => isTried(first, other) && !reached.has(text(other)));
      expect(unreachable(firsts, first, longer)).toBe(left.length);
      for (const second of left.filter((_, k) => k % 4 === 0)) {
        expect(run([...first, ...second]).fingerprint).toBe(run(first).fingerprint);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(20);
  });

  test('Y3: both are at their least, or both at their greatest', () => {
    const least = firsts.find((plan) => levelOf(plan) === 0)!;
    const greatest = byPlace.get(place(least[0]!))![1]!;
    const seconds = (first: FaultPlan) =>
      new Set(extensions(run, first, 'two').plans.map((plan) => text([plan[1]!])));
    const later = firsts.slice(firsts.indexOf(greatest) + 1).filter((plan) => levelOf(plan) !== undefined);
    const both = later.filter((plan) => seconds(least).has(text(plan)) || seconds(greatest).has(text(plan)));
    expect(both.length).toBeGreaterThan(5);
    for (const plan of both) {
      expect(seconds(levelOf(plan) === 0 ? greatest : least).has(text(plan))).toBe(false);
    }
  });
});

test('Y3: the greatest values are tried, also of faults that are long now and then', () => {
  const most = (kind: string, name: string) =>
    Math.max(...singles.flatMap(([fault]) => (fault!.kind === kind ? [fault!.params[name]!] : [])));
  expect(most('delay-request', 'delayUs')).toBe(60_000_000);
  expect(most('pause', 'pauseUs')).toBe(30_000_000);
  expect(most('partition', 'lengthUs')).toBe(20_000_000);
  expect(most('clock-jump', 'jumpUs')).toBeGreaterThanOrEqual(600_000_000);
});

test("an orchestrator's clock is among the points", () => {
  expect(singles.some(([fault]) => /^orchestrator-\d.*:clock$/.test(fault!.at))).toBe(true);
});
