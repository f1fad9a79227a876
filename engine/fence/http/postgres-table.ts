// The fence's table on PostgreSQL, in the same transaction as the service's own tables.
//
// G1. Calls of one saga wait for one another, by an advisory lock that ends with the transaction; others do not.
// G2. What was not heard of for the retention time is forgotten, a little at every call; by the database's clock.
// G3. A connection that is lost, or on which something went wrong that a rollback did not mend, is thrown away; the call
//     fails, and nothing of it is kept.

import type { Pool, PoolClient } from 'pg';
import { RETENTION_DEFAULT_US } from '../fence.ts';
import { type FenceRow, type FenceTable, type FenceTransaction, rowOf } from './fence-table.ts';
import type { FenceBook, FencePart } from './ledger-page.ts';

/** How long a fence on PostgreSQL remembers. */
export interface PostgresFenceOptions {
  /** How long a saga's operations are remembered after its last call, in milliseconds; default 30 days. */
  readonly retentionMs?: number;
}

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
`;
const TOUCH = 'UPDATE sagastorm_fence SET touched_at = now() WHERE saga = $1';
const FORGET = `DELETE FROM sagastorm_fence WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM sagastorm_fence WHERE touched_at < now() - $1 * interval '1 millisecond'
  ORDER BY touched_at LIMIT 10 FOR UPDATE SKIP LOCKED))`;
const FIND = 'SELECT * FROM sagastorm_fence WHERE saga = $1 AND step = $2 AND round = $3';
const SIZE = `SELECT count(*)::float8 AS rows, floor(extract(epoch FROM now()) * 1000 - $1)::float8 AS since
  FROM sagastorm_fence`;
const BOOK = `SELECT * FROM sagastorm_fence WHERE is_applied AND mod(hashtext(saga)::bigint + 2147483648, $1) = $2
  ORDER BY saga, step, round, direction DESC`;
const KEEP = `INSERT INTO sagastorm_fence
  (key, saga, step, round, direction, action, payload_hash, is_applied, status, body)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/**
 * Makes the table `sagastorm_fence`, in the first schema of the search path, when it is not there.
 *
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
    this.#retentionMs = retentionMs ?? RETENTION_DEFAULT_US / 1_000;
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

  async bookSize(): Promise<{ readonly rows: number; readonly keptSinceMs: number }> {
    await this.#prepared();
    return this.#within(async (client) => {
      const { rows } = await client.query<{ rows: number; since: number }>(SIZE, [this.#retentionMs]);
      return { rows: rows[0]!.rows, keptSinceMs: rows[0]!.since };
    });
  }

  async bookRows({ pages, page }: FencePart): Promise<readonly FenceRow[]> {
    await this.#prepared();
    return this.#within(async (client) => {
      const { rows } = await client.query<Record<string, unknown>>(BOOK, [pages, page]);
      return rows.map(rowOf);
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
      await client.query('BEGIN');
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
