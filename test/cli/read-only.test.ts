// Who only looks changes nothing, and needs no right to: a store of an earlier version stays one, a backup keeps its bytes, and a
// user who may only read can look.

import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { Host, PostgresStore, SqliteStore } from '../../engine/live/index.ts';
import { MIGRATIONS as TABLES } from '../../engine/live/postgres-schema.ts';
import { MIGRATIONS } from '../../engine/live/sqlite-file.ts';
import { beside, url } from '../engine/live/postgres-server.ts';
import { order, quick, StageTransport } from '../engine/live/stage.ts';
import { type Ended, ended, freshFolder, line, lineByLine, start } from './sagastorm.ts';

const LOOKING: readonly (readonly string[])[] = [
  ['why'],
  ['why', 's-1'],
  ['health'],
  ['diagnose', '--all'],
  ['reconcile', '--against', `bank=${join('book.ndjson')}`],
  ['store', 'summary'],
  ['store', 'export'],
];
const NOBODY = 65_534;

/** `s-1` has ended, as sagas of a store end. */
async function withSaga(store: SqliteStore | PostgresStore): Promise<void> {
  const transport = new StageTransport();
  const host = new Host({ store, transport, definitions: [order], policy: quick, overridePolicy: true });
  await host.start();
  await host.whenEnded(await host.create(order, {}, { id: 's-1' }));
  await host.stop();
  await store.close();
}

describe('a file', () => {
  /** As version 3 made it. */
  function earlierFile(folder: string): string {
    const file = join(folder, 'sagas.db');
    const db = new DatabaseSync(file);
    for (const statements of MIGRATIONS.slice(0, 3)) db.exec(statements);
    db.exec(`PRAGMA application_id = ${0x53414741}; PRAGMA user_version = 3`);
    db.close();
    return file;
  }

  test('of an earlier version is copied and upgraded when asked, and otherwise stays as it is', async () => {
    const folder = freshFolder();
    const file = earlierFile(folder);
    const before = readFileSync(file);
    const lines = [...LOOKING.filter(([name]) => name !== 'reconcile'), ['store', 'retire', '--days', '0']];
    const told = await lineByLine(
      lines.map((words) => [...words, '--db', 'sagas.db']),
      folder,
    );
    for (const { code, stderr } of told) {
      expect(stderr).toMatch(/earlier version of sagastorm \(its schema is 3.*\n.*store upgrade/);
      expect(code).toBe(64);
    }
    expect(await line(['store', 'backup', 'copy.db', '--db', 'sagas.db'], folder)).toMatchObject({ code: 0 });
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'sagas.db']);
    const upgraded = await lineByLine(
      [
        ['store', 'upgrade', '--db', 'copy.db'],
        ['store', 'upgrade', '--db', 'copy.db'],
        ['why', '--db', 'copy.db'],
      ],
      folder,
    );
    expect(upgraded.map(({ stdout }) => stdout)).toEqual([
      'the store is of this version now\n',
      'nothing to do: the store is of this version\n',
      'No saga waits: all have ended.\n',
    ]);
  });

  test('is not upgraded under an engine that runs on it', async () => {
    const folder = freshFolder();
    const file = earlierFile(folder);
    const engine = new SqliteStore({ file: join(folder, 'sagas.db') });
    engine.open('p', { opened: () => undefined });
    // As if an engine of the earlier version ran on it.
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 4');
    db.close();
    const { code, stderr } = await line(['store', 'upgrade', '--db', 'sagas.db'], folder);
    await engine.close();
    expect(stderr).toContain('an engine runs on');
    expect(code).toBe(64);
  });

  test('is looked at by a user who may write neither it nor its folder', async () => {
    const folder = freshFolder();
    const file = join(folder, 'sagas.db');
    await withSaga(new SqliteStore({ file }));
    const before = readFileSync(file);
    chmodSync(file, 0o444);
    chmodSync(folder, 0o555);
    const isRoot = process.getuid?.() === 0; // whom no mode of a file stops
    const told: Ended[] = [];
    for (const words of LOOKING.filter(([name]) => name !== 'reconcile')) {
      const child = start([...words, '--db', file], '/', {}, [], isRoot ? { uid: NOBODY, gid: NOBODY } : {});
      told.push(await ended(child));
    }
    chmodSync(folder, 0o755);
    expect(told.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(told.map(() => '0 '));
    expect(told.map(({ stdout }) => stdout).join('')).toMatch(/not kept for the next time: /);
    expect(readFileSync(file)).toEqual(before);
    expect(readdirSync(folder).filter((name) => !name.endsWith('-engine'))).toEqual(['sagas.db']);
  });
});

describe('a database', () => {
  test('is looked at by a role that may only read', async () => {
    await beside('DROP SCHEMA IF EXISTS sagastorm CASCADE');
    await withSaga(await PostgresStore.connect({ url }));
    await beside(`CREATE ROLE looker LOGIN PASSWORD 'looker'; GRANT USAGE ON SCHEMA sagastorm TO looker;
                  GRANT SELECT ON ALL TABLES IN SCHEMA sagastorm TO looker`);
    const folder = freshFolder();
    const where = ['--store', 'postgres', '--db', url.replace(/\/\/[^@]+@/, '//looker:looker@')];
    const refused = await line(['store', 'summary', ...where], folder);
    expect(refused.stderr).toMatch(/permission denied.*\n.*GRANT SELECT ON ALL SEQUENCES/);
    await beside('GRANT SELECT ON ALL SEQUENCES IN SCHEMA sagastorm TO looker');
    const lines = LOOKING.filter(([name]) => name !== 'reconcile').map((words) => [...words, ...where]);
    const told = await lineByLine(lines, folder);
    expect(told.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(told.map(() => '0 '));
    expect(told.map(({ stdout }) => stdout).join('')).toMatch(
      /not kept for the next time: .*permission denied/,
    );
    await beside('DROP OWNED BY looker; DROP ROLE looker');
  });

  test('of an earlier version is upgraded when asked, and otherwise stays as it is', async () => {
    await beside(`DROP SCHEMA IF EXISTS sagastorm CASCADE; CREATE SCHEMA sagastorm; SET search_path = sagastorm;
                  CREATE TABLE schema_version (version integer NOT NULL); ${TABLES[0]};
                  INSERT INTO schema_version VALUES (1)`);
    const where = ['--store', 'postgres', '--db', url];
    const lines = LOOKING.filter(([name]) => name !== 'reconcile').map((words) => [...words, ...where]);
    for (const { code, stderr } of await lineByLine(lines, freshFolder())) {
      expect(stderr).toMatch(/earlier version of sagastorm \(its schema is 1.*\n.*store upgrade/);
      expect(code).toBe(64);
    }
    expect(await beside('SELECT version FROM sagastorm.schema_version')).toEqual([{ version: 1 }]);
    const [upgraded, waits] = await lineByLine(
      [
        ['store', 'upgrade', ...where],
        ['why', ...where],
      ],
      freshFolder(),
    );
    expect(upgraded!.stdout).toBe('the store is of this version now\n');
    expect(waits).toMatchObject({ code: 0 });
  });
});
