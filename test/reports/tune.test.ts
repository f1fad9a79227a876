// A search for a policy as people read it, word for word.

import { expect, test } from 'vitest';
import { type Palette, renderTuning, renderTuningMarkdown } from '../../reports/index.ts';
import { drawFront } from '../../reports/tune-front.ts';
import type { ComparedPolicy, MetricDifference, TuneRecord } from '../../simulator/index.ts';
import { ONE_SAGA } from './comparisons.ts';

const same = (text: string): string => text;
const plain: Palette = { bold: same, dim: same, green: same, red: same, yellow: same };

type Differences = readonly [completed?: MetricDifference, p99?: MetricDifference, calls?: MetricDifference];

function policy(
  name: string,
  role: ComparedPolicy['role'],
  [completed, p99Us, calls]: readonly [number, number, number],
  differences: Differences = [],
): ComparedPolicy {
  const metric = (id: string, value: number, at: 0 | 1 | 2) => {
    const difference = differences[at];
    return { id, value, samples: 66, ...(difference === undefined ? {} : { difference }) };
  };
  return {
    name,
    role,
    rootSeed: 'nightly',
    runs: { total: 66, held: 66, violated: 0, inconclusive: 0 },
    violations: [],
    sagas: ONE_SAGA,
    metrics: [metric('completed', completed, 0), metric('latency-p99', p99Us, 1), metric('calls', calls, 2)],
    isOnFront: true,
    fingerprint: '0123456789abcdef0123456789abcdef',
  };
}

function told(value: number, low: number, high: number, relative?: number): MetricDifference {
  const found = { value, interval: { low, high }, p: 0.001, pHolm: 0.003, isDistinguishable: true };
  return relative === undefined ? found : { ...found, relative };
}

const alike: MetricDifference = {
  value: 1,
  interval: { low: -1, high: 2 },
  p: 1,
  pHolm: 1,
  isDistinguishable: false,
};

const record: TuneRecord = {
  schema: 'sagastorm/tune@1',
  scenario: 'brown-out',
  scenarioHash: '0123456789abcdef',
  version: '0.1.0',
  node: '24.0.0',
  rootSeed: 'nightly',
  profile: 'calm',
  sagasPerRun: 2_160,
  verdict: 'held',
  sentence: 'Take "tuned-1" in place of "resilient": 2.7 points more completed sagas.',
  recommended: 'tuned-1',
  baseline: 'resilient',
  isStopped: false,
  space: ['retry', 'bulkhead'],
  budget: { runs: 1_500, used: 1_480 },
  search: {
    rungs: [
      { candidates: 3, seeds: 4 },
      { candidates: 2, seeds: 8 },
    ],
    done: 2,
  },
  candidates: [
    { name: 'resilient', origin: 'baseline', seeds: 8, fate: 'finalist' },
    { name: 'tuned-1', origin: 'drawn', seeds: 8, fate: 'finalist' },
    {
      name: 'tuned-2',
      origin: 'drawn',
      seeds: 4,
      fate: 'broke',
      fault: { invariant: 'at-most-once', seed: 'nightly-search/2' },
    },
  ],
  comparison: {
    seeds: 66,
    metrics: [
      { id: 'completed', title: 'completed sagas', unit: 'share', better: 'higher', over: 'seed-mean' },
      { id: 'latency-p99', title: 'p99 latency', unit: 'us', better: 'lower', over: 'pooled' },
      { id: 'calls', title: 'calls per saga', unit: 'number', better: 'lower', over: 'seed-mean' },
    ],
    statistics: {
      unit: 'seed',
      confidence: 0.95,
      resamples: 5_000,
      correction: 'holm',
      familyError: 0.01,
      seedsNeeded: 20,
    },
    policies: [
      policy('resilient', 'baseline', [0.973, 97_800_000, 4.06]),
      policy(
        'tuned-1',
        'contender',
        [1, 45_100_000, 4.03],
        [told(0.027, 0.021, 0.033), told(-52_700_000, -60e6, -41e6, -0.539), alike],
      ),
      policy('resilient', 'control', [0.972, 98_000_000, 4.05]),
    ],
  },
  front: [
    {
      name: 'tuned-1',
      objectives: { notCompleted: 0, p99Us: 45_100_000, callsPerSaga: 4.03 },
      policy: '.sagastorm/policies/tuned-1.json',
    },
  ],
  definition: "definePolicy({\n  name: 'tuned-1',\n  callTimeoutMs: 2_000,\n})",
  losses: {
    total: 3,
    of: 66,
    worst: [
      {
        seed: 'nightly/7',
        by: 'completed',
        recommended: 2_101,
        baseline: 2_110,
        command: 'npx sagastorm replay a',
      },
      {
        seed: 'nightly/9',
        by: 'latency-p99',
        recommended: 46e6,
        baseline: 44e6,
        command: 'npx sagastorm replay b',
      },
    ],
  },
  assumptions: ['Invariants are checked in every run.'],
  meta: { wallMs: 187_000, startedAt: '2026-11-21T00:00:00.000Z', workers: 2 },
};

test('on a terminal', () => {
  expect(
    renderTuning(record, { colors: plain, width: 80, stored: '.sagastorm/tune.json' }),
  ).toMatchInlineSnapshot(`
    "sagastorm 0.1 · tune brown-out · 3 candidates · 2,160 sagas per run · root seed
    "nightly" · calm

     Take "tuned-1" in place of "resilient": 2.7 points more completed sagas.

       policy      not completed               p99  calls per saga
     A resilient          2.70 %            97.8 s            4.06  baseline, behind
     B tuned-1    0 % (−2.70 pt)  45.1 s (−53.9 %)        4.03 (~)  recommended

           p99 ↑
        97.8 s │                                               A
               │
               │
               │
               │
               │
               │
               │
        45.1 s │B
               └────────────────────────────────────────────────→
                4.03             calls per saga             4.06

     SEARCH     3 candidates × 4 seeds → 2 × 8 → 2 × 66 other seeds · 1,480 of 1,500
                runs
     EVIDENCE   "tuned-1" against "resilient", with 95 % intervals:
       completed sagas           +2.70 pt  +2.10 pt … +3.30 pt
       p99 latency      −52.7 s (−53.9 %)  −60 s … −41 s
       calls per saga                   ~  −1.00 … +2.00
     LOSES      on 3 of 66 seeds; the 2 worst:
       completed 2,101 sagas, not 2,110
         npx sagastorm replay a
       p99 46 s, not 44 s
         npx sagastorm replay b

     POLICY     --policy .sagastorm/policies/tuned-1.json, or
       definePolicy({
         name: 'tuned-1',
         callTimeoutMs: 2_000,
       })

     ✗ tuned-2: at-most-once broken, first with seed "nightly-search/2"

     1,480 runs · 3.12 min · .sagastorm/tune.json
    "
  `);
});

test('who meets the service levels of the scenario says so, who misses one, too', () => {
  const comparison = record.comparison!;
  const level = { id: 'slo/sagaP99Ms', statement: 'all end soon', limit: 60_000 };
  const policies = comparison.policies.map((policy) => {
    const state = policy.name === 'tuned-1' ? 'met' : 'missed';
    return { ...policy, slo: [{ ...level, state }] } as const;
  });
  const text = renderTuning(
    { ...record, comparison: { ...comparison, policies } },
    { colors: plain, width: 100 },
  );
  expect(text).toMatch(/ A resilient .* baseline, behind, SLO missed\n/);
  expect(text).toMatch(/ B tuned-1 .* recommended, SLO met\n/);
});

test('as Markdown', () => {
  expect(renderTuningMarkdown(record)).toMatchInlineSnapshot(`
    "## A policy for brown-out

    **Take "tuned-1" in place of "resilient": 2.7 points more completed sagas.**

    3 candidates × 4 seeds → 2 × 8 → 2 × 66 other seeds · 1,480 of 1,500 runs; 2,160 sagas per run, root seed \`nightly\`, profile calm.

    | Policy | Not completed | p99 | Calls per saga |  |
    | --- | ---: | ---: | ---: | --- |
    | resilient | 2.70 % | 97.8 s | 4.06 | baseline, behind |
    | tuned-1 | 0 % (−2.70 pt) | 45.1 s (−53.9 %) | 4.03 (\\~) | recommended |

    tuned-1 against resilient, with 95 % intervals:

    \`\`\`
    completed sagas           +2.70 pt  +2.10 pt … +3.30 pt
    p99 latency      −52.7 s (−53.9 %)  −60 s … −41 s
    calls per saga                   ~  −1.00 … +2.00
    \`\`\`

    It loses on 3 of 66 seeds; the 2 worst:

    - completed 2,101 sagas, not 2,110: \`npx sagastorm replay a\`
    - p99 46 s, not 44 s: \`npx sagastorm replay b\`

    \`\`\`ts
    definePolicy({
      name: 'tuned-1',
      callTimeoutMs: 2_000,
    })
    \`\`\`

    ✗ tuned-2: at-most-once broken, first with seed "nightly-search/2"

    Assumptions:

    - Invariants are checked in every run.
    "
  `);
});

test('what was stopped has no evidence', () => {
  const { comparison: _, definition: __, ...rest } = record;
  const stopped = {
    ...rest,
    isStopped: true,
    sentence: 'Stopped after 0 of 2 rounds.',
    search: { ...record.search, done: 0 },
    recommended: 'resilient',
    front: [],
    losses: { total: 0, of: 0, worst: [] },
  };
  expect(renderTuning(stopped, { colors: plain, width: 80 })).toMatchInlineSnapshot(`
    "sagastorm 0.1 · tune brown-out · 3 candidates · 2,160 sagas per run · root seed
    "nightly" · calm

     Stopped after 0 of 2 rounds.

     SEARCH     3 candidates · 1,480 of 1,500 runs

     ✗ tuned-2: at-most-once broken, first with seed "nightly-search/2"

     1,480 runs · 3.12 min
    "
  `);
});

test('policies in one place share a sign, and one without a p99 is not drawn', () => {
  const at = (mark: string, callsPerSaga: number, p99Us?: number) => ({
    mark,
    objectives: { notCompleted: 0, callsPerSaga, ...(p99Us === undefined ? {} : { p99Us }) },
  });
  const lines = drawFront([at('A', 1, 1e6), at('B', 2, 2e6), at('C', 1, 1e6), at('D', 3)]);
  const signs = lines.join('').replace(/[^A-D+]/g, '');
  expect(signs).toBe('B+');
  expect(drawFront([at('A', 1, 1e6), at('B', 1, 2e6)])).toEqual([]);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});
