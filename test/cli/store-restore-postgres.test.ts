// `sagastorm store backup`, `restore`, `rebuild` and `import` on a real PostgreSQL: one transaction, in which what was lost is named
// and made up for, and who wrote before is fenced.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { beforeEach, expect, test } from 'vitest';
import { PostgresStore } from '../../engine/live/index.ts';
import { checkoutByCard } from '../../scenarios/three-am.ts';
import { url } from '../engine/live/postgres-server.ts';
import { appendAll, appendOf, COMPLETED, CREATED } from '../engine/live/store-asking.ts';
import { DEFINITIONS, INPUT, open, shop } from './shop.ts';

const ON = () => ['--store', 'postgres', '--db', url];

beforeEach(() => sql('DROP SCHEMA IF EXISTS sagastorm CASCADE'));

async function sql<Row extends object>(text: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const asked = (saga: string) =>
  JSON.stringify({ saga, definition: 'checkout-card', version: 1, input: INPUT });
/** The log without what a new writer changes. */
const plain = (text: string) => text.replaceAll(/"epoch":\d+,/g, '');

test('a backup is restored: what it lacks is named, made up for, and ends', async () => {
  const it = await shop();
  const on = [...ON(), ...DEFINITIONS, ...it.against];
  await it.working(url, async (worker, store) => {
    const create = (id: string) => worker.create(checkoutByCard, INPUT, { id });
    const whenEnded = async (id: string) => (await worker.hostOf(id)).whenEnded(id);
    for (const id of ['old', 'kept']) await whenEnded(await create(id));
    await store.remove('old');
    await it.take('card');
    await create('open');
    while (!(await store.logOf('open')).some(({ event }) => event.kind === 'step-retry-scheduled'))
      await delay(10);
    const backup = await it.run('store', 'backup', 'backups/all.ndjson', ...ON());
    expect(backup).toMatchObject({ code: 0, stderr: '' });
    expect(backup.stdout).toBe('backups/all.ndjson is all sagas, event by event, as of one moment\n');
    await it.bring('card', 'payment');
    for (const id of ['late', 'lost-1', 'lost-2']) await create(id);
    for (const id of ['open', 'late', 'lost-1', 'lost-2'])
      expect(await whenEnded(id)).toMatchObject({ status: 'completed' });
    await store.remove('late');

    const refused = await it.run('store', 'restore', 'backups/all.ndjson', ...on);
    expect([refused.code, refused.stdout]).toEqual([64, '']);
    expect(refused.stderr).toContain(`on the database there runs ${worker.name}`);
    expect(refused.stderr).toContain('--force');
    expect((await it.run('store', 'rebuild', ...on)).stderr).toContain('there runs');
  });

  writeFileSync(join(it.folder, 'asked.ndjson'), ['lost-1', 'lost-2'].map(asked).join('\n'));
  const was = (await it.run('store', 'export', ...ON())).stdout;
  const words = ['store', 'restore', 'backups/all.ndjson', ...on, '--inputs', 'asked.ndjson'];
  const restored = await it.run(...words);
  expect([restored.code, restored.stderr]).toEqual([0, '']);
  expect(restored.stdout).toMatch(
    /\nAll of it is committed\.\nthe database is backups\/all\.ndjson again: 2 sagas, as of 20/,
  );
  expect(restored.stdout).toMatch(/What was there is backups\/all\.ndjson\.before-restore\n$/);
  expect(restored.stdout).toMatch(/✗ open running\n +done-not-logged "order" · orders/);
  for (const id of ['lost-1', 'lost-2']) expect(restored.stdout).toContain(`✗ ${id} not in the log`);
  expect(restored.stdout).not.toContain('✗ late');
  expect(restored.stdout).toMatch(
    /After it:\n ✓ 4 sagas, 12 operations, 18 entries: the books and the log agree/,
  );
  expect(restored.stdout).toContain('their logs were retired: 2 sagas with 6 entries');
  expect(restored.stdout + restored.stderr).not.toContain('for-tests'); // the password
  expect(readFileSync(join(it.folder, 'backups/all.ndjson.before-restore'), 'utf8')).toBe(was);

  await it.working(url, async (worker) => {
    for (const id of ['kept', 'open', 'lost-1', 'lost-2'])
      expect(await (await worker.hostOf(id)).whenEnded(id)).toMatchObject({ status: 'completed' });
  });
  const reconciled = await it.run('reconcile', ...on);
  expect(reconciled.stdout).toMatch(/^ ✓ 4 sagas, 12 operations, 18 entries: the books and the log agree\n/);
  // What was there can be put back as well.
  await it.run('store', 'restore', 'backups/all.ndjson.before-restore', ...ON());
  const again = (await it.run('store', 'export', ...ON())).stdout;
  expect(plain(again).split('\n').sort()).toEqual(plain(was).split('\n').sort());
});

test('with --force it is done beside an engine, which is fenced', async () => {
  const it = await shop();
  const store = await PostgresStore.connect({ url });
  open.push(store);
  const epoch = await new Promise<number>((resolve) => store.open('main', { opened: resolve }));
  expect(await appendAll(store, [appendOf('s', epoch, [CREATED])])).toEqual(['appended']);
  await it.run('store', 'backup', 'all.ndjson', ...ON());
  const words = ['store', 'restore', 'all.ndjson', ...ON()];
  const refused = await it.run(...words);
  expect([refused.code, refused.stderr]).toEqual([
    64,
    expect.stringContaining('an engine runs on the database'),
  ]);
  const forced = await it.run(...words, '--force');
  expect([forced.code, forced.stderr]).toEqual([0, '']);
  const late = appendOf('s', epoch, [COMPLETED], { expectedVersion: 1 });
  expect(await appendAll(store, [late])).toEqual(['append-fenced']);
  expect(await sql(`SELECT partition FROM sagastorm.sagas`)).toEqual([{ partition: 'main' }]); // it stays where it was
});

test('a database that is gone is rebuilt from the books alone, and workers go on with it', async () => {
  const it = await shop();
  await it.working(url, async (worker) => {
    for (const id of ['a', 'b'])
      await (await worker.hostOf(id)).whenEnded(await worker.create(checkoutByCard, INPUT, { id }));
  });
  await sql('DROP SCHEMA sagastorm CASCADE');
  writeFileSync(join(it.folder, 'asked.ndjson'), ['a', 'b'].map(asked).join('\n'));
  const words = ['store', 'rebuild', ...ON(), ...DEFINITIONS, ...it.against, '--inputs', 'asked.ndjson'];
  const rebuilt = await it.run(...words);
  expect([rebuilt.code, rebuilt.stderr]).toEqual([0, '']);
  expect(rebuilt.stdout).toMatch(
    /After it:\n ✓ 2 sagas, 6 operations, 6 entries: the books and the log agree\n$/,
  );
  await it.working(url, async (worker) => {
    for (const id of ['a', 'b'])
      expect(await (await worker.hostOf(id)).whenEnded(id)).toMatchObject({ status: 'completed' });
    const id = await worker.create(checkoutByCard, INPUT, { id: 'c' });
    expect(await (await worker.hostOf(id)).whenEnded(id)).toMatchObject({ status: 'completed' });
  });
});

test('what was exported from a file is imported into a database, and not twice', async () => {
  const it = await shop();
  await it.driven(async (host, store) => {
    for (const id of ['a', 'b', 'gone'])
      await host.whenEnded(await host.create(checkoutByCard, INPUT, { id }));
    await store.remove('gone');
  });
  await it.run('store', 'export', 'all.ndjson', '--db', 'sagas.db');
  const imported = await it.run('store', 'import', 'all.ndjson', ...ON());
  expect([imported.stdout, imported.stderr]).toEqual(['the database has 2 sagas\n', '']);
  const exported = await it.run('store', 'export', ...ON());
  expect(plain(exported.stdout)).toBe(plain(readFileSync(join(it.folder, 'all.ndjson'), 'utf8')));
  const twice = await it.run('store', 'import', 'all.ndjson', ...ON());
  expect([twice.code, twice.stderr]).toEqual([
    64,
    expect.stringContaining('the database has 2 sagas already'),
  ]);
  const partitions = await sql<{ partition: string }>('SELECT DISTINCT partition FROM sagastorm.sagas');
  for (const { partition } of partitions) expect(partition).toMatch(/^part-\d$/);
});

test('what fails in the middle has changed nothing', async () => {
  const it = await shop();
  await it.working(url, async (worker) => {
    await (await worker.hostOf('a')).whenEnded(await worker.create(checkoutByCard, INPUT, { id: 'a' }));
  });
  const was = (await it.run('store', 'export', ...ON())).stdout;
  await it.run('store', 'backup', 'all.ndjson', ...ON());
  const epochs = () => sql('SELECT name, epoch FROM sagastorm.partitions ORDER BY name');
  const before = await epochs();
  const bad = `${'x'.repeat(501)}`;
  const line = JSON.stringify({ saga: bad, version: 1, epoch: 1, atUs: 5, event: CREATED });
  writeFileSync(
    join(it.folder, 'bad.ndjson'),
    `${readFileSync(join(it.folder, 'all.ndjson'), 'utf8')}${line}\n`,
  );
  const unstorable = await it.run('store', 'restore', 'bad.ndjson', ...ON());
  expect([unstorable.code, unstorable.stderr]).toEqual([64, expect.stringContaining('could not be written')]);
  const text = await it.run('store', 'restore', 'nothing.ndjson', ...ON());
  expect(text.stderr).toContain('there is no backup nothing.ndjson');
  await it.take('card');
  const away = await it.run('store', 'restore', 'all.ndjson', ...ON(), ...DEFINITIONS, ...it.against);
  expect([away.code, away.stdout]).toEqual([2, '']);
  expect((await it.run('store', 'export', ...ON())).stdout).toBe(was);
  expect(await epochs()).toEqual(before);
  expect(existsSync(join(it.folder, 'all.ndjson.before-restore'))).toBe(false);
});
