// A fence's table as a book: it has what the handlers did and nothing else, however calls came; an engine's log agrees with it; and
// what it has forgotten is not taken for lost.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { getRequestListener } from '@hono/node-server';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { fenceLedger, sqliteFence } from '../../../../engine/fence/http/index.ts';
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

function shop(options: { nowMs?: () => number; retentionMs?: number; rows?: number } = {}) {
  const database = new DatabaseSync(':memory:');
  database.exec('CREATE TABLE book (line TEXT)');
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
  return { till, book };
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
  for (const after of ['-1', '1.5', 'x', '7'])
    expect((await till.app.request(`/ledger/entries?after=${after}`)).status).toBe(400);
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
  const [till, post] = [shop().till, shop().till];
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
