// The file that sagas are kept in: opening it, its schema, and how an older schema becomes the present one.
//
// Q1. A file is either new, or ours by its application id; another program's database is refused and not touched.
// Q2. The schema has a version (`user_version`). Migrations run in order, each in one transaction; a file of a later
//     version is refused.
// Q3. Who only reads changes nothing: not the schema, and no file beside it that outlasts the reading. An earlier schema is
//     refused there, for what is asked may not be in it.

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { UserError } from '../core/user-error.ts';
import { APPLICATION_ID } from './file-kinds.ts';
import { olderSchema } from './saga-catalogue.ts';
import { STORE_BUSY } from './unreachable.ts';

/** Where sagas are kept when nobody says otherwise; relative to the working directory. */
export const SAGAS_FILE = '.sagastorm/sagas.db';

/** How long a lock of another process is waited for, in milliseconds; it stands in everybody's way meanwhile. */
const BUSY_TIMEOUT_MS = 1_000;
export const SQLITE_BUSY = 5;
/** `SQLITE_READONLY`, `SQLITE_CANTOPEN`: there can be no file beside it. */
const NO_FILE_BESIDE: readonly number[] = [8, 14];
/** Room for the pages of some ten thousand open sagas: what does not fit is read again. */
const CACHE_KIB = 65_536;
/** The WAL is taken over into the file when it has grown to about 16 MB: less often than by default, and for less in all. */
const WAL_PAGES = 4_000;

/**
 * Statements of each schema version; the first makes version 1. Additions only.
 *
 * `sagas` has one row for each saga, `batches` one for each append: what was written together stays together.
 * `batches.version` is the saga's version after it. They stand in the order in which they were written, so that a commit
 * writes few pages. `events` shows them one by one, for people and their queries.
 *
 * Version 2 is for whoever asks (sqlite-catalogue.ts), and costs the writer little: an index of the sagas that did not go
 * well, in the order of `no` for each status; `totals` (sqlite-totals.ts) and `zones` (sqlite-zones.ts) are added to once
 * for each transaction. (A list of three after IN would be made into a table by each statement.) A process of the version before must not go on writing: it would not add to them.
 *
 * Version 3 has sagas that people took over; a process of the version before cannot read their logs.
 *
 * Version 4: views of the log (sqlite-history.ts), and how often a saga was removed, counted by whoever removes it, also by
 * a process of the version before; and the events of aggregates (sqlite-streams.ts).
 *
 * Version 5: which sagas left the file and when, as long as the file lasts: the books of services still mention them. Noted by
 * whoever deletes one, also by a process of the version before.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE partitions (
     name TEXT PRIMARY KEY,
     epoch INTEGER NOT NULL UNIQUE
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE sagas (
     no INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     partition TEXT NOT NULL,
     definition TEXT NOT NULL,
     definition_version INTEGER NOT NULL,
     status TEXT NOT NULL,
     created_at_us INTEGER NOT NULL,
     ended_at_us INTEGER
   ) STRICT;
   CREATE INDEX open_sagas ON sagas (partition) WHERE status IN ('running', 'compensating');
   CREATE TABLE batches (
     no INTEGER PRIMARY KEY,
     saga INTEGER NOT NULL REFERENCES sagas (no),
     version INTEGER NOT NULL,
     epoch INTEGER NOT NULL,
     at_us INTEGER NOT NULL,
     events TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX batches_of_saga ON batches (saga, version);
   CREATE VIEW events AS
     SELECT s.id AS saga, b.version - json_array_length(b.events) + e.key + 1 AS version, b.epoch, b.at_us,
            e.value ->> 'kind' AS kind, e.value AS event
     FROM sagas s JOIN batches b ON b.saga = s.no, json_each(b.events) e;`,
  `CREATE INDEX IF NOT EXISTS sagas_amiss ON sagas (status)
     WHERE status = 'compensated' OR status = 'failed' OR status = 'compensation_failed';
   CREATE TABLE totals (
     status TEXT PRIMARY KEY,
     sagas INTEGER NOT NULL,
     duration_us INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   INSERT INTO totals
     SELECT status, count(*), coalesce(sum(ended_at_us - created_at_us), 0) FROM sagas GROUP BY status;
   CREATE TABLE zones (
     zone INTEGER NOT NULL,
     definition TEXT NOT NULL,
     created_max_us INTEGER NOT NULL,
     PRIMARY KEY (zone, definition)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO zones SELECT no / 8192, definition, max(created_at_us) FROM sagas GROUP BY 1, 2;`,
  `CREATE INDEX IF NOT EXISTS sagas_resolved ON sagas (status) WHERE status = 'resolved';`,
  `CREATE TABLE removals (count INTEGER NOT NULL) STRICT;
   INSERT INTO removals VALUES (0);
   CREATE TRIGGER saga_removed AFTER DELETE ON sagas BEGIN UPDATE removals SET count = count + 1; END;
   CREATE TABLE projections (
     name TEXT PRIMARY KEY,
     version INTEGER NOT NULL,
     removals INTEGER NOT NULL,
     position INTEGER NOT NULL,
     view TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE stream_events (
     position INTEGER PRIMARY KEY,
     stream TEXT NOT NULL,
     version INTEGER NOT NULL,
     schema INTEGER NOT NULL,
     event TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX events_of_stream ON stream_events (stream, version);`,
  `CREATE TABLE retired (
     id TEXT PRIMARY KEY,
     at_us INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TRIGGER saga_retired AFTER DELETE ON sagas BEGIN
     INSERT INTO retired VALUES (old.id, CAST(unixepoch('subsec') * 1000 AS INTEGER) * 1000)
     ON CONFLICT (id) DO UPDATE SET at_us = excluded.at_us;
   END;`,
];

/**
 * Opens the file for reading and writing, makes it and its folder when there is none, and brings its schema up to date.
 *
 * @throws UserError `store-unusable` (it cannot be opened, or is not one of ours), `store-newer`; `store-busy` when another
 *   process holds it for over a second, after which it may be tried again.
 */
export function openSagasFile(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    migrate(db, file);
    return tuned(db);
  } catch (error) {
    db?.close();
    if (error instanceof UserError) throw error;
    if ((error as { readonly errcode?: unknown }).errcode === SQLITE_BUSY) throw busy(file);
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

/** One more connection to a file that {@link openSagasFile} has opened. */
export function connectForWriting(file: string): DatabaseSync {
  return tuned(new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS }));
}

/** Every commit is on the disk before it returns. */
function tuned(db: DatabaseSync): DatabaseSync {
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -${CACHE_KIB};
           PRAGMA wal_autocheckpoint = ${WAL_PAGES};`);
  return db;
}

/** Opens the file beside a writer, to read one consistent state of it (Q3). */
export function openForReading(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    pragma(db, 'user_version');
    db.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    return db;
  } catch (error) {
    db.close();
    // A reader of a WAL makes an index beside it. In a folder where it cannot, and where nobody writes, the file is all there is.
    const { errcode = 0 } = error as { readonly errcode?: number };
    if (!NO_FILE_BESIDE.includes(errcode & 0xff) || existsSync(`${file}-wal`)) throw error;
    const whole = pathToFileURL(file);
    whole.searchParams.set('immutable', '1');
    return new DatabaseSync(whole, { readOnly: true });
  }
}

/**
 * Q3.
 *
 * @throws UserError `store-older`, `store-newer`
 */
export function checkReadable(db: DatabaseSync, file: string): void {
  const version = pragma(db, 'user_version');
  if (version > MIGRATIONS.length) throw newer(file, version);
  if (version < MIGRATIONS.length) throw olderSchema(file, version, MIGRATIONS.length);
}

/** Q1, Q2. */
function migrate(db: DatabaseSync, file: string): void {
  db.exec('BEGIN IMMEDIATE');
  const version = pragma(db, 'user_version');
  const isOurs = pragma(db, 'application_id') === APPLICATION_ID;
  const tables = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()!.n;
  if (!isOurs && (version !== 0 || tables !== 0))
    throw unusable(file, 'it is the database of another program');
  if (version > MIGRATIONS.length) throw newer(file, version);
  for (const statements of MIGRATIONS.slice(version)) db.exec(statements);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()![name]);
}

function newer(file: string, version: number): UserError {
  return new UserError(
    'store-newer',
    `${file} was written by a later version of sagastorm (its schema is ${version}, known here is ${MIGRATIONS.length})`,
    'Upgrade sagastorm, or name another file.',
  );
}

function busy(file: string): UserError {
  const hint = 'See what holds it, or whether a process that did is stopped; then start again.';
  return new UserError(STORE_BUSY, `${file} is held by another process`, hint);
}

function unusable(file: string, why: string): UserError {
  return new UserError(
    'store-unusable',
    `${file} cannot hold sagas: ${why}`,
    'Name a file that sagastorm made, or one that does not exist yet, in a folder that can be written.',
  );
}
