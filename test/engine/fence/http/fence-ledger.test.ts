// A fence's table as a book: it has what the handlers did and nothing else, however calls came; an engine's log agrees with it; and
// what it has forgotten is not taken for lost.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { getRequestListener } from '@hono/node-server';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { fenceLedger, postgresFence, sqliteFence } from '../../../../engine/fence/http/index.ts';
import { defineSaga, isReconciled, policies, reconcile } from '../../../../engine/index.ts';
import { Host, HttpTransport, MemoryStore, serviceBook } from '../../../../engine/live/index.ts';
import { callOf } from '../call-of.ts';
import { effectsOf, ledgerLines } from './ledger-books.ts';
import { anyArrivals, deliverAll } from './storm.ts';
import { type Book, Till } from './till.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface ShopOptions {
  readonly nowMs?: () => number;
  readonly retentionMs?: number;
  readonly rows?: number;
}

function shop(options: ShopOptions = {}, database = new DatabaseSync(':memory:')) {
  database.exec('CREATE TABLE IF NOT EXISTS book (line TEXT)');
  const book: Book<DatabaseSync> = {
    note: async (to, line) => void to.prepare('INSERT INTO book VALUES (?)').run(line),
    lines: async () =>
      database
        .prepare('SELECT line FROM book')
        .all()
        .map(({ line }) => String(line)),
  };
  const table = sqliteFence(database, options);
  const till = new Till(table, book);
  const { rows } = options;
  till.app.get('/ledger/entries', fenceLedger(table, rows === undefined ? {} : { rows }));
  return { till, book, database };
}

async function served(till: Till<DatabaseSync>): Promise<string> {
  const server = createServer(getRequestListener(till.app.fetch));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('however calls come, the book has what the handlers did, each once', async () => {
  await fc.assert(
    fc.asyncProperty(anyArrivals, fc.constantFrom(1, 3, 50_000), async (arrivals, rows) => {
      const { till, book } = shop({ rows });
      await deliverAll(till, arrivals);
      expect((await ledgerLines(till)).lines).toEqual(effectsOf(await book.lines()));
    }),
    { numRuns: 200 },
  );
});

test('pages have all entries once, also when others come between them', async () => {
  const { till, book } = shop({ rows: 10 });
  for (let i = 0; i < 95; i++)
    await till.send(callOf('forward', 'charge', { amount: 1 }, { saga: `s-${i}` }));
  const { lines, pages } = await ledgerLines(till);
  expect([lines, pages]).toEqual([effectsOf(await book.lines()), 10]);
  for (const after of ['-1', '1.5', 'x', '4294967296'])
    expect((await till.app.request(`/ledger/entries?after=${after}`)).status).toBe(400);
});

test('sagas that come between the pages, and calls of others, leave out none and tell none twice', async () => {
  const { till } = shop({ rows: 7 });
  const charge = (saga: string) => till.send(callOf('forward', 'charge', {}, { saga }));
  for (let i = 0; i < 50; i++) await charge(`s-${i}`);
  const seen: string[] = [];
  for (let next: number | null = 0, pages = 0; next !== null; pages++) {
    const answer = await till.app.request(`/ledger/entries?after=${next}`);
    const page = (await answer.json()) as { entries: { saga: string }[]; next: number | null };
    seen.push(...page.entries.map(({ saga }) => saga));
    next = page.next;
    for (let i = 0; i < 50; i += 5) await till.send(callOf('forward', 'charge', {}, { saga: `s-${i}` }));
    await charge(`late-${pages}`);
  }
  expect(seen.filter((saga) => saga.startsWith('s-')).sort()).toEqual(
    Array.from({ length: 50 }, (_, i) => `s-${i}`).sort(),
  );
  expect(new Set(seen).size).toBe(seen.length);
});

test('a page is read from an index: nothing of it grows with the table', async () => {
  const { till, database } = shop({ rows: 10 });
  const asked: string[] = [];
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    asked.push(sql);
    return prepare(sql);
  };
  await till.app.request('/ledger/entries?after=5');
  const plans = asked.flatMap((sql) =>
    prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...Array(sql.split('?').length - 1).fill(1))
      .map(({ detail }) => String(detail)),
  );
  expect(asked.length).toBeGreaterThan(2);
  expect(plans.filter((plan) => plan.startsWith('SCAN') && !plan.includes('_memory'))).toEqual([]);
});

test('a table of an earlier version is paged like any other', async () => {
  const { till, book, database } = shop();
  for (let i = 0; i < 30; i++) await till.send(callOf('forward', 'charge', {}, { saga: `s-${i}` }));
  database.exec(`DROP INDEX sagastorm_fence_part; ALTER TABLE sagastorm_fence DROP COLUMN part;
    DROP TABLE sagastorm_fence_memory`);
  const again = shop({ rows: 4 }, database).till;
  await again.send(callOf('compensation', 'refund', {}, { saga: 's-3' }));
  expect((await ledgerLines(again)).lines).toEqual(effectsOf(await book.lines()));
});

test('no page has less than a row', () => {
  const table = sqliteFence(new DatabaseSync(':memory:'));
  for (const rows of [0, -1, 1.5, Number.NaN])
    expect(() => fenceLedger(table, { rows })).toThrow(expect.objectContaining({ code: 'bad-rows' }));
});

const buy = defineSaga({
  name: 'buy',
  version: 1,
  policy: policies.patient,
  steps: {
    pay: { service: 'till', action: 'charge', compensation: 'refund' },
    send: { service: 'post', action: 'charge', compensation: 'refund', after: ['pay'] },
  },
});

test('an engine on real sockets and two such services agree, and what is not in a book is missed', async () => {
  let nowMs = Date.now() - 3_600_000; // the tables were made before the sagas
  const [till, post] = [shop({ nowMs: () => nowMs }).till, shop({ nowMs: () => nowMs }).till];
  nowMs = Date.now();
  const services = { till: await served(till), post: await served(post) };
  const store = new MemoryStore();
  const transport = new HttpTransport({ services });
  const host = new Host({ store, transport, definitions: [buy] });
  await host.start();
  const end = async (id: string) => (await host.whenEnded(await host.create(buy, { n: 1 }, { id }))).status;
  expect(await end('a')).toBe('completed');
  post.mood = 409;
  expect(await end('b')).toBe('compensated');
  const logs = await Promise.all(['a', 'b'].map((id) => store.logOf(id)));
  const books = [await serviceBook('till', services.till), await serviceBook('post', services.post)];
  const found = reconcile({ logs, books, definitionOf: () => buy });
  expect([isReconciled(found), found.entries, found.unchecked]).toEqual([true, 4, []]);
  expect(books[0]!.entries[0]).toMatchObject({ result: { for: { n: 1 } } });
  const empty = books.map((book) => ({ ...book, entries: [] }));
  const lost = reconcile({ logs, books: empty, definitionOf: () => buy });
  expect(lost.differences.map(({ kind }) => kind)).toEqual(Array(3).fill('logged-not-done'));
  await host.stop();
  transport.close();
});

test('R7: what a fence has forgotten is not lost, and that is said', async () => {
  const DAY_MS = 86_400_000;
  let nowMs = 100 * DAY_MS;
  const { till } = shop({ nowMs: () => nowMs, retentionMs: 30 * DAY_MS });
  await till.send(callOf('forward', 'charge', { amount: 1 }, { saga: 'old', step: 'pay' }));
  nowMs += 31 * DAY_MS;
  await till.send(callOf('forward', 'charge', { amount: 1 }, { saga: 'new', step: 'pay' }));
  const book = await serviceBook('till', await served(till));
  expect(book.entries.map(({ saga }) => saga)).toEqual(['new']);
  const log = (saga: string, atMs: number) =>
    [
      { kind: 'saga-created', definition: 'buy', definitionVersion: 1, input: {} } as const,
      { kind: 'step-requested', step: 'pay' } as const,
      { kind: 'step-applied', step: 'pay' } as const,
    ].map((event, i) => ({ saga, version: i + 1, epoch: 1, atUs: atMs * 1_000, event }));
  const logs = [log('old', 100 * DAY_MS), log('new', nowMs)];
  const found = reconcile({ logs, books: [book], definitionOf: () => buy });
  expect(found).toMatchObject({ sagas: 1, forgotten: 1, differences: [] });
});

describe('since when a fence remembers', () => {
  const DAY_MS = 86_400_000;
  const MARGIN_MS = 60_000;
  let nowMs = 0;
  const clock = () => nowMs;
  const daysKept = async (till: Till<DatabaseSync>) => {
    const { keptSinceUs } = await serviceBook('till', await served(till));
    return Math.round((keptSinceUs! / 1_000 - MARGIN_MS) / DAY_MS);
  };

  test('not since before there was a table', async () => {
    nowMs = 100 * DAY_MS;
    const { till, database } = shop({ nowMs: clock });
    expect(await daysKept(till)).toBe(100);
    nowMs = 110 * DAY_MS;
    expect(await daysKept(shop({ nowMs: clock }, database).till)).toBe(100);
    nowMs = 150 * DAY_MS;
    expect(await daysKept(till)).toBe(120);
    database.exec('DROP TABLE sagastorm_fence_memory'); // as of an earlier version
    expect(await daysKept(shop({ nowMs: clock }, database).till)).toBe(150);
  });

  test('not since before it forgot, though it keeps for longer now', async () => {
    nowMs = 100 * DAY_MS;
    const { till, database } = shop({ nowMs: clock, retentionMs: 5 * DAY_MS });
    await till.send(callOf('forward', 'charge', {}, { saga: 'old' }));
    nowMs = 120 * DAY_MS;
    await till.send(callOf('forward', 'charge', {}, { saga: 'new' }));
    expect(await daysKept(till)).toBe(115);
    expect(await daysKept(shop({ nowMs: clock, retentionMs: 60 * DAY_MS }, database).till)).toBe(115);
  });

  test.each([Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, 1e300, 0.5])(
    'whatever its retention, here %d ms, its book can be read',
    async (retentionMs) => {
      nowMs = 100 * DAY_MS;
      const { till } = shop({ nowMs: clock, retentionMs });
      await till.send(callOf('forward', 'charge', {}, { saga: 'old' }));
      nowMs = 50_000 * DAY_MS;
      await till.send(callOf('forward', 'charge', {}, { saga: 'new' }));
      expect(await daysKept(till)).toBe(retentionMs < 1 ? 50_000 : 100);
      const { lines } = await ledgerLines(till);
      expect(lines).toHaveLength(retentionMs < 1 ? 1 : 2);
    },
  );

  test('and a clock that stands at 1970 is no reason to refuse it', async () => {
    nowMs = -5;
    expect(await daysKept(shop({ nowMs: clock }).till)).toBe(0);
  });

  test.each([0, -1, Number.NaN])('a retention of %d ms is refused', (retentionMs) => {
    const refused = expect.objectContaining({ code: 'bad-retention' });
    expect(() => shop({ retentionMs })).toThrow(refused);
    expect(() => postgresFence({ connect: () => Promise.reject() }, { retentionMs })).toThrow(refused);
  });
});
