// A shop at load, simulated, as Prometheus would have read it and judged it by the rules of ops/.

import { type MetricFamily, SCRAPE_US, seriesOf } from '../../cli/metric-series.ts';
import { policies } from '../../engine/policy/index.ts';
import { atLoad, QUIET_MS } from '../../scenarios/at-load/checkout.ts';
import { observed, prepare } from '../../simulator/campaign/index.ts';
import type { Incident } from '../../simulator/index.ts';
import { SeriesStore } from './promql-value.ts';
import { firingAt, RuleEngine, rulesIn } from './rules.ts';

/** Looked at, in virtual time. */
export const UNTIL_MIN = 25;
export const OUTAGE: Incident = { kind: 'outage', service: 'payment', fromMs: QUIET_MS, forMs: 240_000 };

const RULES = rulesIn('ops/prometheus/sagastorm.rules.yml');
const SCRAPE_MS = SCRAPE_US / 1_000;

/** Alerts, with the minutes of virtual time in which they fire for the first and for the last time. */
export interface Told {
  readonly [alert: string]: readonly [fromMin: number, untilMin: number];
}

/** Eight minutes of checkouts. */
export async function shopWith(
  incidents: readonly Incident[],
  policy = policies.resilient,
): Promise<readonly MetricFamily[]> {
  const job = await prepare({ scenario: 'outage', profile: 'calm' });
  const scenario = { ...atLoad({ name: 'shop', title: 'A shop', incidents, seconds: 480 }), policy };
  const { happenings } = observed({ ...job, scenario, sagas: scenario.sagasPerRun }, 'alerts/1', {});
  return seriesOf(happenings, UNTIL_MIN * 60_000_000);
}

/** Evaluates the rules as time passes; `see` looks at the store at each time. An engine in the simulator is always up. */
export function alertsOf(
  families: readonly MetricFamily[],
  see: (store: SeriesStore, atMin: number) => void = () => {},
): Told {
  const store = new SeriesStore();
  const engine = new RuleEngine(RULES, store);
  const series = families.flatMap((family) => family.series);
  const told: Record<string, [number, number]> = {};
  for (let sample = 0; sample < (series[0]?.values.length ?? 0); sample++) {
    const [atMs, atMin] = [sample * SCRAPE_MS, (sample * SCRAPE_MS) / 60_000];
    store.add({ __name__: 'sagastorm_engine_up' }, { atMs, value: 1 });
    for (const { name, labels, values } of series)
      if (values[sample] !== undefined || values[sample - 1] !== undefined)
        store.add({ ...labels, __name__: name }, { atMs, value: values[sample] });
    engine.evaluate(atMs);
    see(store, atMin);
    for (const alert of firingAt(store, atMs)) told[alert] = [told[alert]?.[0] ?? atMin, atMin];
  }
  return told;
}
