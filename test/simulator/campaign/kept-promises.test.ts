// K1 to K3: what service levels mean for a recommendation.

import { describe, expect, test } from 'vitest';
import { METRICS } from '../../../simulator/campaign/compare-metrics.ts';
import { conclude } from '../../../simulator/campaign/compare-sentence.ts';
import type { ComparedPolicy } from '../../../simulator/index.ts';
import { ONE_SAGA } from '../../reports/comparisons.ts';

const SEEDS = 40;
const LEVELS = { p99: '99 % of all sagas end within 2 s', done: 'at least 990 of 1,000 sagas complete' };

interface Traits {
  /** In parts of the baseline, if it can be told apart. */
  readonly p99?: number;
  readonly misses?: readonly (keyof typeof LEVELS)[];
  readonly breaks?: true;
  readonly role?: ComparedPolicy['role'];
}

function policy(name: string, { p99, misses, breaks, role = 'contender' }: Traits): ComparedPolicy {
  const violated = breaks ? 1 : 0;
  const value = 1_000_000 * (1 + (p99 ?? 0));
  const difference = {
    value: value - 1_000_000,
    relative: p99 ?? 0,
    p: 0,
    pHolm: 0,
    isDistinguishable: true,
  };
  return {
    name,
    role,
    rootSeed: 'root',
    runs: { total: SEEDS, held: SEEDS - violated, violated, inconclusive: 0 },
    violations: breaks ? [{ invariant: 'at-most-once', seed: 'root/0', runs: 1 }] : [],
    sagas: ONE_SAGA,
    metrics: METRICS.map(({ id }) =>
      id === 'latency-p99'
        ? { id, value, samples: SEEDS, ...(p99 === undefined ? {} : { difference }) }
        : { id, value: 1, samples: SEEDS },
    ),
    isOnFront: true,
    fingerprint: '',
    ...(misses === undefined
      ? {}
      : {
          slo: (Object.keys(LEVELS) as (keyof typeof LEVELS)[]).map((id) => {
            const state = misses.includes(id) ? 'missed' : id === 'p99' ? 'met' : 'not-measured';
            return { id: `slo/${id}`, statement: LEVELS[id], limit: 1, state } as const;
          }),
        }),
  };
}

function concluded(policies: Readonly<Record<string, Traits>>, seeds = SEEDS) {
  const all = Object.entries(policies).map(([name, traits], i) =>
    policy(name, { role: i === 0 ? 'baseline' : 'contender', ...traits }),
  );
  return conclude(all, seeds);
}

describe('who misses a service level is not recommended', () => {
  test('over a baseline that meets all of them, however much better it is', () => {
    const { recommended, sentence } = concluded({
      old: { misses: [] },
      fast: { misses: ['done'], p99: -0.5 },
    });
    expect(recommended).toBe('old');
    expect(sentence).toBe(
      'No policy can be recommended over "old": "fast" against "old": 50 % less p99 latency. "fast" cannot be recommended: it misses the service level "at least 990 of 1,000 sagas complete", and "old" meets all.',
    );
  });

  test('while another contender meets all of them, who need not be the best', () => {
    const { recommended, sentence } = concluded({
      old: { misses: ['p99'] },
      fast: { misses: ['done', 'p99'], p99: -0.5 },
      fair: { misses: [], p99: -0.2 },
    });
    expect(recommended).toBe('fair');
    expect(sentence).toBe(
      '"fair" against "old": 20 % less p99 latency. "old" cannot be recommended: it misses the service level "99 % of all sagas end within 2 s", and "fair" meets all. "fast" cannot be recommended: it misses the service level "99 % of all sagas end within 2 s" and 1 more, and "fair" meets all.',
    );
  });

  test('nor is the baseline kept, when one meets all that cannot be told from it, or is slower', () => {
    const alike = concluded({ old: { misses: ['p99'] }, fair: { misses: [] } });
    expect(alike.recommended).toBe('fair');
    expect(alike.sentence).toMatch(
      /^"fair" meets all service levels\. 40 seeds cannot tell "fair" and "old" apart\. "old" cannot/,
    );
    const slower = concluded({ old: { misses: ['done'] }, fair: { misses: [], p99: 0.1 } });
    expect(slower.recommended).toBe('fair');
    expect(slower.sentence).toMatch(
      /^"fair" meets all service levels\. "fair" against "old": 10 % more p99 latency\. "old" cannot/,
    );
    const few = concluded({ old: { misses: ['done'] }, fair: { misses: [] } }, 5);
    expect(few.recommended).toBe('fair');
    expect(few.sentence).toMatch(/^"fair" meets all service levels\. 5 seeds are too few/);
  });
});

test('of several that meet all, and none of which is better, the one with the shortest p99 is taken', () => {
  const slow = { misses: [], p99: 0.2 };
  expect(concluded({ old: { misses: ['p99'] }, slow, fair: { misses: [], p99: 0.1 } }).recommended).toBe(
    'fair',
  );
});

test('where nobody meets all of them they decide nothing, and that is said', () => {
  const { recommended, sentence } = concluded({
    old: { misses: ['p99'] },
    fast: { misses: ['p99'], p99: -0.5 },
  });
  expect(recommended).toBe('fast');
  expect(sentence).toBe('"fast" against "old": 50 % less p99 latency. No policy meets all service levels.');
});

test('who broke an invariant keeps no promise', () => {
  const { recommended } = concluded({ old: { misses: ['p99'] }, cheat: { misses: [], breaks: true } });
  expect(recommended).toBe('old');
});

test('without service levels nothing is said of them', () => {
  expect(concluded({ old: {}, fast: { p99: -0.5 } })).toEqual({
    recommended: 'fast',
    sentence: '"fast" against "old": 50 % less p99 latency.',
  });
  expect(concluded({ old: { misses: [] }, fast: { misses: [], p99: -0.5 } }).sentence).toBe(
    '"fast" against "old": 50 % less p99 latency.',
  );
});

test('a baseline that comes to something else on other seeds is no firm ground', () => {
  const sentenceWith = (misses: readonly (keyof typeof LEVELS)[]): string =>
    concluded({ old: { misses: [] }, other: { misses: [] }, again: { misses, role: 'control' } }).sentence;
  expect(sentenceWith(['p99'])).toMatch(
    /Careful: on other seeds the baseline misses 1 of 2 service levels\.$/,
  );
  expect(sentenceWith([])).not.toContain('Careful');
});
