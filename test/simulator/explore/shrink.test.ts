// From a failing run to a small one that fails in the same way.

import { describe, expect, test } from 'vitest';
import { type Reproduction, type ShrinkOptions, shrink } from '../../../simulator/explore/shrink.ts';
import {
  type FaultPlan,
  profiles,
  type RunResult,
  type Scenario,
  simulate,
} from '../../../simulator/index.ts';
import forgetful from '../../cli/fixtures/forgetful.ts';

const SAGAS = 12;
const all = Array.from({ length: SAGAS }, (_, index) => index);

/** The first seeds whose run fails, with every nature of their failures. */
function* failing(scenario: Scenario, count: number) {
  for (let i = 0, found = 0; found < count; i++) {
    const seed = `shrink/${i}`;
    const result = simulate(scenario, { seed, sagas: SAGAS, profile: profiles.storm });
    if (result.verdict !== 'violated') continue;
    found++;
    const natures = new Map(result.violations.map((violation) => [violation.signature, violation]));
    for (const signature of natures.keys()) yield { seed, result, signature };
  }
}

function runner(scenario: Scenario, seed: string): ShrinkOptions['run'] {
  return ({ only, plan }, visit) =>
    simulate(scenario, {
      seed,
      sagas: SAGAS,
      profile: profiles.storm,
      only,
      plan,
      ...(visit === undefined ? {} : { visit }),
    });
}

describe('a run that fails under the storm', () => {
  const cases = [...failing(forgetful, 6)];
  const small = cases.map(({ seed, result, signature }) => {
    const run = runner(forgetful, seed);
    return {
      run,
      signature,
      from: result,
      shrunk: shrink({ run, start: { only: all, plan: result.plan }, signature })!,
    };
  });

  test('fails in the same way when it is small, and again when it is run again', () => {
    expect(small.length).toBeGreaterThan(10);
    for (const { run, signature, shrunk } of small) {
      expect(shrunk.isMinimal).toBe(true);
      expect(shrunk.violation.signature).toBe(signature);
      const again = run(shrunk);
      expect(again.fingerprint).toBe(shrunk.result.fingerprint);
      expect(again.plan).toEqual(shrunk.plan);
    }
  });

  test('is 1-minimal: without any one of its faults, or of its sagas, it does not fail so', () => {
    for (const { run, signature, shrunk } of small) {
      const { only, plan } = shrunk;
      const fails = (candidate: Reproduction) =>
        run(candidate).violations.some((violation) => violation.signature === signature);
      for (const i of plan.keys()) expect(fails({ only, plan: plan.toSpliced(i, 1) })).toBe(false);
      if (only.length === 1) continue;
      for (const i of only.keys()) expect(fails({ only: only.toSpliced(i, 1), plan })).toBe(false);
    }
  });

  test('loses what does not matter', () => {
    const left = small.map(({ shrunk }) => shrunk.plan.length).sort((a, b) => a - b);
    expect(left[left.length >> 1]).toBe(1);
    for (const { from, shrunk } of small) expect(shrunk.plan.length).toBeLessThan(from.plan.length);
  });
});

/** Runs that are not simulated: fails while both faults are there, and the first lasts at least 100 µs. */
function imagined(isFailing: (plan: FaultPlan) => boolean): ShrinkOptions['run'] {
  return ({ plan }) => {
    const violation = { invariant: 'i', statement: '', message: '', atUs: 0, saga: 's-2', signature: 'mine' };
    return { plan, violations: isFailing(plan) ? [violation] : [] } as unknown as RunResult;
  };
}

describe('the search', () => {
  const drop = { kind: 'drop-reply', at: 's-2/a/forward#1:reply', params: {} };
  const pause = { kind: 'pause', at: 's-2#1:input', params: { pauseUs: 4_000 } };
  const noise = Array.from({ length: 30 }, (_, i) => ({ ...drop, at: `s-${i}/b/forward#1:reply` }));
  const start = { only: all, plan: [...noise, drop, pause] };
  const lasts = (plan: FaultPlan) =>
    plan.includes(drop) && plan.some(({ kind, params }) => kind === 'pause' && params.pauseUs! >= 100);

  test('makes parameters milder, too', () => {
    const shrunk = shrink({ run: imagined(lasts), start, signature: 'mine' })!;
    expect(shrunk.only).toEqual([2]);
    expect(shrunk.plan.map(({ kind }) => kind)).toEqual(['drop-reply', 'pause']);
    const [, { params }] = shrunk.plan as [unknown, { params: { pauseUs: number } }];
    expect(params.pauseUs).toBeGreaterThanOrEqual(100);
    expect(params.pauseUs).toBeLessThan(106);
  });

  test('needs few runs for the least of a number, and finds it whatever else there is', () => {
    const shrunk = (least: number) =>
      shrink({
        run: imagined((plan) => plan.some(({ params }) => params.pauseUs! >= least)),
        start: { only: [2], plan: [pause] },
        signature: 'mine',
      })!;
    for (const least of [1, 2, 3, 7, 1_999, 2_001, 3_999, 4_000]) {
      const { plan, attempts } = shrunk(least);
      const found = plan[0]!.params.pauseUs!;
      expect(found).toBeGreaterThanOrEqual(least);
      expect(found - least).toBeLessThanOrEqual(Math.floor(found * 0.05));
      expect(attempts).toBeLessThan(40);
    }
  });

  test('does not look for numbers between kinds that have none', () => {
    const fails = {
      kind: 'fail-before',
      at: 's-2/a/forward#1:handler',
      params: { classIndex: 4, certain: 0 },
    };
    const run = imagined((plan) => plan.some(({ params }) => [2, 4].includes(params.classIndex!)));
    expect(shrink({ run, start: { only: [2], plan: [fails] }, signature: 'mine' })!.plan).toEqual([fails]);
  });

  test('can be cut short, keeps what it has, and goes on from there', () => {
    let left = 5;
    const first = shrink({ run: imagined(lasts), start, signature: 'mine', goOn: () => left-- > 0 })!;
    expect(first.isMinimal).toBe(false);
    expect(first.plan.length).toBeLessThan(start.plan.length);
    const rest = shrink({ run: imagined(lasts), start: first, signature: 'mine' })!;
    expect(rest.isMinimal).toBe(true);
    expect(rest.plan).toHaveLength(2);
  });

  test('finds one fault that does what many did', () => {
    const crash = { kind: 'orchestrator-crash', at: 's-2#4:input' };
    const run: ShrinkOptions['run'] = ({ plan }, visit) => {
      visit?.('process', 's-2#4:input');
      const isFailing =
        plan.length >= 8 || plan.some(({ kind, at }) => kind === crash.kind && at === crash.at);
      return imagined(() => isFailing)({ only: all, plan });
    };
    expect(shrink({ run, start, signature: 'mine' })!.plan).toMatchObject([crash]);
  });

  test('does not call a failure of another nature the same', () => {
    expect(shrink({ run: imagined(() => true), start, signature: 'another' })).toBeUndefined();
    expect(shrink({ run: imagined(() => false), start, signature: 'mine' })).toBeUndefined();
  });

  test('finds that no fault was needed', () => {
    expect(shrink({ run: imagined(() => true), start, signature: 'mine' })!.plan).toEqual([]);
  });
});
