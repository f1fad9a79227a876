// Records in which every section of the page has something to show, made by hand from those of the other reports.

import type { RunRecord } from '../../../simulator/run-record.ts';
import { held, inconclusive, nondeterministic, violated } from '../records.ts';

const PERMILLE = [0, 100, 500, 900, 990, 999, 1000];

function curve(scale: number): readonly number[] {
  return PERMILLE.map((share) => Math.round(scale * (1 + (share / 100) ** 3)));
}

/** Held, with all that is drawn. */
export const drawn: RunRecord = {
  ...held,
  seedCommand: 'npx sagastorm replay bank-transfer --sagas 100 --profile storm --seed',
  source: { file: 'scenarios/bank-transfer.ts', line: 38 },
  policySpec: {
    name: 'default',
    callTimeoutMs: 10_000,
    retry: { transient: { attemptsMax: 5, initialMs: 1_000, maxMs: 30_000, factorPermille: 2_000 } },
    compensation: { attemptsMax: 5, initialMs: 2_000, maxMs: 30_000, factorPermille: 2_000 },
    jitter: [1_000, 1_100],
    circuitBreaker: { windowCalls: 50, recoveryMs: 5_000, failurePermille: 500 },
  },
  stopped: [{ reason: 'credit: the credit failed', sagas: 28_000 }],
  coverage: {
    ...held.coverage,
    examples: {
      'running × drop-request': { times: 30_000, seed: 'nightly/0' },
      'compensating × drop-request': { times: 112, seed: "nightly's/4" },
      'running × drop-reply': { times: 9, seed: 'nightly/0' },
    },
  },
  sometimes: [{ name: 'a saga is compensated', times: 28_800 }],
  regressions: { total: 3, held: 2, failed: 0, stale: 1, lost: [] },
  slo: [
    {
      id: 'slo/sagaP99Ms',
      statement: '99 % of all sagas end within 2 s',
      limit: 2_000,
      actual: 1_204,
      state: 'met',
    },
    {
      id: 'slo/completedPermille',
      statement: 'at least 700 of 1,000 sagas complete',
      limit: 700,
      actual: 712,
      state: 'met',
    },
    {
      id: 'slo/recoveryMs',
      statement: 'the load is back within 5 min of the last incident',
      limit: 300_000,
      state: 'not-measured',
    },
  ],
  curves: { permille: PERMILLE, saga: curve(100_000), compensation: curve(30_000), step: curve(7_000) },
  timeline: {
    bucketUs: 1_000_000,
    healAtUs: 60_000_000,
    buckets: Array.from({ length: 90 }, (_, i) => ({
      started: i < 60 ? 1_000 : 0,
      completed: i < 80 ? 800 - i : 0,
      undone: i % 7,
      calls: 3_000 - 10 * i,
      faults: i < 60 ? 700 : 0,
      ...(i % 10 === 0 ? {} : { p50Us: 100_000 + i, p99Us: 1_000_000 + i }),
    })),
  },
  steps: [
    {
      saga: 'bank-transfer',
      step: 'debit',
      service: 'bank',
      forward: [90_000, 7_000, 2_000, 900, 100],
      undo: [20_000, 90, 0, 0, 1],
      p50Us: 12_000,
      p99Us: 900_000,
    },
    {
      saga: 'bank-transfer',
      step: 'credit',
      service: 'bank',
      forward: [80_000, 0, 0, 0, 0],
      undo: [0, 0, 0, 0, 0],
    },
  ],
  load: {
    callsPerSaga: 2.61,
    wastedCalls: 0.41,
    circuitOpenUs: 4_000_000,
    incidents: [
      {
        kind: 'outage',
        service: 'bank',
        fromUs: 20_000_000,
        untilUs: 50_000_000,
        requestsHurt: 81,
        noticedAfterUs: 157_199,
      },
    ],
    recovery: { runs: 1_000, recovered: 1_000, longestUs: 0 },
  },
};

const [failure] = violated.violations;

/** Two distinct failures, one made small; one of them says what would be markup. */
export const broken: RunRecord = {
  ...drawn,
  verdict: 'violated',
  runs: { total: 20, held: 14, violated: 6, inconclusive: 0 },
  invariants: [
    { id: 'money-conserved', statement: 'The sum never changes', state: 'violated' },
    { id: 'at-most-once', statement: 'Once', state: 'held' },
    { id: 'stock-conserved', statement: 'Stock', state: 'violated' },
    { id: 'isolation', statement: 'Apart', state: 'not-exercised' },
    { id: 'own-rule', statement: 'Mine', state: 'violated' },
  ],
  violations: [
    {
      ...failure!,
      runs: 5,
      also: ['stock-conserved'],
      shrunk: {
        sentence: 'One saga and two faults break it.',
        faults: [
          's-0, charge, sent for the 1st time: the reply is lost',
          's-0: the orchestrator pauses for 5 µs',
        ],
        marks: [
          { isNecessary: true, needsItsParameters: true },
          { isNecessary: false, needsItsParameters: false },
        ],
        sagas: 1,
        events: 11,
        isMinimal: true,
        attempts: 40,
        from: { faults: 37, sagas: 9, events: 412 },
      },
      test: '.sagastorm/failures/money-conserved-3f9c01ab.test.ts',
      runTest: 'npx vitest run .sagastorm/failures/money-conserved-3f9c01ab.test.ts',
    },
    {
      ...failure!,
      invariant: 'own-rule',
      message: 'a <b>bold</b> & "quoted" </script><img src=x onerror=alert(1)>',
      seed: 'nightly/7',
      signature: 'own-rule:deed',
      notShrunk: 'the budget was spent',
    },
  ],
};

/** For real: no virtual time, no seeds to run again. */
export const real: RunRecord = (({ seedCommand: _, bound95: __, ...record }) => ({
  ...record,
  policy: 'default ÷ 10',
  runs: { total: 1, held: 1, violated: 0, inconclusive: 0 },
  live: {
    store: 'sqlite',
    orchestrators: 2,
    pace: 10,
    kills: { orchestrator: 13, participant: 6 },
    lives: 31,
    evidence: '.sagastorm/live/bank-transfer-gQo534',
  },
}))(drawn);

/** One of each kind, by what it is called in tests. */
export const ALL: Readonly<Record<string, RunRecord>> = {
  'an older record': held,
  'a record with all sections': drawn,
  'a record with failures': broken,
  'a record of a run for real': real,
  'an older record of a failure': violated,
  'an inconclusive record': inconclusive,
  'a record of runs that differ': nondeterministic,
};
