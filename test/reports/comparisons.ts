// A comparison of two policies, for tests of its reports.

import { METRICS } from '../../simulator/campaign/compare-metrics.ts';
import type { ComparedPolicy, CompareRecord, PairedDifferences } from '../../simulator/index.ts';

/** Of a policy that is only looked at for its metrics. */
export const ONE_SAGA: ComparedPolicy['sagas'] = {
  started: 1,
  completed: 1,
  compensated: 0,
  failed: 0,
  compensationFailed: 0,
  open: 0,
  resumed: 0,
  shed: 0,
};

function policy(rest: Pick<ComparedPolicy, 'name' | 'role' | 'metrics'>): ComparedPolicy {
  return {
    rootSeed: rest.role === 'control' ? 'nightly-aa' : 'nightly',
    runs: { total: 200, held: 200, violated: 0, inconclusive: 0 },
    violations: [],
    sagas: ONE_SAGA,
    isOnFront: true,
    fingerprint: '0123456789abcdef0123456789abcdef',
    ...rest,
  };
}

const alike = { value: 0, p: 1, pHolm: 1, isDistinguishable: false };
/** `patient` is recommended, and breaks an invariant. */
export const comparison: CompareRecord = {
  schema: 'sagastorm/compare@1',
  scenario: 'ride',
  scenarioHash: '0123456789abcdef',
  version: '0.1.0',
  node: '24.0.0',
  rootSeed: 'nightly',
  profile: 'storm',
  seeds: 200,
  sagasPerRun: 100,
  verdict: 'violated',
  sentence: '"patient" against "default": 3.3 points more completed sagas; at 13.3 % more p99 latency.',
  recommended: 'patient',
  metrics: [
    { id: 'completed', title: 'completed sagas', unit: 'share', better: 'higher', over: 'seed-mean' },
    { id: 'latency-p99', title: 'p99 latency', unit: 'us', better: 'lower', over: 'pooled' },
    { id: 'events', title: 'events per saga', unit: 'number', better: 'neither', over: 'seed-mean' },
  ],
  statistics: {
    unit: 'seed',
    confidence: 0.95,
    resamples: 2_000,
    correction: 'holm',
    familyError: 0.01,
    seedsNeeded: 20,
  },
  assumptions: ['The unit is the seed.'],
  policies: [
    policy({
      name: 'default',
      role: 'baseline',
      metrics: [
        { id: 'completed', value: 0.749, samples: 200 },
        { id: 'latency-p99', value: 18_700_000, samples: 20_000 },
        { id: 'events', value: 21.94, samples: 200 },
      ],
    }),
    {
      ...policy({
        name: 'patient',
        role: 'contender',
        metrics: [
          {
            id: 'completed',
            value: 0.782,
            samples: 200,
            difference: {
              value: 0.0334,
              relative: 0.0446,
              interval: { low: 0.0252, high: 0.0423 },
              p: 0.001,
              pHolm: 0.003,
              isDistinguishable: true,
            },
          },
          {
            id: 'latency-p99',
            value: 21_200_000,
            samples: 20_000,
            difference: {
              value: 2_480_000,
              relative: 0.133,
              interval: { low: 1_627_000, high: 3_170_000 },
              p: 0.001,
              pHolm: 0.003,
              isDistinguishable: true,
            },
          },
          {
            id: 'events',
            value: 21.81,
            samples: 200,
            difference: { ...alike, value: -0.13, interval: { low: -0.28, high: 0.03 } },
          },
        ],
      }),
      runs: { total: 200, held: 197, violated: 2, inconclusive: 1 },
      violations: [{ invariant: 'at-most-once', seed: 'nightly/7', runs: 2 }],
    },
    policy({
      name: 'default',
      role: 'control',
      metrics: [
        { id: 'completed', value: 0.761, samples: 200, difference: { ...alike, hidden: 'too few' } },
        { id: 'latency-p99', samples: 0 },
        { id: 'events', value: 22.34, samples: 200, difference: alike },
      ],
    }),
  ],
  meta: { wallMs: 8_160, startedAt: '2026-11-20T00:00:00.000Z', workers: 2 },
};

const PAIRS: PairedDifferences = {
  id: 'completed',
  better: 150,
  equal: 30,
  worse: 20,
  from: -0.1,
  width: 0.1,
  counts: [20, 90, 60],
  worst: [
    { seed: 'nightly/9', value: 0.7, baseline: 0.8, replay: 'npx sagastorm replay ride --seed nightly/9' },
  ],
};
const CURVES = { permille: [0, 500, 1_000], sagaUs: [10_000, 400_000, 90_000_000] };

/** With everything that can be drawn; one cell of the sensitivity is broken, and one has too few sagas for a p99. */
export const drawnComparison: CompareRecord = {
  ...comparison,
  policies: comparison.policies.map((policy) => ({
    ...policy,
    curves: CURVES,
    metrics: [...policy.metrics, { id: 'calls', value: 5.5, samples: 200 }],
    ...(policy.role === 'contender' ? { pairs: [PAIRS] } : {}),
  })),
  sensitivity: {
    policy: 'patient',
    seeds: 40,
    faultPermille: [0, 1_000],
    callTimeoutMs: [500, 2_000],
    ownTimeoutMs: 2_000,
    cells: [
      [
        { completed: 0.9, p99Us: 900_000, violated: 0, inconclusive: 0 },
        { completed: 0.9, violated: 0, inconclusive: 0 },
      ],
      [
        {
          completed: 0.6,
          p99Us: 30_000_000,
          violated: 1,
          inconclusive: 0,
          firstViolation: { invariant: 'at-most-once', seed: 'nightly/3' },
        },
        { completed: 0.78, p99Us: 21_000_000, violated: 0, inconclusive: 0 },
      ],
    ],
  },
};

/** Of each cell only what few runs tell: none has sagas enough for a p99. */
export const scantComparison: CompareRecord = {
  ...drawnComparison,
  sensitivity: {
    ...drawnComparison.sensitivity!,
    cells: drawnComparison.sensitivity!.cells.map((row) => row.map(({ p99Us: _, ...cell }) => cell)),
  },
};

const TOLD = { interval: { low: -1_200, high: 3_400 }, p: 0.001, pHolm: 0.003, isDistinguishable: true };

/** A sweep in which every metric can be told apart, more of each being worse but for those that are to be high. */
export const sweptComparison: CompareRecord = {
  ...drawnComparison,
  recommended: 'default:retry.timeout.attemptsMax=3',
  sentence:
    '"default:retry.timeout.attemptsMax=3" against "default": 3.3 points more completed sagas; at 13.3 % more p99 latency.',
  metrics: METRICS,
  assumptions: ['The unit is the seed.', 'What holds here holds for this scenario.'],
  policies: ['default', 'default:retry.timeout.attemptsMax=3', 'default:retry.timeout.attemptsMax=5'].map(
    (name, i) => ({
      ...drawnComparison.policies[Math.min(i, 1)]!,
      name,
      metrics: METRICS.map(({ id, unit }) => {
        const size = unit === 'share' ? 0.0334 : unit === 'us' ? 2_480_000 : 2.5;
        const difference = { ...TOLD, value: size, relative: 0.133 };
        return { id, value: 10 * size, samples: 200, ...(i === 0 ? {} : { difference }) };
      }),
      ...(i === 0 ? {} : { pairs: [PAIRS, { ...PAIRS, id: 'latency-mean' }] }),
    }),
  ),
};

const LEVELS = [
  ['completedPermille', 'at least 700 of 1,000 sagas complete', 700],
  ['sagaP99Ms', '99 % of all sagas end within 20 s', 20_000],
  ['compensationP99Ms', '99 % of all undos end within 60 s', 60_000],
  ['detectionMs', 'an incident is noticed within 30 s', 30_000],
] as const;

function levels(actual: readonly (number | undefined)[]): NonNullable<ComparedPolicy['slo']> {
  return LEVELS.map(([name, statement, limit], i) => {
    const value = actual[i];
    if (value === undefined) return { id: `slo/${name}`, statement, limit, state: 'not-measured' };
    const isMet = name === 'completedPermille' ? value >= limit : value <= limit;
    return { id: `slo/${name}`, statement, limit, actual: value, state: isMet ? 'met' : 'missed' };
  });
}

/** The baseline meets three of four service levels, the last was not measured; others miss one, two or more. */
export const promisingComparison: CompareRecord = {
  ...sweptComparison,
  policies: sweptComparison.policies.map((policy, i) => ({
    ...policy,
    slo: levels(
      [
        [749, 18_700, 59_000],
        [690, 21_200, 59_000],
        [600, 25_000, 90_000],
      ][i]!,
    ),
  })),
};

/** As many policies as a comparison takes, most of which miss something. */
export const crowdedComparison: CompareRecord = {
  ...promisingComparison,
  policies: Array.from({ length: 20 }, (_, i) => {
    const policy = promisingComparison.policies[Math.min(i, 2)]!;
    return i < 2 ? policy : { ...policy, name: `default:retry.timeout.attemptsMax=${i + 3}` };
  }),
};

/** Policies of which only their place on the picture of the front matters; the first is recommended. */
export function frontOf(
  points: readonly (readonly [name: string, p99Us: number, calls: number])[],
): CompareRecord {
  return {
    ...comparison,
    recommended: points[0]![0],
    policies: points.map(([name, p99Us, calls], i) => ({
      ...comparison.policies[Math.min(i, 1)]!,
      name,
      isOnFront: i % 2 === 0,
      metrics: [
        { id: 'completed', value: 0.98, samples: 200 },
        { id: 'latency-p99', value: p99Us, samples: 200 },
        { id: 'calls', value: calls, samples: 200 },
      ],
    })),
  };
}

/** Policies that come to nearly the same, some to exactly the same. */
export const nearFront: CompareRecord = frontOf([
  ['default', 2_100_000, 5.02],
  ['patient', 2_110_000, 5.03],
  ['impatient', 2_099_000, 5.01],
  ['resilient', 2_105_000, 5.02],
  ['naive', 2_100_000, 5.02],
]);

/** Some near, some apart, one at an edge. */
export const looseFront: CompareRecord = frontOf([
  ['default', 14_300_000, 6.05],
  ['patient', 10_200_000, 6.8],
  ['impatient', 35_600_000, 6.26],
  ['resilient', 21_700_000, 6.01],
  ['naive', 38_700_000, 5.8],
  ['eager', 11_000_000, 6.16],
  ['tuned-17', 14_200_000, 5.78],
  ['tuned-4', 36_100_000, 5.22],
]);
