// The logs of sagas in a file, as they were stored.

import type { DatabaseSync } from 'node:sqlite';
import type { StoredEvent } from '../core/ports.ts';
import { type BatchRow, logsOf } from './batch-rows.ts';

/** The logs of the sagas for which a condition holds, oldest saga first. */
export function readLogs(
  db: DatabaseSync,
  condition: string,
  value: string,
): readonly (readonly StoredEvent[])[] {
  const rows = db
    .prepare(`SELECT s.id, b.version, b.epoch, b.at_us, b.events FROM sagas s JOIN batches b ON b.saga = s.no
              WHERE ${condition} ORDER BY s.no, b.version`)
    .all(value);
  return logsOf(rows as unknown as readonly BatchRow[]);
}
