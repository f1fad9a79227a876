// The events of a file of sagas in one order (saga-history.ts), and the views that are kept in it.
//
// I1. `batches.no` grows in the order of commits, since one writes at a time. It is given out again only when the newest
//     batch was removed, and then reading begins anew (H3).
// I2. A reading sees one moment, on a connection of its own; as long as it lasts, the WAL file grows.

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { type BatchRow, eventsOf } from './batch-rows.ts';
import type { HistoryPage, HistoryPlace, KeptView } from './saga-history.ts';
import { connectForWriting, openForReading } from './sqlite-file.ts';

const BATCHES_AT_ONCE = 1_000;

interface PlacedRow extends BatchRow {
  readonly position: number;
}

export async function* readHistory(file: string, after?: HistoryPlace): AsyncGenerator<HistoryPage> {
  const db = openForReading(file);
  try {
    db.exec('BEGIN'); // I2
    const removals = Number(db.prepare('SELECT count FROM removals').get()!.count);
    let isFresh = after?.removals !== removals;
    let position = isFresh ? 0 : after!.position;
    const read = db.prepare(NEXT);
    for (;;) {
      const rows = read.all(position, BATCHES_AT_ONCE) as unknown as readonly PlacedRow[];
      position = rows.at(-1)?.position ?? position;
      yield { isFresh, place: { position, removals }, events: rows.flatMap(eventsOf) };
      if (rows.length < BATCHES_AT_ONCE) return;
      isFresh = false;
      await turn();
    }
  } finally {
    db.close();
  }
}

/** A cross join is done from left to right. */
const NEXT = `
  SELECT b.no AS position, s.id, b.version, b.epoch, b.at_us, b.events
  FROM batches b CROSS JOIN sagas s ON s.no = b.saga WHERE b.no > ? ORDER BY b.no LIMIT ?`;

export function readView(db: DatabaseSync, projection: string): KeptView | undefined {
  const row = db
    .prepare('SELECT version, removals, position, view FROM projections WHERE name = ?')
    .get(projection);
  if (row === undefined) return undefined;
  const place = { position: Number(row.position), removals: Number(row.removals) };
  return { version: Number(row.version), place, json: String(row.view) };
}

export function writeView(db: DatabaseSync, projection: string, { version, place, json }: KeptView): void {
  db.prepare(
    'INSERT OR REPLACE INTO projections (name, version, removals, position, view) VALUES (?, ?, ?, ?, ?)',
  ).run(projection, version, place.removals, place.position, json);
}

/** For who has the file open only to read it. */
export function keepViewIn(file: string, projection: string, kept: KeptView): void {
  const db = connectForWriting(file);
  try {
    writeView(db, projection, kept);
  } finally {
    db.close();
  }
}
