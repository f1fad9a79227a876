// Meters of a simulated run as series of virtual time, and as a text that Prometheus takes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openMetrics, seriesOf } from '../../cli/metric-series.ts';
import type { SagaEvent } from '../../engine/core/saga-event.ts';
import type { OtlpTraces } from '../../engine/observe/index.ts';
import type { Happening } from '../../simulator/campaign/index.ts';
import { otlpFaults } from '../engine/observe/otlp-request.ts';
import { freshFolder, line } from './sagastorm.ts';

const S = 1_000_000;

function written(atS: number, version: number, event: SagaEvent): Happening {
  const batch = { saga: 's', expectedVersion: version - 1, epoch: 1, atUs: atS * S, events: [event] };
  return { kind: 'written', atUs: atS * S, batch };
}

const RUN: readonly Happening[] = [
  written(10, 1, { kind: 'saga-created', definition: 'or"der', definitionVersion: 1, input: {} }),
  { kind: 'circuit', atUs: 20 * S, life: 1, change: { service: 'pay', from: 'closed', to: 'open' } },
  { kind: 'over', atUs: 40 * S, life: 1 },
  written(50, 2, { kind: 'saga-completed' }),
];

async function valuesOf(name: string): Promise<readonly (number | undefined)[]> {
  const series = (await seriesOf(RUN)).flatMap((family) => family.series);
  return series.find((one) => one.name === name)!.values.slice(0, 6);
}

test('a sample each 15 s: what had happened by then', async () => {
  expect(await valuesOf('transaction_started_total')).toEqual([undefined, 1, 1, 1, 1, 1]);
  expect(await valuesOf('transaction_completed_total')).toEqual([undefined, 0, 0, 0, 1, 1]);
  expect(await valuesOf('transaction_duration_seconds_sum')).toEqual([undefined, 0, 0, 0, 40, 40]);
});

test('a saga that does not move is stuck in virtual time, until it moves', async () => {
  expect(await valuesOf('saga_stuck')).toEqual([undefined, 0, 0, 1, 0, 0]);
  expect(await valuesOf('saga_stuck_seconds_max')).toEqual([undefined, 0, 0, 35, 0, 0]);
});

test('the circuits of a life end with it', async () => {
  expect(await valuesOf('saga_circuit_state')).toEqual([
    undefined,
    undefined,
    2,
    undefined,
    undefined,
    undefined,
  ]);
});

test('as OpenMetrics: families by name, labels escaped, times in seconds, an end', async () => {
  const text = openMetrics(await seriesOf(RUN));
  expect(text).toContain('# TYPE transaction_completed counter\n# HELP transaction_completed ');
  expect(text).toContain('transaction_completed_total{saga_type="or\\"der"} 1 60\n');
  expect(text).toContain('transaction_duration_seconds_bucket{le="+Inf",saga_type="or\\"der"} 1 60\n');
  expect(text.endsWith('\n# EOF\n')).toBe(true);
});

test('sagastorm replay --metrics and --otlp write what they say, the same each time', async () => {
  const folder = freshFolder();
  const words = ['replay', 'outage', '--seed', '1', '--profile', 'calm', '--sagas', '40', '--metrics'];
  const { code, stderr } = await line([...words, 'a/one.prom', '--otlp', 'traces.json'], folder);
  expect([code, stderr]).toEqual([0, expect.stringContaining('Meters: a/one.prom')]);
  await line([...words, 'other.prom'], folder);
  const traces = JSON.parse(readFileSync(join(folder, 'traces.json'), 'utf8')) as OtlpTraces;
  expect(otlpFaults(traces)).toEqual([]);
  const { resourceSpans } = traces;
  const spans = resourceSpans[0]!.scopeSpans[0]!.spans as readonly { name: string; traceId: string }[];
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(40);
  expect(spans.map(({ name }) => name)).toContain('payment charge #1');
  const [one, other] = ['a/one.prom', 'other.prom'].map((file) => readFileSync(join(folder, file), 'utf8'));
  expect(one).toBe(other);
  expect(one).toMatch(/^transaction_completed_total\{saga_type="checkout"\} 40 \d+$/m);
});
