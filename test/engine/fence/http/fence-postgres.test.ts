// The fence's table on a real PostgreSQL: the same storm as on SQLite, and what only several connections can do.

import fc from 'fast-check';
import { Pool, type PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fenceLedger, postgresFence } from '../../../../engine/fence/http/index.ts';
import { startPostgres, type TemporaryPostgres } from '../../live/temporary-postgres.ts';
import { callOf } from '../call-of.ts';
import { effectsOf, ledgerLines } from './ledger-books.ts';
import { anyArrivals, deliverAll, modelOf } from './storm.ts';
import { type Book, Till } from './till.ts';

let server: TemporaryPostgres | undefined;
let pool: Pool;
const closed: Promise<unknown>[] = [];

beforeAll(async () => {
  server = await startPostgres();
  pool = new Pool({ connectionString: server.url, max: 10 });
  pool.on('connect', (client) => closed.push(new Promise((ended) => client.once('end', ended))));
  await pool.query('CREATE TABLE book (no serial, line text)');
});

afterAll(async () => {
  await pool?.end();
  await Promise.all(closed); // the pool does not wait for it
  await server?.stop();
});

const book: Book<PoolClient> = {
  note: async (client, line) => void (await client.query('INSERT INTO book (line) VALUES ($1)', [line])),
  lines: async () => (await pool.query('SELECT line FROM book ORDER BY no')).rows.map(({ line }) => line),
};

async function emptied(): Promise<void> {
  await pool.query('TRUNCATE book');
  await pool.query('TRUNCATE sagastorm_fence').catch(() => undefined); // before the first call there is none
}

test('a storm of calls has the effects and the answers that the fence of the simulator gives', async () => {
  await fc.assert(
    fc.asyncProperty(anyArrivals, async (arrivals) => {
      await emptied();
      const model = modelOf(arrivals);
      const table = postgresFence(pool);
      const till = new Till(table, book);
      till.app.get('/ledger/entries', fenceLedger(table, { rows: 3 }));
      expect(await deliverAll(till, arrivals)).toEqual(model.answers);
      expect(await book.lines()).toEqual(model.log);
      expect((await ledgerLines(till)).lines).toEqual(effectsOf(model.log));
    }),
    { numRuns: 40 },
  );
});

test('calls that come at once through several processes have one effect each', async () => {
  await emptied();
  const tills = [new Till(postgresFence(pool), book), new Till(postgresFence(pool), book)];
  const calls = ['s-1', 's-2', 's-3'].flatMap((saga) =>
    Array.from({ length: 8 }, () => callOf('forward', 'charge', {}, { saga })),
  );
  const answers = await Promise.all(calls.map((call, i) => tills[i % 2]!.send(call)));
  expect(answers.map(({ status }) => status)).toEqual(calls.map(() => 200));
  expect([...(await book.lines())].sort()).toEqual(
    ['s-1', 's-2', 's-3'].map((saga) => `charge ${saga} step 0`),
  );
});

test('a forward call that meets its undo has no effect that stands alone', async () => {
  await emptied();
  const till = new Till(postgresFence(pool), book);
  for (let i = 0; i < 20; i++) {
    const saga = `m-${i}`;
    const both = [callOf('compensation', 'refund', {}, { saga }), callOf('forward', 'charge', {}, { saga })];
    await Promise.all((i % 2 === 0 ? both : both.reverse()).map((call) => till.send(call)));
  }
  const of = (word: string, lines: readonly string[]) =>
    lines.filter((line) => line.startsWith(word)).map((line) => line.split(' ')[1]);
  const lines = await book.lines();
  expect(of('refund', lines)).toEqual(of('charge', lines));
});

test('G5: a database whose transactions see one moment only is no way around a tombstone', async () => {
  await emptied();
  const options = encodeURIComponent('-c default_transaction_isolation=repeatable\\ read');
  const ofOneMoment = new Pool({ connectionString: `${server!.url}&options=${options}`, max: 4 });
  try {
    const till = new Till(postgresFence(ofOneMoment), book);
    await till.send(callOf('forward', 'charge', {}, { saga: 'other' })); // the tables are there
    const holder = await pool.connect();
    await holder.query(
      "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('sagastorm_fence ' || 's-1', 0))",
    );
    const waiting = "SELECT count(*)::integer AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    const until = async (n: number) => {
      const isSo = async () => (await pool.query<{ n: number }>(waiting)).rows[0]!.n === n;
      for (let i = 0; i < 10_000 && !(await isSo()); i++);
    };
    const undo = till.send(callOf('compensation', 'refund', {}));
    await until(1);
    const late = till.send(callOf('forward', 'charge', {}));
    await until(2);
    await holder.query('COMMIT');
    holder.release();
    expect([(await undo).status, (await late).status]).toEqual([204, 409]);
    expect(await book.lines()).toEqual(['charge other step 0']);
  } finally {
    await ofOneMoment.end();
  }
});

test('a connection that is lost in the middle costs one answer, and no more', async () => {
  await emptied();
  const call = callOf('forward', 'charge', {});
  let isCut = false;
  const cutting: Book<PoolClient> = {
    ...book,
    note: async (client, line) => {
      await book.note(client, line);
      if (isCut) return;
      isCut = true;
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      await pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    },
  };
  const till = new Till(postgresFence(pool), cutting);
  expect((await till.send(call)).status).toBe(500);
  expect(await book.lines()).toEqual([]);
  expect((await till.send(call)).status).toBe(200);
  expect(await book.lines()).toEqual(['charge s-1 step 0']);
});

test('what nobody asked for in the retention time is forgotten', async () => {
  await emptied();
  await new Till(postgresFence(pool), book).send(callOf('forward', 'charge', {}, { saga: 'old' }));
  await pool.query("UPDATE sagastorm_fence SET touched_at = now() - interval '2 seconds'");
  const till = new Till(postgresFence(pool, { retentionMs: 1_000 }), book);
  await till.send(callOf('forward', 'charge', {}, { saga: 'new' }));
  expect((await pool.query('SELECT saga FROM sagastorm_fence')).rows).toEqual([{ saga: 'new' }]);
});

describe('since when it remembers', () => {
  const sinceMs = async (retentionMs: number) => {
    const table = postgresFence(pool, { retentionMs });
    await new Till(table, book).send(callOf('forward', 'charge', {}, { saga: `at-${retentionMs}` }));
    return (await table.bookPage({ after: 0, rows: 10 })).keptSinceMs;
  };
  const begin = (hoursAgo: number) =>
    pool.query(`DROP TABLE IF EXISTS sagastorm_fence_memory; CREATE TABLE sagastorm_fence_memory AS
      SELECT 1 AS id, now() - interval '${hoursAgo} hours' AS since;
      ALTER TABLE sagastorm_fence_memory ADD PRIMARY KEY (id)`);
  const HOUR_MS = 3_600_000;
  const hoursAgo = (ms: number) => Math.round((Date.now() - ms) / HOUR_MS);

  test('not since before there was a table, however long it keeps', async () => {
    await emptied();
    await pool.query('DROP TABLE IF EXISTS sagastorm_fence_memory'); // as of an earlier version
    expect(hoursAgo(await sinceMs(24 * HOUR_MS))).toBe(0);
    await begin(10);
    const forever = [Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER];
    for (const retentionMs of [24 * HOUR_MS, ...forever])
      expect(hoursAgo(await sinceMs(retentionMs))).toBe(10);
  });

  test('not since before it forgot, though it keeps for longer now', async () => {
    await emptied();
    await begin(100);
    await pool.query("UPDATE sagastorm_fence SET touched_at = now() - interval '50 hours'");
    expect(hoursAgo(await sinceMs(20 * HOUR_MS))).toBe(20);
    expect(hoursAgo(await sinceMs(90 * HOUR_MS))).toBe(20);
  });

  test('a call that forgets does not keep others waiting while its handler works', async () => {
    await emptied();
    await begin(100);
    const table = postgresFence(pool, { retentionMs: HOUR_MS });
    const [entered, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = table.transact('slow', async () => {
      entered.resolve();
      await left.promise;
    });
    await entered.promise;
    await table.transact('quick', async () => undefined);
    left.resolve();
    await slow;
  });
});
