// Spans as OTLP in its JSON encoding, as `POST /v1/traces` of a collector, or of Jaeger from 1.35 on, takes it:
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. Ids are hexadecimal there, enums are numbers, and
// integers of 64 bits are texts.

import type { AttributeValue, Span, SpanEvent } from './spans.ts';

const KINDS = { internal: 1, client: 3 } as const;
const STATUS_ERROR = 2;

export interface OtlpAttribute {
  readonly key: string;
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly doubleValue: number }
    | { readonly boolValue: boolean };
}

/** The body of an export request; the `ExportTraceServiceRequest` of opentelemetry-proto. */
export interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly spans: readonly object[];
    }[];
  }[];
}

/**
 * All spans as one request.
 *
 * @param version of this program
 * @param service what the engine is called in traces; default `sagastorm`
 */
export function otlpOf(spans: readonly Span[], version: string, service = 'sagastorm'): OtlpTraces {
  const resource = { attributes: attributesOf({ 'service.name': service, 'service.version': version }) };
  const scope = { name: 'sagastorm', version };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spans.map(spanOf) }] }] };
}

function spanOf(span: Span): object {
  const { traceId, spanId, parentSpanId, name, kind, startUs, endUs, attributes, events, links, error } =
    span;
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanos(startUs),
    endTimeUnixNano: nanos(endUs),
    attributes: attributesOf(attributes),
    events: events.map(eventOf),
    links: links.map((linked) => ({ traceId, spanId: linked })),
    status: error === undefined ? {} : { code: STATUS_ERROR, message: error },
  };
}

function eventOf({ name, atUs, attributes }: SpanEvent): object {
  return { timeUnixNano: nanos(atUs), name, attributes: attributesOf(attributes) };
}

function nanos(atUs: number): string {
  return atUs === 0 ? '0' : `${atUs}000`;
}

function attributesOf(attributes: Readonly<Record<string, AttributeValue>>): readonly OtlpAttribute[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValueOf(value) }));
}

function anyValueOf(value: AttributeValue): OtlpAttribute['value'] {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
