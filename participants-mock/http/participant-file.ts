// The file that one participant lives in: opening it, its schema, and all that is read from and written to it.
//
// P1. A file is either new, or one of ours by its application id; another program's database is refused and not
//     touched. So is a file of another service, or of the same service with other options: its log would mean
//     something else.
// P2. What is written of one batch is written in one transaction, and is on the disk when `write` returns.
// P3. Calls are numbered without a gap. Who finds his number taken does not know the whole log, and must not answer.

import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { LedgerEntry } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';

/** "SAGP": P1. */
const APPLICATION_ID = 0x53414750;
const SCHEMA_VERSION = 1;
/** How long a lock of another process is waited for, in milliseconds. */
const BUSY_TIMEOUT_MS = 1_000;
/** The WAL is taken over into the file when it has grown to about 16 MB. */
const WAL_PAGES = 4_000;

/**
 * `calls` has one row for each request that was handled, in order; `entries` one for each entry of the participant's
 * ledger, with the call that made it. `answer` is an outcome, or for a plain request what the desk said.
 */
const SCHEMA = `
  CREATE TABLE meta (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    service TEXT NOT NULL,
    options TEXT NOT NULL,
    seed INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE calls (
    no INTEGER PRIMARY KEY,
    now_us INTEGER NOT NULL,
    request TEXT NOT NULL,
    answer TEXT NOT NULL
  ) STRICT;
  CREATE TABLE entries (
    call INTEGER NOT NULL REFERENCES calls (no),
    nth INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (call, nth)
  ) STRICT, WITHOUT ROWID;
`;

/** Whose file it is. */
export interface FileIdentity {
  readonly service: string;
  /** JSON. */
  readonly options: unknown;
}

export interface FileMeta extends FileIdentity {
  /** 32 bits, drawn when the file was made. */
  readonly seed: number;
}

/** A handled request as it stands in the file. */
export interface CallRow {
  /** 1, 2, 3, … */
  readonly no: number;
  readonly nowUs: number;
  /** JSON. */
  readonly request: string;
  /** JSON. */
  readonly answer: string;
  /** JSON, oldest first. */
  readonly entries: readonly string[];
}

/** The open file of one participant. */
export class ParticipantFile {
  readonly meta: FileMeta;
  readonly #db: DatabaseSync;
  readonly #insertCall: StatementSync;
  readonly #insertEntry: StatementSync;

  /** @param db of one of ours */
  private constructor(db: DatabaseSync) {
    this.#db = db;
    this.meta = metaOf(db);
    this.#insertCall = db.prepare('INSERT INTO calls (no, now_us, request, answer) VALUES (?, ?, ?, ?)');
    this.#insertEntry = db.prepare('INSERT INTO entries (call, nth, at_us, entry) VALUES (?, ?, ?, ?)');
  }

  /**
   * Opens the file for the one process that writes it; makes it and its folder when there is none.
   *
   * @throws UserError `participant-file-unusable` (it cannot be opened, or is not one of ours), `participant-file-newer`,
   *   `participant-file-taken` (of another service, or made with other options).
   */
  static open(file: string, identity: FileIdentity): ParticipantFile {
    return opened(file, () => {
      mkdirSync(dirname(file), { recursive: true });
      const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
      return guarded(db, () => {
        prepare(db, file, identity);
        db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                 PRAGMA wal_autocheckpoint = ${WAL_PAGES};`);
        return new ParticipantFile(db);
      });
    });
  }

  /**
   * Opens the file beside its writer, to read one consistent state of it.
   *
   * @throws UserError as {@link open}, but for `participant-file-taken`.
   */
  static openForReading(file: string): ParticipantFile {
    return opened(file, () => {
      const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
      return guarded(db, () => {
        checkOurs(db, file);
        db.exec('BEGIN');
        return new ParticipantFile(db);
      });
    });
  }

  /** All requests after that of this number, in order, at most so many. */
  *rows(after = 0, max = -1): Iterable<CallRow> {
    const calls = this.#db.prepare(
      'SELECT no, now_us, request, answer FROM calls WHERE no > ? ORDER BY no LIMIT ?',
    );
    const entries = this.#db.prepare('SELECT entry FROM entries WHERE call = ? ORDER BY nth');
    for (const { no, now_us, request, answer } of calls.iterate(after, max)) {
      yield {
        no: Number(no),
        nowUs: Number(now_us),
        request: String(request),
        answer: String(answer),
        entries: entries.all(no!).map(({ entry }) => String(entry)),
      };
    }
  }

  /**
   * Runs `handle`, which is given a way to write rows, and makes all of it durable (P2).
   *
   * @throws when it could not be written, or `handle` threw: then nothing is written.
   */
  write<Result>(handle: (row: (row: CallRow) => void) => Result): Result {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = handle((row) => this.#insert(row));
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #insert({ no, nowUs, request, answer, entries }: CallRow): void {
    this.#insertCall.run(no, nowUs, request, answer); // P3: a number that is taken throws
    entries.forEach((entry, nth) => {
      this.#insertEntry.run(no, nth, nowUs, entry);
    });
  }
}

/** An entry as {@link CallRow} has it. */
export function textOf(entry: LedgerEntry): string {
  return JSON.stringify(entry);
}

function opened(file: string, open: () => ParticipantFile): ParticipantFile {
  try {
    return open();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unusable(file, error instanceof Error ? error.message : String(error));
  }
}

function guarded<Result>(db: DatabaseSync, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    db.close();
    throw error;
  }
}

/** P1. */
function prepare(db: DatabaseSync, file: string, identity: FileIdentity): void {
  db.exec('BEGIN IMMEDIATE');
  const options = sortedText(identity.options);
  if (isNew(db)) {
    db.exec(SCHEMA);
    db.prepare('INSERT INTO meta (one, service, options, seed) VALUES (1, ?, ?, ?)').run(
      identity.service,
      options,
      randomInt(0x1_0000_0000),
    );
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
  } else {
    checkOurs(db, file);
    checkIdentity(metaOf(db), file, identity.service, options);
  }
  db.exec('COMMIT');
}

function isNew(db: DatabaseSync): boolean {
  const tables = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()!.n;
  return tables === 0 && pragma(db, 'user_version') === 0 && pragma(db, 'application_id') === 0;
}

function checkOurs(db: DatabaseSync, file: string): void {
  if (pragma(db, 'application_id') !== APPLICATION_ID)
    throw unusable(file, 'it is the database of another program');
  const version = pragma(db, 'user_version');
  if (version <= SCHEMA_VERSION) return;
  throw new UserError(
    'participant-file-newer',
    `${file} was written by a later version of sagastorm (its schema is ${version}, known here is ${SCHEMA_VERSION})`,
    'Upgrade sagastorm, or name another file.',
  );
}

function checkIdentity(meta: FileMeta, file: string, service: string, options: string): void {
  const isSame = meta.service === service && sortedText(meta.options) === options;
  if (isSame) return;
  const what =
    meta.service === service
      ? `was made with other options: ${sortedText(meta.options)}, not ${options}`
      : `is the file of the service "${meta.service}", not of "${service}"`;
  throw new UserError(
    'participant-file-taken',
    `${file} ${what}`,
    'Start it as it was started first, or name another file.',
  );
}

function metaOf(db: DatabaseSync): FileMeta {
  const { service, options, seed } = db.prepare('SELECT service, options, seed FROM meta').get()!;
  return { service: String(service), options: JSON.parse(String(options)), seed: Number(seed) };
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()![name]);
}

/** JSON whose members are sorted, so that equal options have equal text. */
function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function unusable(file: string, why: string): UserError {
  return new UserError(
    'participant-file-unusable',
    `${file} cannot hold a participant: ${why}`,
    'Name a file that a participant made, or one that does not exist yet, in a folder that can be written.',
  );
}
