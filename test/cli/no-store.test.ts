// Who only looks is told when there is no store where they look, and leaves nothing behind: "no saga waits", said of the wrong
// database at night, would be believed.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { url } from '../engine/live/postgres-server.ts';
import { freshFolder, lineByLine } from './sagastorm.ts';

const LOOKING: readonly (readonly string[])[] = [
  ['why'],
  ['why', 'order-1'],
  ['health'],
  ['diagnose', '--all'],
  ['reconcile', '--against', 'bank=book.ndjson'],
  ['store', 'summary'],
  ['store', 'export'],
  ['store', 'export', 'all.ndjson'],
  ['store', 'backup', 'copy'],
  ['store', 'retire', 'old.ndjson', '--days', '0'],
];

async function told(folder: string, where: readonly string[]): Promise<readonly string[]> {
  writeFileSync(join(folder, 'book.ndjson'), '');
  const all = await lineByLine(
    LOOKING.map((words) => [...words, ...where]),
    folder,
  );
  return all.map(({ code, stdout, stderr }) => `${code} ${stdout}${stderr}`);
}

test.each([
  ['is empty', (file: string) => writeFileSync(file, '')],
  ['is neither a store nor an export', (file: string) => writeFileSync(file, '# Read me\n'.repeat(60))],
  ['is the database of another program', (file: string) => strangers(file, 'CREATE TABLE a (b)')],
  ['is the database of another program', (file: string) => strangers(file, 'VACUUM')],
  ['is an export', (file: string) => writeFileSync(file, '{"saga":"s","retiredAtUs":1}\n')],
])('a file that %s is no store, and stays as it is', async (what, make) => {
  const folder = freshFolder();
  const file = join(folder, 'x.db');
  make(file);
  const before = readFileSync(file);
  for (const text of await told(folder, ['--db', 'x.db']))
    expect(text).toContain(`64 sagastorm: there is no store of sagas in x.db: it ${what}`);
  expect(readFileSync(file)).toEqual(before);
  expect(readdirSync(folder).sort()).toEqual(['book.ndjson', 'x.db']);
});

function strangers(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

test('a database without our schema is no store, and gets no table', async () => {
  const folder = freshFolder();
  for (const text of await told(folder, ['--store', 'postgres', '--db', url]))
    expect(text).toContain('64 sagastorm: there is no store of sagas in this database');
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("SELECT FROM pg_namespace WHERE nspname = 'sagastorm'");
  await client.end();
  expect(rows).toHaveLength(0);
  expect(existsSync(join(folder, 'all.ndjson'))).toBe(false);
});
