// The tables that sagas are kept in on PostgreSQL, and how an older schema becomes the present one.
//
// P1. All of it lives in one schema, which is new, or ours by its table `schema_version`; another program's is refused.
// P2. Migrations run in order and in one transaction, by one process at a time: others wait for its lock, and find the
//     work done. A schema of a later version is refused.

import type { ClientBase } from 'pg';
import { UserError } from '../core/user-error.ts';
import { olderSchema } from './saga-catalogue.ts';

/** A process that stops in the middle of a migration is in the way of others for so long. */
const PATIENCE = "SET LOCAL idle_in_transaction_session_timeout = '20s'";

/**
 * Statements of each schema version; the first makes version 1. Additions only.
 *
 * `sagas` has one row for each saga, `batches` one for each append: what was written together stays together.
 * `batches.first` is the version of its first event. `events` shows them one by one, for people and their queries.
 *
 * `partitions.lease_until`: until then `owner` has it and may write; by the database's clock. In the past, and somebody
 * may take it; NULL: it was opened without a lease, until it is opened again.
 *
 * Version 2 is for whoever asks (postgres-catalogue.ts), and costs the writers little: an index of the sagas that did not
 * go well, and one that says of each stretch of the table what may be in it.
 *
 * Version 3 is the roll of the workers (worker-roll.ts).
 *
 * Version 5: `batches.position`, an order over all sagas (postgres-history.ts), 0 for what was there before; views of the log;
 * how often sagas were removed, counted by whoever removes them; and the events of aggregates (postgres-streams.ts).
 *
 * Version 6: which sagas left the database and when, for good: the books of services still mention them. Noted by whoever
 * deletes some.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE SEQUENCE epochs;
   CREATE SEQUENCE saga_numbers;
   CREATE TABLE partitions (
     name text COLLATE "C" PRIMARY KEY,
     epoch bigint NOT NULL UNIQUE,
     owner text,
     lease_until timestamptz
   );
   CREATE TABLE sagas (
     no bigint PRIMARY KEY,
     id text COLLATE "C" NOT NULL UNIQUE,
     partition text COLLATE "C" NOT NULL,
     definition text NOT NULL,
     definition_version integer NOT NULL,
     status text COLLATE "C" NOT NULL,
     created_at_us bigint NOT NULL,
     ended_at_us bigint
   ) WITH (fillfactor = 80);
   CREATE INDEX open_sagas ON sagas (partition) WHERE status IN ('running', 'compensating');
   CREATE TABLE batches (
     saga bigint NOT NULL,
     first integer NOT NULL,
     count integer NOT NULL,
     epoch bigint NOT NULL,
     at_us bigint NOT NULL,
     events text NOT NULL,
     PRIMARY KEY (saga, first)
   );
   CREATE VIEW events AS
     SELECT s.id AS saga, (b.first + e.place - 1)::integer AS version, b.epoch, b.at_us, e.event ->> 'kind' AS kind, e.event
     FROM sagas s JOIN batches b ON b.saga = s.no,
          LATERAL json_array_elements(b.events::json) WITH ORDINALITY AS e (event, place);`,
  `CREATE INDEX IF NOT EXISTS sagas_amiss ON sagas (status, no)
     WHERE status = 'compensated' OR status = 'failed' OR status = 'compensation_failed';
   CREATE INDEX IF NOT EXISTS sagas_zones ON sagas
     USING brin (created_at_us, definition text_bloom_ops (n_distinct_per_range = 64));`,
  `CREATE TABLE IF NOT EXISTS workers (
     name text COLLATE "C" PRIMARY KEY,
     partitions_max integer NOT NULL,
     alive_until timestamptz NOT NULL
   );`,
  `CREATE INDEX IF NOT EXISTS sagas_resolved ON sagas (status, no) WHERE status = 'resolved';`,
  `CREATE SEQUENCE batch_positions;
   ALTER TABLE batches ADD COLUMN position bigint NOT NULL DEFAULT 0;
   ALTER TABLE batches ALTER COLUMN position SET DEFAULT nextval('batch_positions');
   CREATE INDEX batches_in_order ON batches USING brin (position) WITH (autosummarize = on);
   CREATE TABLE removals (count bigint NOT NULL);
   INSERT INTO removals VALUES (0);
   CREATE FUNCTION count_removal() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
       IF EXISTS (SELECT FROM gone) THEN UPDATE removals SET count = count + 1; END IF;
       RETURN NULL;
     END $$;
   CREATE TRIGGER saga_removed AFTER DELETE ON sagas REFERENCING OLD TABLE AS gone
     FOR EACH STATEMENT EXECUTE FUNCTION count_removal();
   CREATE TABLE projections (
     name text COLLATE "C" PRIMARY KEY,
     version integer NOT NULL,
     removals bigint NOT NULL,
     position bigint NOT NULL,
     view text NOT NULL
   );
   CREATE TABLE stream_head (position bigint NOT NULL);
   INSERT INTO stream_head VALUES (0);
   CREATE TABLE stream_events (
     position bigint PRIMARY KEY,
     stream text COLLATE "C" NOT NULL,
     version integer NOT NULL,
     schema integer NOT NULL,
     event text NOT NULL,
     append_id uuid NOT NULL,
     UNIQUE (stream, version)
   );`,
  `CREATE TABLE retired (
     id text COLLATE "C" PRIMARY KEY,
     at_us bigint NOT NULL
   );
   CREATE OR REPLACE FUNCTION count_removal() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
       IF EXISTS (SELECT FROM gone) THEN
         UPDATE removals SET count = count + 1;
         INSERT INTO retired SELECT id, floor(extract(epoch FROM clock_timestamp()) * 1000000) FROM gone ORDER BY id
           ON CONFLICT (id) DO UPDATE SET at_us = excluded.at_us;
       END IF;
       RETURN NULL;
     END $$;`,
];

/**
 * Makes the schema when there is none, and brings it up to date. Any number of processes may do this at once.
 *
 * @param schema that the connection looks names up in
 * @throws UserError `store-unusable`, `store-newer`; what `pg` throws
 */
export async function prepareSchema(client: ClientBase, schema: string): Promise<void> {
  if ((await versionOf(client, schema)) === MIGRATIONS.length) return;
  await client.query(`BEGIN; ${PATIENCE}`);
  try {
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`sagastorm:${schema}`]);
    const version = await versionOf(client, schema); // P2: as the one before left it
    if (version > MIGRATIONS.length) throw newer(schema, version);
    if (version === 0) await begin(client, schema);
    for (const statements of MIGRATIONS.slice(version)) await client.query(statements);
    await client.query('UPDATE schema_version SET version = $1', [MIGRATIONS.length]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/**
 * For who only looks: nothing is made and nothing is changed.
 *
 * @throws UserError `no-store`, `store-older`, `store-newer`; what `pg` throws
 */
export async function checkReadable(client: ClientBase, schema: string): Promise<void> {
  const version = await versionOf(client, schema);
  if (version === 0) throw noStore(schema);
  if (version > MIGRATIONS.length) throw newer(schema, version);
  if (version < MIGRATIONS.length) throw olderSchema(`the schema "${schema}"`, version, MIGRATIONS.length);
}

/**
 * 0 when the schema holds nothing of ours. Read off the catalogue, as it is now: what a connection remembers of names is
 * as old as its transaction.
 */
async function versionOf(client: ClientBase, schema: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = 'schema_version'`,
    [schema],
  );
  if (rows.length === 0) return 0;
  const found = await client.query<{ version: number }>('SELECT version FROM schema_version');
  return found.rows[0]?.version ?? 0;
}

/** P1. */
async function begin(client: ClientBase, schema: string): Promise<void> {
  const { rows } = await client.query<{ encoding: string; exists: boolean; tables: number }>(
    `SELECT current_setting('server_encoding') AS encoding, count(n.oid) > 0 AS exists, count(c.oid)::integer AS tables
     FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid WHERE n.nspname = $1`,
    [schema],
  );
  const { encoding, exists, tables } = rows[0]!;
  if (tables > 0) throw unusable(schema, 'it holds the tables of another program');
  if (encoding !== 'UTF8') throw unusable(schema, `its database keeps text as ${encoding}, not as UTF8`);
  if (!exists) await client.query(`CREATE SCHEMA "${schema}"`);
  await client.query('CREATE TABLE schema_version (version integer NOT NULL)');
  await client.query('INSERT INTO schema_version VALUES (0)');
}

function unusable(schema: string, why: string): UserError {
  const hint = 'Name a schema that does not exist yet, in a database with the encoding UTF8.';
  return new UserError('store-unusable', `the schema "${schema}" cannot hold sagas: ${why}`, hint);
}

function newer(schema: string, version: number): UserError {
  return new UserError(
    'store-newer',
    `the schema "${schema}" was written by a later version of sagastorm (its version is ${version}, known here is ${MIGRATIONS.length})`,
    'Upgrade sagastorm, or name another schema.',
  );
}

function noStore(schema: string): UserError {
  return new UserError(
    'no-store',
    `there is no store of sagas in this database: it has no schema "${schema}" of ours`,
    'See that its address is the right one. `sagastorm serve` makes a store where there is none.',
  );
}
