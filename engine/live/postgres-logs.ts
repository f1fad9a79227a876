// How the logs of sagas are read from PostgreSQL.

import type { StoredEvent } from '../core/ports.ts';
import { type BatchRow, logsOf } from './batch-rows.ts';
import type { Statement, StatementRunner } from './postgres-line.ts';

/** Rows of {@link BatchRow}; `pg` would give a bigint as text. */
export const BATCHES = `
  SELECT s.id, b.first + b.count - 1 AS version, b.epoch::float8 AS epoch, b.at_us::float8 AS at_us, b.events
  FROM sagas s JOIN batches b ON b.saga = s.no`;

/** One saga after the other, oldest first. */
export const IN_ORDER = 'ORDER BY s.no, b.first';

/** The logs of the sagas for which a condition holds. @throws LineError */
export async function readLogs(
  line: StatementRunner,
  condition: string,
  { values, ...named }: Omit<Statement, 'text'>,
): Promise<readonly (readonly StoredEvent[])[]> {
  const text = `${BATCHES} WHERE ${condition} ${IN_ORDER}`;
  return logsOf(await line.run<BatchRow>({ ...named, text, values: values ?? [] }));
}
