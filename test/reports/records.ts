// Hand-made run records, one per verdict, in which every part has something to show.

import type { RunRecord } from '../../simulator/run-record.ts';

const NONE = { count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };

/** 1,000 runs that held. */
export const held: RunRecord = {
  schema: 'sagastorm/run@1',
  scenario: 'bank-transfer',
  scenarioHash: '0123456789abcdef',
  version: '0.1.0',
  node: '24.0.0',
  rootSeed: 'nightly',
  profile: 'storm',
  policy: 'default',
  verdict: 'held',
  runs: { total: 1_000, held: 1_000, violated: 0, inconclusive: 0 },
  sagasPerRun: 100,
  sagas: {
    started: 100_000,
    completed: 71_200,
    compensated: 28_800,
    failed: 0,
    compensationFailed: 0,
    open: 0,
    resumed: 12,
    shed: 0,
  },
  faults: {
    configured: { 'drop-request': 0.3, 'drop-reply': 0.3 },
    delivered: { 'drop-request': 30_112, 'drop-reply': 18_000 },
    undelivered: [],
  },
  invariants: [
    { id: 'money-conserved', statement: 'The sum never changes', state: 'held' },
    { id: 'at-most-once', statement: 'Once', state: 'held' },
  ],
  violations: [],
  inconclusive: [],
  coverage: { cells: 6, hit: 5, missing: ['compensating × drop-reply'] },
  latencyUs: {
    saga: { count: 100_000, p50: 118_000, p90: 900_000, p99: 1_204_000, p999: 1_300_000, max: 1_400_000 },
    compensation: NONE,
    step: NONE,
  },
  fingerprint: '0123456789abcdef0123456789abcdef',
  determinism: { checked: 20, equal: 20 },
  bound95: 0.002991,
  virtualUs: 2_695_680_000_000,
  events: 4_811_200,
  meta: {
    wallMs: 14_800,
    eventsPerSecond: 325_081,
    sagasPerSecond: 6_757,
    startedAt: '2026-11-20T00:00:00.000Z',
    workers: 2,
  },
};

/** One run, violated. */
export const violated: RunRecord = {
  ...held,
  verdict: 'violated',
  policy: 'naive',
  runs: { total: 1, held: 0, violated: 1, inconclusive: 0 },
  sagasPerRun: 1,
  sagas: { ...held.sagas, started: 1, completed: 0, compensated: 0, failed: 1 },
  faults: { ...held.faults, undelivered: ['pause', 'reorder'] },
  invariants: [
    { id: 'money-conserved', statement: 'The sum never changes', state: 'violated' },
    { id: 'at-most-once', statement: 'Once', state: 'held' },
    { id: 'stock-conserved', statement: 'Stock', state: 'not-exercised' },
  ],
  violations: [
    {
      invariant: 'money-conserved',
      statement: 'The sum never changes',
      message: 'order o-7: charged 2× (60.00, 60.00), refunded 0×, saga ended compensated',
      seed: 'nightly/1841',
      atUs: 12_400_000,
      saga: 's-0',
      capsule: '.sagastorm/failures/money-conserved-3f9c01ab.json',
      replay: 'npx sagastorm replay .sagastorm/failures/money-conserved-3f9c01ab.json',
      signature: 'money-conserved:deed:+.:compensated',
      runs: 1,
      faults: [
        { kind: 'drop-reply', at: 's-0/charge/forward#1:reply', params: {} },
        { kind: 'drop-reply', at: 's-0/charge/forward#2:reply', params: {} },
        { kind: 'pause', at: 's-0#3:input', params: { pauseUs: 5 } },
      ],
    },
  ],
  latencyUs: { saga: NONE, compensation: NONE, step: NONE },
  determinism: { checked: 0, equal: 0 },
};

/** 50 runs, some of which ran out of bounds. */
export const inconclusive: RunRecord = {
  ...held,
  verdict: 'inconclusive',
  runs: { total: 50, held: 43, violated: 0, inconclusive: 7 },
  inconclusive: Array.from({ length: 7 }, (_, i) => ({
    seed: `nightly/${i}`,
    reason: 'stopped after 1000000 events',
  })),
  coverage: { cells: 46, hit: 36, missing: Array.from({ length: 10 }, (_, i) => `running × fault-${i}`) },
};

/** 50 runs, one of which did not repeat. */
export const nondeterministic: RunRecord = {
  ...held,
  verdict: 'nondeterministic',
  runs: { total: 50, held: 50, violated: 0, inconclusive: 0 },
  determinism: {
    checked: 2,
    equal: 1,
    divergence: {
      seed: 'nightly/12',
      index: 1_234,
      first: 't=0.000000s  create  s-0',
      second: 't=0.005000s  create  s-0',
    },
  },
};

/** 40 runs that held and yet failed: a promise was missed, another could not be measured, and something never happened. */
export const broken: RunRecord = {
  ...held,
  verdict: 'violated',
  runs: { total: 40, held: 40, violated: 0, inconclusive: 0 },
  source: { file: 'scenarios/bank-transfer.ts', line: 38 },
  invariants: [
    ...held.invariants,
    { id: 'one-invoice', statement: 'One invoice each', state: 'held', line: 52 },
  ],
  sometimes: [
    { name: 'a refund is needed', times: 3 },
    { name: 'the moon is reached', times: 0 },
  ],
  slo: [
    {
      id: 'slo/sagaP50Ms',
      statement: 'half of all sagas end within 1 ms',
      limit: 1,
      actual: 118,
      state: 'missed',
    },
    {
      id: 'slo/sagaP99Ms',
      statement: '99 % of all sagas end within 2 s',
      limit: 2_000,
      actual: 1_204,
      state: 'met',
    },
    {
      id: 'slo/detectionMs',
      statement: 'an incident is noticed within 5 ms',
      limit: 5,
      state: 'not-measured',
    },
  ],
};

/** 40 runs with so many distinct failures, the first of which was made small and breaks something else, too. */
export function failing(count: number): RunRecord {
  const [violation] = violated.violations;
  const violations = Array.from({ length: count }, (_, i) => ({
    ...violation!,
    message: `failure number ${i}`,
    signature: `money-conserved:deed:${i}`,
    ...(i === 0
      ? {
          also: ['at-most-once'],
          shrunk: {
            sentence: 'One saga and one fault (the reply is lost) break money-conserved.',
            faults: ['the reply is lost'],
            marks: [{ isNecessary: true, needsItsParameters: false }],
            sagas: 1,
            events: 19,
            isMinimal: true,
            attempts: 20,
            from: { faults: 265, sagas: 20, events: 537 },
          },
        }
      : {}),
  }));
  return { ...violated, source: { file: 'scenarios/bank-transfer.ts', line: 38 }, violations };
}
