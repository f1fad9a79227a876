// What is done to a database after a loss, on a real PostgreSQL: nobody is in the way of who reads, no engine goes unseen, and what is
// not known is said.

import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inPostgresTransaction, LogWriter, type PostgresStore } from '../../../engine/live/index.ts';
import { beside, connect, schema, url } from './postgres-server.ts';
import { appendAll, appendOf, COMPLETED, CREATED } from './store-asking.ts';

async function storeOf(...sagas: readonly string[]): Promise<PostgresStore> {
  const store = await connect();
  const writer = new LogWriter(store);
  for (const saga of sagas)
    await writer.append({ saga, expectedVersion: 0, atUs: 1, events: [CREATED, COMPLETED] });
  return store;
}

async function linesOf(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

const forced = () => ({ url, schema, force: true });
const idsIn = async (store: Pick<PostgresStore, 'find'>) =>
  (await store.find({ limit: 10 })).sagas.map(({ saga }) => saga);

test('who reads while all is replaced has what was there before; so has a backup that begins then', async () => {
  const store = await storeOf('a', 'b');
  const read = await inPostgresTransaction(forced(), async (changed) => {
    await changed.clear();
    expect(await idsIn(changed)).toEqual([]);
    return [await idsIn(store), (await linesOf(store.export())).length];
  });
  expect(read).toEqual([['b', 'a'], 4]);
  expect(await linesOf(store.export())).toEqual([]);
});

test('a backup that waits for the transaction is one of before it, or of after it', async () => {
  const store = await storeOf('a', 'b');
  let backup: Promise<readonly string[]> | undefined;
  await inPostgresTransaction(forced(), async (changed) => {
    await changed.clear();
    backup = linesOf(store.export());
    await delay(200); // it has its snapshot
  });
  expect(await backup).toHaveLength(4);
});

test('whose name was taken again since a backup is lost, and not retired', async () => {
  const store = await storeOf('order-7', 'order-8');
  for (const saga of ['order-7', 'order-8']) await store.remove(saga);
  const then = await store.retiredAmong(['order-7', 'order-8']);
  await storeOf('order-7');
  await inPostgresTransaction(forced(), async (changed) => {
    await changed.clear();
    await changed.noteRetired(then);
  });
  expect([...(await store.retiredAmong(['order-7', 'order-8'])).keys()]).toEqual(['order-8']);
});

test('an engine that has lost its connections, and made one anew, is seen', async () => {
  const store = await connect();
  const epoch = await new Promise<number>((resolve) => store.open('main', { opened: resolve }));
  await beside("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sagastorm'");
  const append = () => appendAll(store, [appendOf('s', epoch, [CREATED])]);
  for (let answers = await append(); !answers.includes('appended'); answers = await append()) {
    if (answers.includes('append-conflict')) break; // an earlier one was written, and nobody was told
    await delay(100);
  }
  const done = inPostgresTransaction({ url, schema }, async () => undefined);
  await expect(done).rejects.toMatchObject({ code: 'engine-running' });
});

test('who loses the database while it commits is told that nobody knows', async () => {
  await storeOf('a');
  await beside(`
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON removals DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION slow()`);
  const done = inPostgresTransaction(forced(), (changed) => changed.clear());
  const told = expect(done).rejects.toMatchObject({
    code: 'store-unreachable',
    message: expect.stringContaining('nobody knows whether it was committed'),
  });
  const cut =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active'";
  while ((await beside(cut)).length === 0) await delay(20);
  await told;
});

test('who loses the database before is told that nothing has changed', async () => {
  const store = await storeOf('a');
  const done = inPostgresTransaction(forced(), async (changed) => {
    await changed.clear();
    await beside(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'",
    );
    await changed.clear();
  });
  await expect(done).rejects.toMatchObject({
    code: 'store-unreachable',
    message: expect.stringContaining('the database is as it was'),
  });
  expect(await idsIn(store)).toEqual(['a']);
});
