// The meters of a simulated run, read every 15 s of virtual time, as Prometheus would read those of a live engine. So
// alert rules and dashboards can be tried on an incident that nobody had.
//
//   sagastorm replay outage --seed 1 --profile calm --metrics outage.prom
//   promtool tsdb create-blocks-from openmetrics outage.prom data/
//
// Virtual time 0 is the beginning of 1970. All lives of all orchestrators are metered as one engine, which never restarts.

import { type MetricObjectWithValues, type MetricValue, Registry } from 'prom-client';
import { SagaMeters } from '../engine/api/index.ts';
import { SagaActivity } from '../engine/observe/index.ts';
import type { Happening } from '../simulator/campaign/observed-run.ts';

/** How often Prometheus reads, unless it is told otherwise: every 15 s. */
export const SCRAPE_US = 15_000_000;
/** So long after the last thing that happened it is still read: alerts go out. */
const AFTER_US = 600_000_000;
const SAMPLES_MAX = 20_000;

/** The values of one series. Missing before it began, and after it was removed. */
export interface MetricSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** By the number of the sample; see {@link SCRAPE_US}. */
  readonly values: readonly (number | undefined)[];
}

/** Series that are described together, such as the buckets of one histogram. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly series: readonly MetricSeries[];
}

/**
 * What Prometheus would have read.
 *
 * @param happenings of an observed run, in their order
 * @param untilUs the last that is read; default ten minutes after the last thing that happened
 * @returns families in the order in which they are first seen; at most 20,000 samples (83 hours), from 0 on
 */
export async function seriesOf(
  happenings: readonly Happening[],
  untilUs = (happenings.at(-1)?.atUs ?? 0) + AFTER_US,
): Promise<readonly MetricFamily[]> {
  let nowUs = 0;
  const registry = new Registry();
  const meters = new SagaMeters({ registry, activity: () => activity, nowUs: () => nowUs });
  const activity = new SagaActivity((news) => meters.tell(news));
  const circuits = new Map<string, Set<string>>();
  const samples = Math.min(SAMPLES_MAX, Math.ceil(untilUs / SCRAPE_US) + 1);
  const families = new Families(samples);
  for (let sample = 0, next = 0; sample < samples; sample++) {
    nowUs = sample * SCRAPE_US;
    for (; (happenings[next]?.atUs ?? Number.POSITIVE_INFINITY) <= nowUs; next++) {
      const happening = happenings[next]!;
      if (happening.kind === 'written') activity.written(happening.batch);
      else meterCircuit(meters, circuits, happening);
    }
    for (const metric of await registry.getMetricsAsJSON()) families.take(metric, sample);
  }
  return families.all();
}

function meterCircuit(
  meters: SagaMeters,
  circuits: Map<string, Set<string>>,
  happening: Exclude<Happening, { readonly kind: 'written' }>,
): void {
  const life = `life-${happening.life}`;
  if (happening.kind === 'over') return meters.letGo(life, circuits.get(life) ?? []);
  const { service, to } = happening.change;
  circuits.set(life, (circuits.get(life) ?? new Set()).add(service));
  meters.circuit(service, to, life);
}

class Families {
  readonly #samples: number;
  readonly #families = new Map<
    string,
    { readonly metric: Metric; readonly series: Map<string, MetricSeries & { readonly values: unknown[] }> }
  >();

  constructor(samples: number) {
    this.#samples = samples;
  }

  take(metric: Metric, sample: number): void {
    const family = this.#families.get(metric.name) ?? { metric, series: new Map() };
    this.#families.set(metric.name, family);
    for (const { metricName: name = metric.name, labels, value } of metric.values as readonly Value[]) {
      const key = `${name}${JSON.stringify(labels)}`;
      const known = family.series.get(key) ?? this.#begun(name, labels);
      family.series.set(key, known);
      known.values[sample] = value;
    }
  }

  all(): readonly MetricFamily[] {
    return [...this.#families.values()].map(({ metric: { name, help, type }, series }) => {
      return { name, help, type: String(type), series: [...series.values()] as readonly MetricSeries[] };
    });
  }

  #begun(name: string, labels: Value['labels']) {
    const texts = Object.entries(labels).map(([label, value]) => [label, labelText(value)]);
    return {
      name,
      labels: Object.fromEntries(texts),
      values: new Array<undefined>(this.#samples).fill(undefined),
    };
  }
}

type Metric = MetricObjectWithValues<MetricValue<string>>;
type Value = MetricValue<string> & { readonly metricName?: string };

function labelText(value: unknown): string {
  return value === Number.POSITIVE_INFINITY ? '+Inf' : String(value);
}

/**
 * The series as a text that `promtool tsdb create-blocks-from openmetrics` takes.
 * See https://prometheus.io/docs/specs/om/open_metrics_spec/.
 */
export function openMetrics(families: readonly MetricFamily[]): string {
  const lines: string[] = [];
  for (const { name, help, type, series } of families) {
    const family = type === 'counter' ? name.replace(/_total$/, '') : name;
    lines.push(`# TYPE ${family} ${type}`, `# HELP ${family} ${help}`);
    for (const one of series) {
      const id = `${one.name}{${Object.entries(one.labels).map(labelPair).join(',')}}`;
      for (const [sample, value] of one.values.entries())
        if (value !== undefined) lines.push(`${id} ${value} ${(sample * SCRAPE_US) / 1_000_000}`);
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

function labelPair([label, value]: readonly [string, string]): string {
  const escaped = value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
  return `${label}="${escaped}"`;
}
