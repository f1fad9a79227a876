// What opentelemetry-proto says of a request of traces, in its JSON encoding, and what makes spans one trace: for all that sends some.

import { z } from 'zod';

/** ExportTraceServiceRequest, trace.proto and common.proto, by hand; strict, so that no field is made up. */
const Any = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ boolValue: z.boolean() }),
]);
const Attributes = z
  .array(z.strictObject({ key: z.string().min(1), value: Any }))
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, 'a key is there twice');
/** Of zeros alone they are invalid. */
const TraceId = z.string().regex(/^(?!0+$)[0-9a-f]{32}$/);
const SpanId = z.string().regex(/^(?!0+$)[0-9a-f]{16}$/);
const Nanos = z.string().regex(/^\d{1,20}$/);
const REQUEST = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: Attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(
            z.strictObject({
              traceId: TraceId,
              spanId: SpanId,
              parentSpanId: SpanId.optional(),
              name: z.string().min(1),
              kind: z.int().min(1).max(5),
              startTimeUnixNano: Nanos,
              endTimeUnixNano: Nanos,
              attributes: Attributes,
              events: z.array(
                z.strictObject({ timeUnixNano: Nanos, name: z.string(), attributes: Attributes }),
              ),
              links: z.array(z.strictObject({ traceId: TraceId, spanId: SpanId })),
              status: z.strictObject({
                code: z.int().min(0).max(2).optional(),
                message: z.string().optional(),
              }),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** What is wrong with a request, each as a sentence; every saga must be one trace, with one root and parents that are there. */
export function otlpFaults(request: unknown): readonly string[] {
  const parsed = REQUEST.safeParse(request);
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const spans = parsed.data.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap((scope) => scope.spans),
  );
  const faults: string[] = [];
  for (const [traceId, own] of Map.groupBy(spans, (span) => span.traceId)) {
    const ids = new Set(own.map(({ spanId }) => spanId));
    if (ids.size < own.length) faults.push(`${traceId}: an id is there twice`);
    const roots = own.filter(({ parentSpanId }) => parentSpanId === undefined);
    if (roots.length !== 1) faults.push(`${traceId} has ${roots.length} roots`);
    for (const { name, parentSpanId, startTimeUnixNano, endTimeUnixNano } of own) {
      if (parentSpanId !== undefined && !ids.has(parentSpanId))
        faults.push(`${name}: its parent is not there`);
      if (BigInt(endTimeUnixNano) < BigInt(startTimeUnixNano)) faults.push(`${name} ends before it begins`);
    }
  }
  return faults;
}
