// The fence's table in a SQLite file, in the same transaction as the service's own tables.
//
// Q1. One connection has one transaction: calls wait for one another. Whoever else writes on the connection while a
//     handler runs would become part of it: give the fence a connection of its own, which only guarded handlers use.
// Q2. What was not heard of for the retention time is forgotten, a little at every call. Since when nothing was, or since when
//     there is a table, is kept with it.
// Q3. Each saga has a place in the order of pages, by a hash that is kept in its rows: a page is read from an index.

import type { DatabaseSync } from 'node:sqlite';
import { hash32 } from '../../core/mix.ts';
import { type FenceTable, type FenceTransaction, retentionFrom, rowOf } from './fence-table.ts';
import { type FenceBook, type FencePage, type FencePart, PART_MAX } from './ledger-page.ts';

/** How long a fence on SQLite remembers, and by which clock. */
export interface SqliteFenceOptions {
  /** How long a saga's operations are remembered after its last call, in milliseconds, above 0; default 30 days. */
  readonly retentionMs?: number;
  /** Milliseconds since 1970. Default: the real clock. */
  readonly nowMs?: () => number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sagastorm_fence (
    key TEXT NOT NULL, saga TEXT NOT NULL, step TEXT NOT NULL, round INTEGER NOT NULL, direction TEXT NOT NULL,
    action TEXT NOT NULL, payload_hash INTEGER NOT NULL, is_applied INTEGER NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, touched_ms INTEGER NOT NULL, part INTEGER,
    PRIMARY KEY (saga, step, round, direction, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sagastorm_fence_age ON sagastorm_fence (touched_ms);
  CREATE TABLE IF NOT EXISTS sagastorm_fence_memory (id INTEGER PRIMARY KEY CHECK (id = 1), since_ms REAL NOT NULL) STRICT;
`;
const BEGIN_MEMORY = 'INSERT OR IGNORE INTO sagastorm_fence_memory VALUES (1, ?)';
const RAISE_MEMORY = 'UPDATE sagastorm_fence_memory SET since_ms = max(since_ms, ?)';
const MEMORY = 'SELECT since_ms FROM sagastorm_fence_memory';
const HAS_PARTS = "SELECT 1 FROM pragma_table_info('sagastorm_fence') WHERE name = 'part'";
const PARTS = 'CREATE INDEX IF NOT EXISTS sagastorm_fence_part ON sagastorm_fence (part)';
const PLACE = 'UPDATE sagastorm_fence SET part = sagastorm_part(saga) WHERE part IS NULL';
const FIND = 'SELECT * FROM sagastorm_fence WHERE saga = ? AND step = ? AND round = ?';
const PAGE_END = 'SELECT part FROM sagastorm_fence WHERE part >= ? ORDER BY part LIMIT 1 OFFSET ?';
const PAGE = `SELECT * FROM sagastorm_fence WHERE part >= ? AND part <= ? AND is_applied
  ORDER BY saga, step, round, direction DESC`;
const AFTER_PAGE = 'SELECT 1 FROM sagastorm_fence WHERE part > ? LIMIT 1';
const KEEP = `INSERT INTO sagastorm_fence
  (key, saga, step, round, direction, action, payload_hash, is_applied, status, body, touched_ms, part)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const TOUCH = 'UPDATE sagastorm_fence SET touched_ms = ? WHERE saga = ?';
const FORGET = `DELETE FROM sagastorm_fence WHERE (saga, step, round, direction, key) IN
  (SELECT saga, step, round, direction, key FROM sagastorm_fence WHERE touched_ms < ? ORDER BY touched_ms LIMIT 10)`;

/**
 * Makes the tables `sagastorm_fence` and `sagastorm_fence_memory` when they are not there.
 *
 * @throws UserError `bad-retention` when `retentionMs` is not above 0
 * @example
 * const database = new DatabaseSync('payment.db');
 * app.use('/saga/*', fence(sqliteFence(database)));
 */
export function sqliteFence(
  database: DatabaseSync,
  options: SqliteFenceOptions = {},
): FenceTable<DatabaseSync> & FenceBook {
  return new SqliteFence(database, options);
}

class SqliteFence implements FenceTable<DatabaseSync>, FenceBook {
  readonly #database: DatabaseSync;
  readonly #retentionMs: number;
  readonly #nowMs: () => number;
  /** Q1. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: DatabaseSync, { retentionMs, nowMs = Date.now }: SqliteFenceOptions) {
    this.#database = database;
    this.#retentionMs = retentionFrom(retentionMs);
    this.#nowMs = nowMs;
    database.exec(SCHEMA);
    database.prepare(BEGIN_MEMORY).run(nowMs());
    placeSagas(database);
  }

  /** Waits for the call that is under way (Q1): what it does is not committed yet. */
  bookPage(part: FencePart): Promise<FencePage> {
    const mine = this.#last.then(() => this.#page(part));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** What is there when the rows are read is in them, or after them; what was forgotten then is told. */
  #page({ after, rows: rowsAtOnce }: FencePart): FencePage {
    const database = this.#database;
    const end = database.prepare(PAGE_END).get(after, rowsAtOnce - 1);
    const last = end === undefined ? PART_MAX : Number(end.part);
    const rows = database.prepare(PAGE).all(after, last).map(rowOf);
    const isMore = database.prepare(AFTER_PAGE).get(last) !== undefined;
    const sinceMs = Number(database.prepare(MEMORY).get()?.since_ms ?? this.#nowMs());
    const keptSinceMs = Math.max(sinceMs, this.#nowMs() - this.#retentionMs);
    return { rows, keptSinceMs, next: isMore ? last + 1 : null };
  }

  transact<Answer>(
    saga: string,
    work: (transaction: FenceTransaction<DatabaseSync>) => Promise<Answer>,
  ): Promise<Answer> {
    const mine = this.#last.then(() => this.#alone(saga, work));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #alone<Answer>(
    saga: string,
    work: (transaction: FenceTransaction<DatabaseSync>) => Promise<Answer>,
  ): Promise<Answer> {
    const database = this.#database;
    const nowMs = this.#nowMs();
    database.exec('BEGIN IMMEDIATE');
    try {
      database.prepare(TOUCH).run(nowMs, saga);
      const { changes } = database.prepare(FORGET).run(nowMs - this.#retentionMs);
      if (changes > 0) database.prepare(RAISE_MEMORY).run(nowMs - this.#retentionMs); // Q2
      database.exec('SAVEPOINT sagastorm_handler');
      const answer = await work(this.#transaction(nowMs));
      database.exec('COMMIT');
      return answer;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  #transaction(nowMs: number): FenceTransaction<DatabaseSync> {
    const database = this.#database;
    return {
      database,
      rows: async (saga, step, round) => database.prepare(FIND).all(saga, step, round).map(rowOf),
      keep: async (row) => {
        const { key, saga, step, round, direction, action, payloadHash, isApplied, status, body } = row;
        const kept = [
          key,
          saga,
          step,
          round,
          direction,
          action,
          payloadHash,
          isApplied ? 1 : 0,
          status,
          body,
        ];
        database.prepare(KEEP).run(...kept, nowMs, hash32(saga));
      },
      takeBack: async () => database.exec('ROLLBACK TO sagastorm_handler'),
    };
  }
}

/** Q3. Rows of an earlier version have no place yet. */
function placeSagas(database: DatabaseSync): void {
  if (database.prepare(HAS_PARTS).get() === undefined)
    database.exec('ALTER TABLE sagastorm_fence ADD COLUMN part INTEGER');
  database.exec(PARTS);
  database.function('sagastorm_part', { deterministic: true }, (saga) => hash32(String(saga)));
  database.exec(PLACE);
}
