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
  for (const row of rows) {
    const written = eventsOf(row);
    const last = logs.at(-1);
    if (last?.[0]?.saga === row.id) last.push(...written);
    else logs.push([...written]);
  }
  return logs;
}

/** What a row holds. */
export function eventsOf({
  id,
  version,
  epoch,
  at_us: atUs,
  events: text,
}: BatchRow): readonly StoredEvent[] {
  const events = JSON.parse(text) as readonly SagaEvent[];
  return rowsOf({ saga: id, expectedVersion: version - events.length, epoch, atUs, events });
}

/** A saga that left its store, as a line of JSON (`RetiredSaga`), with its line feed. */
export function retiredLine({ id, at_us: retiredAtUs }: Pick<BatchRow, 'id' | 'at_us'>): string {
  return `${JSON.stringify({ saga: id, retiredAtUs })}\n`;
}

/** Each event as a line of JSON (`StoredEvent`), with its line feed. */
export function* linesOf({ id, version, epoch, at_us: atUs, events: text }: BatchRow): Generator<string> {
  const events = JSON.parse(text) as readonly unknown[];
  let at = version - events.length;
  for (const event of events) yield `${JSON.stringify({ saga: id, version: ++at, epoch, atUs, event })}\n`;
}
