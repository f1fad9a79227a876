// The traces of sagas: a picture of one, what holds of all those of a storm, and OTLP field by field.

import { describe, expect, test } from 'vitest';
import type { Call } from '../../../engine/core/protocol.ts';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import { headersOf } from '../../../engine/http/http-request.ts';
import { diagnose, otlpOf, type Span, spansOf } from '../../../engine/observe/index.ts';
import orderProcessing from '../../../scenarios/order-processing.ts';
import { logsOf, observed, prepare } from '../../../simulator/campaign/index.ts';
import { otlpFaults } from './otlp-request.ts';

const S = 1_000_000;
const CREATED: SagaEvent = { kind: 'saga-created', definition: 'order', definitionVersion: 1, input: {} };
const REASON = { kind: 'step-failed', step: 'pay', failure: 'business', reason: 'no money' } as const;
const LATER = {
  kind: 'step-retry-scheduled',
  step: 'stock',
  attempt: 2,
  failure: 'timeout',
  inDoubt: true,
} as const;
const UNDONE: readonly SagaEvent[] = [
  CREATED,
  { kind: 'step-requested', step: 'stock' },
  { ...LATER, dueAtUs: 4 * S },
  { kind: 'step-applied', step: 'stock' },
  { kind: 'step-requested', step: 'pay' },
  { kind: 'step-rejected', step: 'pay', failure: 'business', reason: 'no money' },
  { kind: 'compensation-started', reason: REASON },
  { kind: 'compensation-requested', step: 'stock' },
  { kind: 'step-compensated', step: 'stock' },
  { kind: 'saga-compensated' },
];

/** Event n was written at second n, from 1. */
function logOf(events: readonly SagaEvent[]): readonly StoredEvent[] {
  return events.map((event, i) => ({ saga: 's', version: i + 1, epoch: 1, atUs: (i + 1) * S, event }));
}

const SERVICES: Readonly<Record<string, string>> = { stock: 'inventory', pay: 'payment' };
const serviceOf = (step: string): string => SERVICES[step]!;

/** Indented by what is whose parent. */
function picture(spans: readonly Span[]): readonly string[] {
  const depthOf = ({ parentSpanId }: Span): number =>
    parentSpanId === undefined ? 0 : 1 + depthOf(spans.find(({ spanId }) => spanId === parentSpanId)!);
  return spans.map((span) => {
    const times = `${span.startUs / S}–${span.endUs / S}`;
    return `${'  '.repeat(depthOf(span))}${span.name} ${times}${span.error === undefined ? '' : ` ✗ ${span.error}`}`;
  });
}

test('a saga that is undone: steps, attempts and the undo, each within what it belongs to', () => {
  expect(picture(spansOf(logOf(UNDONE), serviceOf))).toEqual([
    'saga order 1–10 ✗ pay: business',
    '  step stock 2–4',
    '    inventory stock #1 2–3 ✗ timeout',
    '    inventory stock #2 4–4',
    '  step pay 5–6 ✗ business: no money',
    '    payment pay #1 5–6 ✗ business',
    '  compensation 7–10',
    '    undo stock 8–9',
    '      inventory stock #1 8–9',
  ]);
});

test('an attempt that never left has no span', () => {
  const late = UNDONE.with(2, { ...LATER, dueAtUs: 60 * S });
  const names = spansOf(logOf(late), serviceOf).map(({ name }) => name);
  expect(names).toContain('inventory stock #1');
  expect(names).not.toContain('inventory stock #2');
  const waiting = spansOf(logOf(late.slice(0, 3)), serviceOf);
  expect(picture(waiting)).toEqual([
    'saga order 1–3',
    '  step stock 2–3',
    '    inventory stock #1 2–3 ✗ timeout',
  ]);
});

test('an undo is linked to the step that it undoes', () => {
  const spans = spansOf(logOf(UNDONE), serviceOf);
  const spanOf = (name: string): Span => spans.find((span) => span.name === name)!;
  expect(spanOf('undo stock').links).toEqual([spanOf('step stock').spanId]);
});

test('T1: the span of an attempt is the one that its service is told of', () => {
  const call = { saga: 's', key: 's/stock/forward', step: 'stock', attempt: 2, round: 0 } as Call;
  const { traceparent } = headersOf(call, 1_000);
  const { traceId, spanId } = spansOf(logOf(UNDONE), serviceOf).find(
    ({ name }) => name === 'inventory stock #2',
  )!;
  expect(traceparent).toBe(`00-${traceId}-${spanId}-01`);
});

test('what was written together is one event of the saga', () => {
  const [root] = spansOf([...logOf([CREATED]), { ...logOf([CREATED, UNDONE[1]!])[1]!, atUs: S }], serviceOf);
  expect(root!.events).toEqual([
    {
      name: 'append',
      atUs: S,
      attributes: { 'sagastorm.version': 2, 'sagastorm.events': 2, 'sagastorm.epoch': 1 },
    },
  ]);
});

describe('in a storm', async () => {
  const job = await prepare({ scenario: 'order-processing', profile: 'storm', sagas: 300 });
  const logs = [...logsOf(observed({ ...job, scenario: orderProcessing }, 'spans', {}).happenings).values()];
  const traces = logs.map((log) => spansOf(log));

  test('every span has an id of its own, a parent that is there, and lies within it', () => {
    const wrong: string[] = [];
    for (const spans of traces) {
      const known = new Map(spans.map((span) => [span.spanId, span]));
      if (known.size < spans.length) wrong.push(`${spans[0]!.name}: ids meet`);
      for (const { name, parentSpanId, startUs, endUs, links } of spans) {
        const parent = known.get(parentSpanId ?? '');
        if (startUs > endUs) wrong.push(`${name} ends before it begins`);
        if (name.startsWith('saga ') ? parent !== undefined : parent === undefined)
          wrong.push(`${name} has no parent`);
        if (parent !== undefined && (startUs < parent.startUs || endUs > parent.endUs))
          wrong.push(`${name} sticks out`);
        if (links.some((link) => !known.has(link))) wrong.push(`${name} is linked to nothing`);
      }
    }
    expect(traces.flat().length).toBeGreaterThan(1_000);
    expect(wrong).toEqual([]);
  });

  test('as OTLP they are what opentelemetry-proto says, in its JSON encoding', () => {
    const sent = JSON.parse(JSON.stringify(otlpOf(traces.flat(), '1.2.3'))) as unknown;
    expect(otlpFaults(sent)).toEqual([]);
    expect(otlpFaults({ ...(sent as object), spans: [] })).toHaveLength(1);
  });
});

test('what a person did, and why, stands in the trace of the saga', () => {
  const act = { id: 'inc-7', by: 'anna', why: 'gone for good' };
  const log = logOf([
    ...UNDONE.slice(0, 8),
    { kind: 'step-compensation-failed', step: 'stock', failure: 'timeout', reason: 'no answer' },
    { kind: 'saga-compensation-failed' },
    { kind: 'step-skipped', step: 'stock', direction: 'compensation', act },
    { kind: 'saga-resolved' },
  ]);
  const [root] = spansOf(log, serviceOf);
  expect(root?.attributes).toMatchObject({ 'sagastorm.saga.status': 'resolved' });
  expect(root?.events.filter(({ name }) => name === 'repair')).toEqual([
    {
      name: 'repair',
      atUs: 11 * S,
      attributes: {
        'sagastorm.act': 'skip',
        'sagastorm.act.id': 'inc-7',
        'sagastorm.act.by': 'anna',
        'sagastorm.act.why': 'gone for good',
        'sagastorm.step': 'stock',
      },
    },
  ]);
  expect(diagnose({ log, serviceOf, nowUs: 20 * S })).toMatchObject({
    status: 'resolved',
    class: 'compensating-failure',
  });
});
