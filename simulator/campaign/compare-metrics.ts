// The metrics of a comparison: which are declared, and how each is read off the runs. Adding one: add it to METRICS.

import type { Metric } from '../compare-record.ts';
import { meanOf, type PerSeed, PooledSamples } from '../statistics/index.ts';
import type { SeedMeasure } from './measure.ts';

type Source =
  | { readonly over: 'seed-mean'; of(run: SeedMeasure): number | undefined }
  | { readonly over: 'pooled'; readonly permille: number; samples(run: SeedMeasure): Float64Array }
  | { readonly over: 'seed-rate'; holds(run: SeedMeasure): boolean };

type DeclaredMetric = Omit<Metric, 'over'> & Source;

/** A metric of all runs of one policy, ready to be compared. */
export type MetricData =
  | { readonly over: 'seed-mean'; readonly values: PerSeed }
  | { readonly over: 'pooled'; readonly pooled: PooledSamples; readonly permille: number }
  | { readonly over: 'seed-rate'; readonly holds: readonly boolean[] };

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
    of: perSaga(({ sagas }) => sagas.failed + sagas.compensationFailed),
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
    id: 'calls',
    title: 'calls per saga',
    unit: 'number',
    better: 'lower',
    over: 'seed-mean',
    of: perSaga(({ calls }) => calls),
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

/** Every metric, in the order of {@link METRICS}, of the runs of one policy in seed order. */
export function metricsOf(runs: readonly SeedMeasure[]): readonly MetricData[] {
  return DECLARED.map((metric) => dataOf(metric, runs));
}

function dataOf(metric: Source, runs: readonly SeedMeasure[]): MetricData {
  switch (metric.over) {
    case 'seed-mean':
      return { over: 'seed-mean', values: runs.map(metric.of) };
    case 'pooled':
      return {
        over: 'pooled',
        pooled: new PooledSamples(runs.map(metric.samples)),
        permille: metric.permille,
      };
    case 'seed-rate':
      return { over: 'seed-rate', holds: runs.map(metric.holds) };
  }
}
