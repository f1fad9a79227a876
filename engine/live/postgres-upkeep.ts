// What a database of sagas needs over the years: retiring those that ended long ago, and an export that any tool reads.
// What a copy does not have (the event streams of aggregates) is in those of PostgreSQL itself: pg_dump, archived WAL.

import type { Client, ClientBase } from 'pg';
import type { BatchRow } from './batch-rows.ts';
import { linesOf, retiredLine } from './batch-rows.ts';
import { hangUp, type PostgresLine } from './postgres-line.ts';
import { BATCHES, IN_ORDER } from './postgres-logs.ts';
import { addToArchive, checkArchive, type Retirement } from './retirement.ts';

/** Sagas looked at in one transaction. */
const RETIRED_AT_ONCE = 200;
const FETCHED_AT_ONCE = 1_000;

interface Found {
  readonly no: string;
  readonly ended_at_us: string;
}

/**
 * Takes ended sagas out of the database, some hundreds at a time. A saga that a person takes up again meanwhile stays. The
 * id of a saga that was retired is free: a `create` with it begins a new one.
 *
 * @returns how many were retired
 * @throws UserError `no-archive`; LineError when the database is away; what was archived by then may be archived again
 * @example
 * await store.retire({ endedBeforeUs: clock.nowUs() - 30 * 86_400_000_000, archiveTo: 'sagas-archive.ndjson' });
 */
export async function retireRows(
  line: PostgresLine,
  { endedBeforeUs, archiveTo }: Retirement,
): Promise<number> {
  if (archiveTo !== undefined) checkArchive(archiveTo);
  let retired = 0;
  for (let after = '0'; ; ) {
    const found = await line.run<Found>({ text: ENDED, values: [after, endedBeforeUs, RETIRED_AT_ONCE] });
    const last = found.at(-1);
    if (last === undefined) return retired;
    const nos = found.map(({ no }) => no);
    if (archiveTo !== undefined) {
      const text = `${BATCHES} WHERE s.no = ANY ($1::bigint[]) ${IN_ORDER}`;
      addToArchive(archiveTo, await line.run<BatchRow>({ text, values: [nos] }));
    }
    const gone = await line.run({ text: RETIRE, values: [nos, found.map((saga) => saga.ended_at_us)] });
    retired += gone.length;
    after = last.no;
  }
}

const ENDED = 'SELECT no, ended_at_us FROM sagas WHERE no > $1 AND ended_at_us < $2 ORDER BY no LIMIT $3';

/** Those that still stand where they were found. */
const RETIRE = `
  WITH gone AS (
    DELETE FROM sagas s USING unnest($1::bigint[], $2::bigint[]) AS f (no, ended_at_us)
    WHERE s.no = f.no AND s.ended_at_us = f.ended_at_us RETURNING s.no
  ), emptied AS (
    DELETE FROM batches b USING gone WHERE b.saga = gone.no
  )
  SELECT no FROM gone`;

/**
 * Every stored event as one line of JSON (`StoredEvent`, with its line feed), ordered by saga and version, and then each saga
 * that left the store, as `{ saga, retiredAtUs }`: as of the
 * moment when the first line is asked for. Has a connection of its own; as long as it lasts, nothing that was deleted
 * meanwhile is cleaned up.
 *
 * @example
 * await pipeline(Readable.from(store.export()), createWriteStream('sagas.ndjson'));
 */
export async function* exportRows(connect: () => Promise<Client>): AsyncGenerator<string> {
  const client = await connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    yield* linesWithin(client);
  } finally {
    await hangUp(client);
  }
}

/** The same, within a transaction of the caller's. */
export async function* linesWithin(client: ClientBase): AsyncGenerator<string> {
  for await (const row of fetched(client, `${BATCHES} ${IN_ORDER}`)) yield* linesOf(row);
  for await (const row of fetched(client, RETIRED)) yield retiredLine(row);
}

const RETIRED = 'SELECT id, at_us::float8 AS at_us FROM retired ORDER BY id';

/** Within a transaction. */
async function* fetched(client: ClientBase, select: string): AsyncGenerator<BatchRow> {
  await client.query(`DECLARE exported NO SCROLL CURSOR FOR ${select}`);
  for (;;) {
    const { rows } = await client.query<BatchRow>(`FETCH ${FETCHED_AT_ONCE} FROM exported`);
    yield* rows;
    if (rows.length === FETCHED_AT_ONCE) continue;
    await client.query('CLOSE exported');
    return;
  }
}
