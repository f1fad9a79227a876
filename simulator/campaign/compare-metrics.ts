// The metrics of a comparison: which are declared, and how each is read off the runs. Adding one: add it to METRICS.

import type { ComparedPolicy, MeasuredMetric, Metric } from '../compare-record.ts';
import { meanOf, type Objectives, type PerSeed, PooledSamples } from '../statistics/index.ts';
import { costPerMillionSagas } from './cost.ts';
import type { SeedMeasure } from './measure.ts';

type Source =
  | { readonly over: 'seed-mean'; of(run: SeedMeasure): number | undefined }
  | { readonly over: 'pooled'; readonly permille: number; samples(run: SeedMeasure): Float64Array }
  | { readonly over: 'seed-rate'; holds(run: SeedMeasure): boolean | undefined };

/** `isRare`: left out of a record in which it is zero, or cannot be told, for all policies. */
type DeclaredMetric = Omit<Metric, 'over'> & Source & { readonly isRare?: true };

/** A metric of all runs of one policy, ready to be compared. */
export type MetricData = { readonly id: string } & (
  | { readonly over: 'seed-mean'; readonly values: PerSeed }
  | { readonly over: 'pooled'; readonly pooled: PooledSamples; readonly permille: number }
  | { readonly over: 'seed-rate'; readonly holds: readonly (boolean | undefined)[] }
);

const perSaga =
  (count: (run: SeedMeasure) => number) =>
  (run: SeedMeasure): number =>
    count(run) / run.sagas.started;

const DECLARED: readonly DeclaredMetric[] = [
  {
    id: 'completed',
    title: 'completed sagas',
    unit: 'share',
    better: 'higher',
    over: 'seed-mean',
    of: perSaga(({ sagas }) => sagas.completed),
  },
  {
    id: 'compensated',
    title: 'compensated sagas',
    unit: 'share',
    better: 'neither',
    over: 'seed-mean',
    of: perSaga(({ sagas }) => sagas.compensated),
  },
  {
    id: 'failed',
    title: 'failed sagas',
    unit: 'share',
    better: 'lower',
    over: 'seed-mean',
    of: perSaga(({ sagas }) => sagas.failed + sagas.compensationFailed + (sagas.resolved ?? 0)),
  },
  {
    id: 'needed-a-person',
    isRare: true,
    title: 'sagas that needed a person',
    unit: 'share',
    better: 'lower',
    over: 'seed-mean',
    of: perSaga(({ sagas }) => sagas.resumed + sagas.compensationFailed),
  },
  {
    id: 'not-ended',
    isRare: true,
    title: 'sagas not ended, or turned away',
    unit: 'share',
    better: 'lower',
    over: 'seed-mean',
    of: perSaga(({ sagas }) => sagas.open + sagas.shed),
  },
  {
    id: 'all-completed',
    title: 'seeds in which all completed',
    unit: 'share',
    better: 'higher',
    over: 'seed-rate',
    holds: ({ sagas }) => sagas.completed === sagas.started,
  },
  {
    id: 'latency-mean',
    title: 'mean latency',
    unit: 'us',
    better: 'lower',
    over: 'seed-mean',
    of: ({ sagaUs }) => (sagaUs.length === 0 ? undefined : meanOf([...sagaUs])),
  },
  {
    id: 'latency-p50',
    title: 'p50 latency',
    unit: 'us',
    better: 'lower',
    over: 'pooled',
    permille: 500,
    samples: ({ sagaUs }) => sagaUs,
  },
  {
    id: 'latency-p99',
    title: 'p99 latency',
    unit: 'us',
    better: 'lower',
    over: 'pooled',
    permille: 990,
    samples: ({ sagaUs }) => sagaUs,
  },
  {
    id: 'compensation-p99',
    title: 'p99 of undoing',
    unit: 'us',
    better: 'lower',
    over: 'pooled',
    permille: 990,
    samples: ({ compensationUs }) => compensationUs,
  },
  {
    id: 'locked-mean',
    isRare: true,
    title: 'time that locks are held per transaction',
    unit: 'us',
    better: 'lower',
    over: 'seed-mean',
    of: ({ lockedUs, sagas }) => lockedUs.reduce((sum, us) => sum + us, 0) / sagas.started,
  },
  {
    id: 'locked-longest',
    isRare: true,
    title: 'longest that a lock is held',
    unit: 'us',
    better: 'lower',
    over: 'seed-mean',
    of: ({ lockedUs }) => lockedUs.reduce((most, us) => Math.max(most, us), 0),
  },
  {
    id: 'calls',
    title: 'calls per saga',
    unit: 'number',
    better: 'lower',
    over: 'seed-mean',
    of: perSaga(({ calls }) => calls),
  },
  {
    id: 'wasted',
    isRare: true,
    title: 'calls that were of no use',
    unit: 'share',
    better: 'lower',
    over: 'seed-mean',
    of: ({ calls, usefulCalls }) => (calls === 0 ? undefined : Math.max(0, 1 - usefulCalls / calls)),
  },
  {
    id: 'load-back',
    isRare: true,
    title: 'seeds in which the load fell back after the incidents',
    unit: 'share',
    better: 'higher',
    over: 'seed-rate',
    holds: ({ recoveredUs }) => (recoveredUs === undefined ? undefined : recoveredUs >= 0),
  },
  {
    id: 'recovery',
    isRare: true,
    title: 'time until the load fell back, where it did',
    unit: 'us',
    better: 'lower',
    over: 'seed-mean',
    of: ({ recoveredUs }) => (recoveredUs === undefined || recoveredUs < 0 ? undefined : recoveredUs),
  },
  {
    id: 'circuit-open',
    isRare: true,
    title: 'time that circuits were open, of all processes',
    unit: 'us',
    better: 'neither',
    over: 'seed-mean',
    of: ({ circuitOpenUs }) => circuitOpenUs,
  },
  {
    id: 'cost',
    title: 'calls of a million sagas, in dollars',
    unit: 'usd',
    better: 'neither',
    over: 'seed-mean',
    of: (run) => costPerMillionSagas(run.calls / run.sagas.started),
  },
  {
    id: 'events',
    title: 'events per saga',
    unit: 'number',
    better: 'lower',
    over: 'seed-mean',
    of: perSaga(({ events }) => events),
  },
];

/** What is compared, in the order of every table. */
export const METRICS: readonly Metric[] = DECLARED.map(({ id, title, unit, better, over }) => {
  return { id, title, unit, better, over };
});

/** Means something else under each protocol: who undoes by events writes no beginning of it, and a vote is no wasted call. */
const NOT_OF_PROTOCOLS: readonly string[] = ['compensation-p99', 'wasted'];

/** What a record tells of: rare metrics only where they are not zero for all policies. */
export function toldMetrics(
  policies: readonly Pick<ComparedPolicy, 'metrics'>[],
  what: 'policy' | 'protocol' = 'policy',
): readonly Metric[] {
  return METRICS.filter(({ id }, i) => {
    if (what === 'protocol' && NOT_OF_PROTOCOLS.includes(id)) return false;
    const values = policies.map(({ metrics }) => metrics.find((one) => one.id === id)?.value ?? 0);
    return DECLARED[i]!.isRare !== true || values.some((value) => value !== 0);
  });
}

/** Every metric, in the order of {@link METRICS}, of the runs of one policy in seed order. */
export function metricsOf(runs: readonly SeedMeasure[]): readonly MetricData[] {
  return DECLARED.map((metric) => dataOf(metric, runs));
}

/** The metrics of {@link FRONT_METRICS} alone, in that order. */
export function frontMetricsOf(runs: readonly SeedMeasure[]): readonly MetricData[] {
  return FRONT_METRICS.map((id) => dataOf(DECLARED.find((metric) => metric.id === id)!, runs));
}

function dataOf(metric: DeclaredMetric, runs: readonly SeedMeasure[]): MetricData {
  const { id } = metric;
  switch (metric.over) {
    case 'seed-mean':
      return { id, over: 'seed-mean', values: runs.map(metric.of) };
    case 'pooled':
      return {
        id,
        over: 'pooled',
        pooled: new PooledSamples(runs.map(metric.samples)),
        permille: metric.permille,
      };
    case 'seed-rate':
      return { id, over: 'seed-rate', holds: runs.map(metric.holds) };
  }
}

/** The metrics that {@link frontObjectives} are made of, the one that counts most first. */
export const FRONT_METRICS = ['completed', 'latency-p99', 'calls'] as const;

/** What the Pareto front of a comparison is about, each better when lower: p99, calls per saga, sagas that did not complete. */
export function frontObjectives(metrics: readonly MeasuredMetric[]): Objectives {
  const valueIn = (id: string): number | undefined => metrics.find((metric) => metric.id === id)?.value;
  const completed = valueIn('completed');
  return [valueIn('latency-p99'), valueIn('calls'), completed === undefined ? undefined : 1 - completed];
}
