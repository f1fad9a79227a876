// What is written of an observed run: its meters as series, its traces as OTLP.

import { otlpOf, type Span, spansOf } from '../engine/observe/index.ts';
import { logsOf, type ObservedRun } from '../simulator/campaign/observed-run.ts';
import { VERSION } from '../simulator/campaign/source-tree.ts';
import { openMetrics, seriesOf } from './metric-series.ts';

/** As `promtool tsdb create-blocks-from openmetrics` takes it. */
export async function metricsText({ happenings }: ObservedRun): Promise<string> {
  return openMetrics(await seriesOf(happenings));
}

/** As `POST /v1/traces` takes it. Virtual time 0 is the beginning of 1970. */
export function tracesText({ happenings, services }: ObservedRun): string {
  const spans: Span[] = [];
  for (const log of logsOf(happenings).values()) {
    const first = log[0]?.event;
    const known = first?.kind === 'saga-created' ? services.get(first.definition) : undefined;
    spans.push(...spansOf(log, (step) => known?.get(step) ?? step));
  }
  return `${JSON.stringify(otlpOf(spans, VERSION))}\n`;
}
