// What a store keeps of an append: one row, with its events as JSON. How rows become logs again, and lines that any tool
// reads.

import type { StoredEvent } from '../core/ports.ts';
import { rowsOf, type SagaEvent } from '../core/saga-event.ts';

/** What was appended together; `version` is the saga's after it, `events` a list in JSON. */
export interface BatchRow {
  readonly id: string;
  readonly version: number;
  readonly epoch: number;
  readonly at_us: number;
  readonly events: string;
}

/** @param rows of one saga after the other, each in the order of its versions */
export function logsOf(rows: readonly BatchRow[]): readonly (readonly StoredEvent[])[] {
  const logs: StoredEvent[][] = [];
  for (const { id: saga, version, epoch, at_us: atUs, events: text } of rows) {
    const events = JSON.parse(text) as readonly SagaEvent[];
    const written = rowsOf({ saga, expectedVersion: version - events.length, epoch, atUs, events });
    const last = logs.at(-1);
    if (last?.[0]?.saga === saga) last.push(...written);
    else logs.push([...written]);
  }
  return logs;
}

/** Each event as a line of JSON (`StoredEvent`), with its line feed. */
export function* linesOf({ id, version, epoch, at_us: atUs, events: text }: BatchRow): Generator<string> {
  const events = JSON.parse(text) as readonly unknown[];
  let at = version - events.length;
  for (const event of events) yield `${JSON.stringify({ saga: id, version: ++at, epoch, atUs, event })}\n`;
}
