// Draws the trace that docs/on-call.md shows: of a saga that was undone in a simulated run. `npm run trace-picture`.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Span, spansOf } from '../../engine/observe/index.ts';
import { type TraceBar, tracePicture } from '../../reports/html/trace-picture.ts';
import { logsOf, observeSeed } from '../../simulator/campaign/index.ts';

export const PICTURE = 'docs/traces/undone.svg';
const ROWS = { min: 10, max: 16 };

/** Of the first saga that was undone after some tries, within half a minute. */
export async function picture(): Promise<string> {
  const { happenings, services } = await observeSeed(
    { scenario: 'order-processing', profile: 'breeze' },
    'trace',
  );
  for (const log of logsOf(happenings).values()) {
    const first = log[0]!.event;
    const known = first.kind === 'saga-created' ? services.get(first.definition) : undefined;
    const spans = spansOf(log, (step) => known?.get(step) ?? step);
    if (isTelling(spans))
      return tracePicture(barsOf(spans), `The trace of saga ${log[0]!.saga}, which was undone`);
  }
  throw new Error('no saga of the run is worth a picture');
}

function isTelling(spans: readonly Span[]): boolean {
  const root = spans[0]!;
  const failedCalls = spans.filter(({ kind, error }) => kind === 'client' && error !== undefined).length;
  return (
    root.attributes['sagastorm.saga.status'] === 'compensated' &&
    spans.length >= ROWS.min &&
    spans.length <= ROWS.max &&
    failedCalls >= 2 &&
    root.endUs - root.startUs < 30_000_000
  );
}

function barsOf(spans: readonly Span[]): readonly TraceBar[] {
  const depthOf = ({ parentSpanId }: Span): number =>
    parentSpanId === undefined ? 0 : 1 + depthOf(spans.find(({ spanId }) => spanId === parentSpanId)!);
  return spans.map((span) => {
    const { name, startUs, endUs, kind, error } = span;
    const bar = { name, depth: depthOf(span), startUs, endUs, isCall: kind === 'client' };
    return error === undefined ? bar : { ...bar, error };
  });
}

if (import.meta.main) {
  mkdirSync(dirname(PICTURE), { recursive: true });
  writeFileSync(PICTURE, await picture());
}
