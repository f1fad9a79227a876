// R1: only what can be told from the baseline, for the better, is recommended. R2: completed sagas first, then p99, then calls.

import { describe, expect, test } from 'vitest';
import { metricsOf } from '../../../simulator/campaign/compare-metrics.ts';
import { compared, measured } from '../../../simulator/campaign/compare-statistics.ts';
import type { SeedMeasure } from '../../../simulator/campaign/measure.ts';
import {
  type Finalist,
  losses,
  recommend,
  recommendation,
  withSoundFront,
} from '../../../simulator/campaign/recommendation.ts';
import type { ComparedPolicy } from '../../../simulator/index.ts';
import { Seed } from '../../../simulator/kernel/random.ts';
import { Resamples } from '../../../simulator/statistics/index.ts';

const SEEDS = 40;
const SAGAS = 100;
const resamples = new Resamples(SEEDS, 5_000, new Seed('root').stream('test'));

interface Worth {
  readonly completed: number;
  readonly p99Ms: number;
  readonly calls: number;
  readonly breaks?: true;
  readonly hangs?: true;
  /** Whether it meets the service level of the scenario; left out: there is none. */
  readonly meets?: boolean;
}

function run(i: number, { completed, p99Ms, calls, breaks }: Worth, scatter: number): SeedMeasure {
  const started = SAGAS;
  return {
    seed: `root/${i}`,
    verdict: breaks ? 'violated' : 'held',
    ...(breaks ? { violated: 'at-most-once' } : {}),
    sagas: {
      started,
      completed,
      compensated: started - completed,
      failed: 0,
      compensationFailed: 0,
      open: 0,
      resumed: 0,
      shed: 0,
    },
    calls: calls * SAGAS,
    usefulCalls: completed,
    circuitOpenUs: 0,
    events: 10 * SAGAS,
    virtualUs: 1e9,
    fingerprint: '',
    sagaUs: Float64Array.from({ length: SAGAS }, () => (p99Ms + scatter) * 1000),
    compensationUs: new Float64Array(0),
    lockedUs: new Float64Array(0),
  };
}

const LEVEL = { id: 'slo/sagaP99Ms', statement: '99 % of all sagas end within 2 s', limit: 2_000 } as const;

/** The first is the baseline. The seeds scatter by the same for all, so that only what is different differs. */
function finalists(worths: Readonly<Record<string, Worth>>): readonly Finalist[] {
  const runs = Object.values(worths).map((worth) =>
    Array.from({ length: SEEDS }, (_, i) => run(i, worth, (i % 7) / 10)),
  );
  const baseline = metricsOf(runs[0]!);
  const policies = Object.entries(worths).map(([name, { breaks, hangs, meets }], i): ComparedPolicy => {
    const [violated, inconclusive] = [breaks ? SEEDS : 0, hangs ? 1 : 0];
    return {
      name,
      role: i === 0 ? 'baseline' : 'contender',
      rootSeed: 'root',
      runs: { total: SEEDS, held: SEEDS - violated - inconclusive, violated, inconclusive },
      violations: breaks ? [{ invariant: 'at-most-once', seed: 'root/0', runs: SEEDS }] : [],
      sagas: runs[i]![0]!.sagas,
      metrics: i === 0 ? measured(baseline) : compared(baseline, metricsOf(runs[i]!), resamples),
      isOnFront: false,
      fingerprint: '',
      ...(meets === undefined ? {} : { slo: [{ ...LEVEL, state: meets ? 'met' : 'missed' }] }),
    };
  });
  return withSoundFront(policies).map((policy, i) => ({ policy, runs: runs[i]! }));
}

const taken = (worths: Readonly<Record<string, Worth>>): string =>
  recommend(finalists(worths), resamples).policy.name;

const present: Worth = { completed: 90, p99Ms: 1_000, calls: 5 };

describe('recommended is', () => {
  test('who completes most, whatever it costs', () => {
    const costly = { completed: 99, p99Ms: 2_000, calls: 9 };
    expect(taken({ present, quick: { ...present, p99Ms: 500 }, costly })).toBe('costly');
  });

  test('of those who complete alike, who is quickest; of those who are as quick, who calls least', () => {
    const complete = { ...present, completed: 95 };
    const quick = { ...complete, p99Ms: 500 };
    expect(taken({ present, lean: { ...complete, calls: 3 }, quick })).toBe('quick');
    expect(taken({ present, quick, both: { ...quick, calls: 4 } })).toBe('both');
  });

  test('nobody who completes fewer, however quick', () => {
    expect(taken({ present, hasty: { completed: 80, p99Ms: 100, calls: 1 } })).toBe('present');
  });

  test('nobody who is no different', () => {
    expect(taken({ present, twin: present })).toBe('present');
  });

  test('nobody who has a run without a verdict', () => {
    expect(taken({ present, endless: { ...present, completed: 99, hangs: true } })).toBe('present');
  });

  test('nobody who broke an invariant, and he takes nobody off the front', () => {
    const cheat = { completed: 100, p99Ms: 1, calls: 1, breaks: true as const };
    const honest = { ...present, completed: 95 };
    const all = finalists({ present, cheat, honest });
    expect(all.map(({ policy }) => policy.isOnFront)).toEqual([false, false, true]);
    expect(recommend(all, resamples).policy.name).toBe('honest');
  });
});

describe('with service levels, R3:', () => {
  const words = { tried: 50, seeds: SEEDS, lost: 0 };

  test('nobody who misses one while another meets all', () => {
    const eager = { ...present, completed: 99, meets: false };
    const steady = { ...present, completed: 95, meets: true };
    expect(taken({ present: { ...present, meets: true }, eager })).toBe('present');
    expect(taken({ present: { ...present, meets: false }, eager, steady })).toBe('steady');
    expect(taken({ present: { ...present, meets: false }, eager })).toBe('eager');
  });

  test('the baseline makes way for who meets all and cannot be told from it, and it is said why', () => {
    const all = finalists({ present: { ...present, meets: false }, twin: { ...present, meets: true } });
    const { policy } = recommend(all, resamples);
    expect(policy.name).toBe('twin');
    expect(
      recommendation(
        policy,
        all.map((one) => one.policy),
        words,
      ),
    ).toBe(
      'Take "twin" in place of "present": it meets all service levels. It does worse on none of 40 seeds. "present" cannot be recommended: it misses the service level "99 % of all sagas end within 2 s", and "twin" meets all.',
    );
  });
});

test('the sentence says what speaks for it, and on how many seeds it does worse', () => {
  const all = finalists({ present, better: { ...present, completed: 95, calls: 6 } });
  const policies = all.map(({ policy }) => policy);
  expect(recommendation(policies[1]!, policies, { tried: 50, seeds: SEEDS, lost: 3 })).toBe(
    'Take "better" in place of "present": 5 points more completed sagas; at 20 % more calls per saga. It does worse on 3 of 40 seeds.',
  );
});

test('and who broke an invariant', () => {
  const policies = finalists({ present, cheat: { ...present, completed: 100, breaks: true } }).map(
    ({ policy }) => policy,
  );
  expect(recommendation(policies[0]!, policies, { tried: 50, seeds: SEEDS, lost: 0 })).toMatch(
    /on 40 seeds\. "cheat" broke at-most-once in 40 of 40 runs\.$/,
  );
});

test('when nothing is better, it says to keep what is there', () => {
  const all = finalists({ present, twin: present });
  const policies = all.map(({ policy }) => policy);
  const words = { tried: 50, seeds: SEEDS, lost: 0 };
  expect(recommendation(policies[0]!, policies, words)).toBe(
    'Keep "present": of 50 candidates, the one that was left cannot be recommended over it on 40 seeds.',
  );
  expect(recommendation(policies[0]!, policies, { ...words, seeds: 20 })).toMatch(/on 20 seeds\.$/);
  expect(recommendation(policies[0]!, policies, { ...words, seeds: 8 })).toBe(
    'Keep "present": 8 seeds are too few to tell policies apart; at least 20 are needed.',
  );
});

test('a seed is lost by fewer completed sagas, or by a longer p99 when they are as many; the worst first', () => {
  const base = [90, 90, 90, 90, 90].map((completed, i) => run(i, { ...present, completed }, 0));
  const own = [
    run(0, { ...present, completed: 89 }, 0),
    run(1, { ...present, p99Ms: 1_200 }, 0),
    run(2, { ...present, completed: 91, p99Ms: 9_000 }, 0),
    run(3, { ...present, completed: 70 }, 0),
    run(4, present, 0), // nothing is lost where nothing differs
  ];
  expect(losses(own, base)).toEqual({
    total: 3,
    worst: [
      { seed: 'root/3', by: 'completed', recommended: 70, baseline: 90 },
      { seed: 'root/0', by: 'completed', recommended: 89, baseline: 90 },
      { seed: 'root/1', by: 'latency-p99', recommended: 1_200_000, baseline: 1_000_000 },
    ],
  });
});

test('at most ten lost seeds are named', () => {
  const base = Array.from({ length: 12 }, (_, i) => run(i, present, 0));
  const own = Array.from({ length: 12 }, (_, i) => run(i, { ...present, completed: 89 - i }, 0));
  const { total, worst } = losses(own, base);
  expect([total, worst.length, worst[0]!.seed]).toEqual([12, 10, 'root/11']);
});
