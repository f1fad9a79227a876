// The fence of real services answers as the fence of the simulator does, whatever the network does to the calls, and what
// it remembers is what was committed: on SQLite, and on PostgreSQL in fence-postgres.test.ts.

import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sqliteFence } from '../../../../engine/fence/http/index.ts';
import { callOf } from '../call-of.ts';
import { anyArrivals, deliverAll, modelOf } from './storm.ts';
import { type Book, Till } from './till.ts';

class SqliteBook implements Book<DatabaseSync> {
  readonly database: DatabaseSync;

  constructor(file = ':memory:') {
    this.database = new DatabaseSync(file);
    this.database.exec('CREATE TABLE IF NOT EXISTS book (line TEXT)');
  }

  async note(database: DatabaseSync, line: string): Promise<void> {
    database.prepare('INSERT INTO book VALUES (?)').run(line);
  }

  async lines(): Promise<readonly string[]> {
    return this.database
      .prepare('SELECT line FROM book ORDER BY rowid')
      .all()
      .map(({ line }) => String(line));
  }
}

function till(book = new SqliteBook(), options = {}) {
  return { book, service: new Till(sqliteFence(book.database, options), book) };
}

test('a storm of calls has the effects and the answers that the fence of the simulator gives', async () => {
  await fc.assert(
    fc.asyncProperty(anyArrivals, async (arrivals) => {
      const { book, service } = till();
      const answers = await deliverAll(service, arrivals);
      const model = modelOf(arrivals);
      expect(answers).toEqual(model.answers);
      expect(await book.lines()).toEqual(model.log);
    }),
    { numRuns: 200 },
  );
});

test('a call that comes many times at once has one effect, and one answer', async () => {
  const { book, service } = till();
  const call = callOf('forward', 'charge', { amount: 1 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => service.send(call)));
  expect(new Set(await Promise.all(answers.map((answer) => answer.text())))).toEqual(
    new Set(['{"for":{"amount":1}}']),
  );
  expect(await book.lines()).toEqual(['charge s-1 step 0']);
});

test('an undo is told what the forward call answered', async () => {
  const { book, service } = till();
  await service.send(callOf('forward', 'charge', { amount: 1 }));
  await service.send(callOf('compensation', 'refund', { amount: 1 }));
  expect(await book.lines()).toEqual(['charge s-1 step 0', 'refund s-1 step 0 of {"for":{"amount":1}}']);
});

test('what a handler wrote before it failed, or refused, is taken back', async () => {
  const { book, service } = till();
  const call = callOf('forward', 'charge', {});
  for (const mood of ['throws', 500, 503, 429, 202, 422] as const) {
    service.mood = mood;
    const { status } = await service.send(call);
    expect(status).toBe(mood === 'throws' ? 500 : mood);
  }
  expect(await book.lines()).toEqual([]);
  service.mood = 200;
  expect((await service.send(call)).status).toBe(422); // the first final no stands
});

test('a process that starts anew remembers, until the retention time is over', async () => {
  let nowMs = 1_000_000;
  const book = new SqliteBook();
  const options = { retentionMs: 1_000, nowMs: () => nowMs };
  const call = callOf('forward', 'charge', {});
  await till(book, options).service.send(call);
  nowMs += 900;
  await till(book, options).service.send(call); // heard of again: kept for as long again
  nowMs += 900;
  await till(book, options).service.send(callOf('forward', 'charge', {}, { saga: 's-2' }));
  expect(await book.lines()).toHaveLength(2);
  await till(book, options).service.send(call);
  expect(await book.lines()).toHaveLength(2);
  nowMs += 1_001;
  await till(book, options).service.send(callOf('forward', 'charge', {}, { saga: 's-3' }));
  expect(book.database.prepare('SELECT DISTINCT saga FROM sagastorm_fence').all()).toEqual([{ saga: 's-3' }]);
});

test.each([
  [{ 'sagastorm-saga': '' }, 'the header sagastorm-saga is missing'],
  [{ 'sagastorm-direction': 'sideways' }, 'sagastorm-direction is neither'],
  [{ 'sagastorm-payload-hash': '7' }, 'not the one that sagastorm-payload-hash was taken of'],
  [{ 'sagastorm-round': 'x' }, 'sagastorm-round is not a whole number'],
  [{ 'idempotency-key': '%' }, 'not percent-encoded'],
])('a request with %j is refused in a sentence, and nobody is asked', async (headers, words) => {
  const { book, service } = till();
  const full = {
    'sagastorm-saga': 's',
    'sagastorm-step': 'a',
    'sagastorm-direction': 'forward',
    'idempotency-key': 'k',
  };
  const response = await service.app.request('/charge', {
    method: 'POST',
    headers: { ...full, ...headers },
    body: '{}',
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(words);
  expect(await book.lines()).toEqual([]);
  expect(await (await service.app.request('/health')).text()).toBe('well');
});
