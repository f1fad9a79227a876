// The fence's table in a SQLite file, in the same transaction as the service's own tables.
//
// Q1. One connection has one transaction: calls wait for one another. Whoever else writes on the connection while a
//     handler runs would become part of it: give the fence a connection of its own, which only guarded handlers use.
// Q2. What was not heard of for the retention time is forgotten, a little at every call.

import type { DatabaseSync } from 'node:sqlite';
import { hash32 } from '../../core/mix.ts';
import { RETENTION_DEFAULT_US } from '../fence.ts';
import { type FenceRow, type FenceTable, type FenceTransaction, rowOf } from './fence-table.ts';
import type { FenceBook, FencePart } from './ledger-page.ts';

/** How long a fence on SQLite remembers, and by which clock. */
export interface SqliteFenceOptions {
  /** How long a saga's operations are remembered after its last call, in milliseconds; default 30 days. */
  readonly retentionMs?: number;
  /** Milliseconds since 1970. Default: the real clock. */
  readonly nowMs?: () => number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sagastorm_fence (
    key TEXT NOT NULL, saga TEXT NOT NULL, step TEXT NOT NULL, round INTEGER NOT NULL, direction TEXT NOT NULL,
    action TEXT NOT NULL, payload_hash INTEGER NOT NULL, is_applied INTEGER NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, touched_ms INTEGER NOT NULL,
    PRIMARY KEY (saga, step, round, direction, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS sagastorm_fence_age ON sagastorm_fence (touched_ms);
`;
const FIND = 'SELECT * FROM sagastorm_fence WHERE saga = ? AND step = ? AND round = ?';
const BOOK = `SELECT * FROM sagastorm_fence WHERE is_applied AND sagastorm_part(saga) = ?
  ORDER BY saga, step, round, direction DESC`;
const KEEP = 'INSERT INTO sagastorm_fence VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
const TOUCH = 'UPDATE sagastorm_fence SET touched_ms = ? WHERE saga = ?';
const FORGET = `DELETE FROM sagastorm_fence WHERE (saga, step, round, direction, key) IN
  (SELECT saga, step, round, direction, key FROM sagastorm_fence WHERE touched_ms < ? ORDER BY touched_ms LIMIT 10)`;

/**
 * Makes the table `sagastorm_fence` when it is not there.
 *
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
    this.#retentionMs = retentionMs ?? RETENTION_DEFAULT_US / 1_000;
    this.#nowMs = nowMs;
    database.exec(SCHEMA);
  }

  async bookSize(): Promise<{ readonly rows: number; readonly keptSinceMs: number }> {
    const { rows } = this.#database.prepare('SELECT count(*) AS rows FROM sagastorm_fence').get()!;
    return { rows: Number(rows), keptSinceMs: this.#nowMs() - this.#retentionMs };
  }

  /** Waits for the call that is under way (Q1): what it does is not committed yet. */
  bookRows({ pages, page }: FencePart): Promise<readonly FenceRow[]> {
    const mine = this.#last.then(() => {
      this.#database.function(
        'sagastorm_part',
        { deterministic: true },
        (saga) => hash32(String(saga)) % pages,
      );
      return this.#database.prepare(BOOK).all(page).map(rowOf);
    });
    this.#last = mine.catch(() => undefined);
    return mine;
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
      database.prepare(FORGET).run(nowMs - this.#retentionMs); // Q2
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
        const applied = isApplied ? 1 : 0;
        database
          .prepare(KEEP)
          .run(key, saga, step, round, direction, action, payloadHash, applied, status, body, nowMs);
      },
      takeBack: async () => database.exec('ROLLBACK TO sagastorm_handler'),
    };
  }
}
