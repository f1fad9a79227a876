// The fence's table on PostgreSQL, in the same transaction as the service's own tables.
//
// G1. Calls of one saga wait for one another, by an advisory lock that ends with the transaction; others do not.
// G2. What was not heard of for the retention time is forgotten, a little at every call; by the database's clock.
//     Since when nothing was, or since when there is a table, is kept first, and only what is older is forgotten. It is kept
//     seldom, and by one call while others go on: one row that each call writes would make all of them wait for one another.
// G3. A connection that is lost, or on which something went wrong that a rollback did not mend, is thrown away; the call
//     fails, and nothing of it is kept.
// G4. Each saga has a place in the order of pages, by a hash that is indexed.
// G5. What was waited for must be seen, whatever isolation the database has by default: a snapshot of the time before the lock
//     would not show a tombstone.

import type { Pool, PoolClient } from 'pg';
import { type FenceTable, type FenceTransaction, retentionFrom, rowOf } from './fence-table.ts';
import { type FenceBook, type FencePage, type FencePart, PART_MAX } from './ledger-page.ts';

/** How long a fence on PostgreSQL remembers. */
export interface PostgresFenceOptions {
  /** How long a saga's operations are remembered after its last call, in milliseconds, above 0; default 30 days. */
  readonly retentionMs?: number;
}

/** G4. From 0 to PART_MAX. */
const PART = '(hashtext(saga)::bigint + 2147483648)';
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('sagastorm_fence ' || $1, 0))";
/** Two processes that make the same table at the same time are in each other's way. */
const SCHEMA = `
  SELECT pg_advisory_xact_lock(hashtextextended('sagastorm_fence', 1));
  CREATE TABLE IF NOT EXISTS sagastorm_fence (
    key text NOT NULL, saga text NOT NULL, step text NOT NULL, round integer NOT NULL, direction text NOT NULL,
    action text NOT NULL, payload_hash bigint NOT NULL, is_applied boolean NOT NULL, status integer NOT NULL,
    body text NOT NULL, touched_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (saga, step, round, direction, key)
  );
  CREATE INDEX IF NOT EXISTS sagastorm_fence_age ON sagastorm_fence (touched_at);
  CREATE INDEX IF NOT EXISTS sagastorm_fence_part ON sagastorm_fence (${PART});
  CREATE TABLE IF NOT EXISTS sagastorm_fence_memory (id integer PRIMARY KEY CHECK (id = 1), since timestamptz NOT NULL);
  INSERT INTO sagastorm_fence_memory VALUES (1, now()) ON CONFLICT DO NOTHING;
`;
const TOUCH = 'UPDATE sagastorm_fence SET touched_at = now() WHERE saga = $1';
const FORGET = `WITH
  until AS (SELECT now() - $1 * interval '1 millisecond' AS at),
  raised AS (UPDATE sagastorm_fence_memory SET since = (SELECT at FROM until) WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sagastorm_fence_memory
    WHERE since < (SELECT at FROM until) - least($1 / 100, 60000) * interval '1 millisecond'
    FOR UPDATE SKIP LOCKED)) RETURNING since),
  kept AS (SELECT coalesce((SELECT since FROM raised), (SELECT since FROM sagastorm_fence_memory)) AS since)
  DELETE FROM sagastorm_fence WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM sagastorm_fence WHERE touched_at < (SELECT least(kept.since, until.at) FROM kept, until)
    ORDER BY touched_at LIMIT 10 FOR UPDATE SKIP LOCKED))`;
const FIND = 'SELECT * FROM sagastorm_fence WHERE saga = $1 AND step = $2 AND round = $3';
const MEMORY = `SELECT floor(extract(epoch FROM greatest(now() - $1 * interval '1 millisecond',
  (SELECT since FROM sagastorm_fence_memory))) * 1000)::float8 AS since`;
const PAGE_END = `SELECT ${PART}::float8 AS part FROM sagastorm_fence WHERE ${PART} >= $1
  ORDER BY ${PART} LIMIT 1 OFFSET $2`;
const PAGE = `SELECT * FROM sagastorm_fence WHERE ${PART} >= $1 AND ${PART} <= $2 AND is_applied
  ORDER BY saga, step, round, direction DESC`;
const AFTER_PAGE = `SELECT 1 FROM sagastorm_fence WHERE ${PART} > $1 LIMIT 1`;
const KEEP = `INSERT INTO sagastorm_fence
  (key, saga, step, round, direction, action, payload_hash, is_applied, status, body)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/**
 * Makes the tables `sagastorm_fence` and `sagastorm_fence_memory`, in the first schema of the search path, when they are not there.
 *
 * @throws UserError `bad-retention` when `retentionMs` is not above 0
 * @example
 * const pool = new Pool({ connectionString: process.env.DATABASE_URL });
 * const app = new Hono<FenceEnv<PoolClient>>();
 * app.use('/saga/*', fence(postgresFence(pool)));
 */
export function postgresFence(
  pool: Pick<Pool, 'connect'>,
  options: PostgresFenceOptions = {},
): FenceTable<PoolClient> & FenceBook {
  return new PostgresFence(pool, options);
}

class PostgresFence implements FenceTable<PoolClient>, FenceBook {
  readonly #pool: Pick<Pool, 'connect'>;
  readonly #retentionMs: number;
  #ready: Promise<void> | undefined;

  constructor(pool: Pick<Pool, 'connect'>, { retentionMs }: PostgresFenceOptions) {
    this.#pool = pool;
    this.#retentionMs = retentionFrom(retentionMs);
  }

  async transact<Answer>(
    saga: string,
    work: (transaction: FenceTransaction<PoolClient>) => Promise<Answer>,
  ): Promise<Answer> {
    await this.#prepared();
    return this.#within(async (client) => {
      await client.query(LOCK, [saga]); // G1
      await client.query(TOUCH, [saga]);
      await client.query(FORGET, [this.#retentionMs]); // G2
      await client.query('SAVEPOINT sagastorm_handler');
      return work(transactionOn(client));
    });
  }

  /** What is there when the rows are read is in them, or after them; what was forgotten then is told. */
  async bookPage({ after, rows: rowsAtOnce }: FencePart): Promise<FencePage> {
    await this.#prepared();
    return this.#within(async (client) => {
      const end = await client.query<{ part: number }>(PAGE_END, [after, rowsAtOnce - 1]);
      const last = end.rows[0]?.part ?? PART_MAX;
      const { rows } = await client.query<Record<string, unknown>>(PAGE, [after, last]);
      const { rowCount } = await client.query(AFTER_PAGE, [last]);
      const memory = await client.query<{ since: number }>(MEMORY, [this.#retentionMs]);
      const next = rowCount === 0 ? null : last + 1;
      return { rows: rows.map(rowOf), keptSinceMs: memory.rows[0]!.since, next };
    });
  }

  /** Tried again by the next call when it fails. */
  async #prepared(): Promise<void> {
    this.#ready ??= this.#within(async (client) => void (await client.query(SCHEMA)));
    try {
      await this.#ready;
    } catch (error) {
      this.#ready = undefined;
      throw error;
    }
  }

  async #within<Answer>(work: (client: PoolClient) => Promise<Answer>): Promise<Answer> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    hear(client);
    try {
      await client.query('BEGIN ISOLATION LEVEL READ COMMITTED'); // G5
      const answer = await work(client);
      await client.query('COMMIT');
      return answer;
    } catch (error) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure; // G3
      });
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

/** Whose loss is heard of: connections of a pool come again, and several tables may share them. */
const HEARD = new WeakSet<PoolClient>();

/** With nobody to hear of it, the loss of a connection would end the process; the query under way says it, too. */
function hear(client: PoolClient): void {
  if (HEARD.has(client)) return;
  HEARD.add(client);
  client.on('error', () => undefined);
}

function transactionOn(client: PoolClient): FenceTransaction<PoolClient> {
  return {
    database: client,
    rows: async (saga, step, round) => {
      const { rows } = await client.query<Record<string, unknown>>(FIND, [saga, step, round]);
      return rows.map(rowOf);
    },
    keep: async (row) => {
      const { key, saga, step, round, direction, action, payloadHash, isApplied, status, body } = row;
      const values = [key, saga, step, round, direction, action, payloadHash, isApplied, status, body];
      await client.query(KEEP, values);
    },
    takeBack: async () => void (await client.query('ROLLBACK TO SAVEPOINT sagastorm_handler')),
  };
}
