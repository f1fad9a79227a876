// The events of a database of sagas in one order (saga-history.ts), and the views that are kept in it.
//
// I1. `batches.position` is drawn from a sequence when a batch is written, and seen when that is committed: a lower one may
//     come to be seen later than a higher one, and whoever went on from the highest that he saw would miss it. So a reading
//     ends at a number below which nobody is under way any more: the sequence is read, then everybody who was writing at
//     that moment is waited for, as CREATE INDEX CONCURRENTLY does. A number is drawn by who holds the table's lock for
//     writers already; so who draws a lower one is waited for. Nobody who writes waits for a reader.
// I2. What was there before there were positions has 0, and is ordered by saga and version.
// I3. A reading sees one moment, on a connection of its own; as long as it lasts, nothing that was deleted meanwhile is
//     cleaned up.

import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { UserError } from '../core/user-error.ts';
import { type BatchRow, eventsOf } from './batch-rows.ts';
import { hangUp, type PostgresLine } from './postgres-line.ts';
import { storeFailed } from './saga-catalogue.ts';
import type { HistoryPage, HistoryPlace, KeptView } from './saga-history.ts';

const FETCHED_AT_ONCE = 1_000;
/** Statements of writers take milliseconds; one that waits for a lock of somebody else may take long. */
const WRITERS_MS = 20_000;
const ASK_AGAIN_MS = 5;

interface PlacedRow extends BatchRow {
  readonly position: number;
}

/** @throws UserError `store-failed` */
export async function* readHistoryRows(
  connect: () => Promise<Client>,
  after?: HistoryPlace,
): AsyncGenerator<HistoryPage> {
  let client: Client | undefined;
  try {
    client = await connect();
    const last = await settledPosition(client);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const counted = await client.query<{ count: number }>('SELECT count::float8 AS count FROM removals');
    const removals = counted.rows[0]!.count;
    let isFresh = after?.removals !== removals;
    let position = isFresh ? 0 : after!.position;
    const low = isFresh ? -1 : position;
    await client.query(`DECLARE history NO SCROLL CURSOR FOR ${nextSql(low, last)}`);
    for (;;) {
      const { rows } = await client.query<PlacedRow>(`FETCH ${FETCHED_AT_ONCE} FROM history`);
      const isLast = rows.length < FETCHED_AT_ONCE;
      position = isLast ? Math.max(position, last) : rows.at(-1)!.position;
      yield { isFresh, place: { position, removals }, events: rows.flatMap(eventsOf) };
      if (isLast) return;
      isFresh = false;
    }
  } catch (error) {
    throw error instanceof UserError ? error : storeFailed(error);
  } finally {
    if (client !== undefined) await hangUp(client);
  }
}

/** I1. */
async function settledPosition(client: Client): Promise<number> {
  const drawn = await client.query<{ last: number }>(LAST_DRAWN);
  let writers = (await client.query<{ vxid: string }>(WRITERS)).rows.map(({ vxid }) => vxid);
  const untilMs = performance.now() + WRITERS_MS;
  while (writers.length > 0) {
    if (performance.now() > untilMs) throw new Error('somebody has been writing sagas for too long');
    await delay(ASK_AGAIN_MS);
    const now = new Set((await client.query<{ vxid: string }>(WRITERS)).rows.map(({ vxid }) => vxid));
    writers = writers.filter((vxid) => now.has(vxid));
  }
  return drawn.rows[0]!.last;
}

const LAST_DRAWN =
  'SELECT CASE WHEN is_called THEN last_value ELSE 0 END::float8 AS last FROM batch_positions';

const WRITERS = `
  SELECT DISTINCT virtualtransaction AS vxid FROM pg_locks
  WHERE locktype = 'relation' AND relation = 'batches'::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** A cursor takes no parameters: these are numbers. */
function nextSql(low: number, last: number): string {
  return `
    SELECT b.position::float8 AS position, s.id, b.first + b.count - 1 AS version, b.epoch::float8 AS epoch,
           b.at_us::float8 AS at_us, b.events
    FROM batches b JOIN sagas s ON s.no = b.saga
    WHERE b.position > ${low} AND b.position <= ${last} ORDER BY b.position, b.saga, b.first`;
}

/** @throws LineError */
export async function readViewRow(line: PostgresLine, projection: string): Promise<KeptView | undefined> {
  const rows = await line.run<{ version: number; removals: number; position: number; view: string }>({
    text: `SELECT version, removals::float8 AS removals, position::float8 AS position, view
           FROM projections WHERE name = $1`,
    values: [projection],
  });
  const [row] = rows;
  if (row === undefined) return undefined;
  const { version, removals, position, view } = row;
  return { version, place: { position, removals }, json: view };
}

/** @throws LineError */
export async function writeViewRow(
  line: PostgresLine,
  projection: string,
  { version, place, json }: KeptView,
): Promise<void> {
  await line.run({
    text: `INSERT INTO projections (name, version, removals, position, view) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (name) DO UPDATE SET version = excluded.version, removals = excluded.removals,
             position = excluded.position, view = excluded.view`,
    values: [projection, version, place.removals, place.position, json],
  });
}
