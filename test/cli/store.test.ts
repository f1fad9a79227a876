// `sagastorm store`: copies, exports and archives of a real file, while somebody else has it open.

import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Host, SqliteStore } from '../../engine/live/index.ts';
import { order, quick, StageTransport } from '../engine/live/stage.ts';
import { ended, freshFolder, line, lineByLine, start } from './sagastorm.ts';

/** A store in use, in which three sagas have ended. */
async function storeInUse(): Promise<{ folder: string; file: string; close(): Promise<void> }> {
  const folder = freshFolder();
  const file = join(folder, 'sagas.db');
  const store = new SqliteStore({ file });
  const transport = new StageTransport();
  const host = new Host({ store, transport, definitions: [order], policy: quick, overridePolicy: true });
  await host.start();
  for (const id of ['s-1', 's-2', 's-3']) await host.whenEnded(await host.create(order, {}, { id }));
  return { folder, file, close: () => host.stop().then(() => store.close()) };
}

test('a reader who leaves an export early is no error', async () => {
  const { folder, file, close } = await storeInUse();
  await close();
  const child = start(['store', 'export', '--db', file], folder);
  child.stdout!.destroy();
  expect(await ended(child)).toMatchObject({ code: 0, stderr: '' });
});

test('backup, export and retire work beside the server', async () => {
  const { folder, file, close } = await storeInUse();
  const on = ['--db', file];
  expect(await line(['store', 'backup', 'copy.db', ...on], folder)).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect(await line(['store', 'export', '--db', 'copy.db'], folder)).toMatchObject({ code: 0 });
  const { code, stdout } = await line(['store', 'export', ...on], folder);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { saga: string });
  expect(code).toBe(0);
  expect(new Set(events.map(({ saga }) => saga))).toEqual(new Set(['s-1', 's-2', 's-3']));
  const kept = await line(['store', 'retire', 'old.ndjson', ...on], folder);
  expect(kept.stdout).toBe('0 sagas that ended more than 30 days ago moved to old.ndjson\n');
  const gone = await line(['store', 'retire', 'old.ndjson', '--days', '0', ...on], folder);
  expect(gone.stdout).toBe('3 sagas that ended more than 0 days ago moved to old.ndjson\n');
  expect(readFileSync(join(folder, 'old.ndjson'), 'utf8')).toBe(stdout);
  const left = (await line(['store', 'export', ...on], folder)).stdout.trim().split('\n');
  const retired = left.map((line) => JSON.parse(line) as unknown);
  expect(retired).toEqual(['s-1', 's-2', 's-3'].map((saga) => ({ saga, retiredAtUs: expect.any(Number) })));
  for (const command of ['why', 'diagnose']) {
    const { code, stderr } = await line([command, 's-1', ...on], folder);
    expect([command, code, stderr]).toEqual([
      command,
      64,
      expect.stringMatching(/saga "s-1" had ended, and its log was retired at \d{4}-/),
    ]);
  }
  await close();
});

test('summary says where sagas stand, goes on where it was, and begins anew when asked', async () => {
  const { folder, file, close } = await storeInUse();
  const on = ['--db', file];
  const first = await line(['store', 'summary', ...on], folder);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toMatch(/^ No saga is open, .*\n\n {3}\d+ events read from the beginning · as of/);
  const store = new SqliteStore({ file });
  store.open('p', {
    opened(epoch) {
      const events = [
        { kind: 'saga-created', definition: 'order', definitionVersion: 1, input: {} },
        { kind: 'step-requested', step: 'pay' },
      ] as const;
      const append = { saga: 's-4', number: 1, expectedVersion: 0, epoch, atUs: 1_000_000, events };
      store.append({ kind: 'append', ...append }, { input: () => undefined });
    },
  });
  await store.close();
  const row = {
    definition: 'order',
    status: 'running',
    step: 'pay',
    count: 1,
    oldestCreatedAtUs: 1_000_000,
  };
  const json = await line(['store', 'summary', '--json', ...on], folder);
  const summary = JSON.parse(json.stdout) as { folded: number; position: number };
  expect(summary).toMatchObject({
    view: 'saga-state-summary',
    version: 1,
    folded: 2,
    isRebuilt: false,
    rows: [row],
  });
  const text = await line(['store', 'summary', ...on], folder);
  expect(text.stdout).toMatch(/ order +running +pay +1 +\S+ \S+ +1970-01-01T00:00:01.000Z/);
  expect(text.stdout).toContain('0 events read since the last time');
  const anew = await line(['store', 'summary', '--from-beginning', '--json', ...on], folder);
  expect(JSON.parse(anew.stdout)).toMatchObject({
    isRebuilt: true,
    position: summary.position,
    rows: [row],
  });
  await close();
});

test.each([
  ['nothing to do', ['store'], 'store needs to know what to do'],
  ['what it does not know', ['store', 'copy'], 'store does not know "copy"'],
  ['no file to back up to', ['store', 'backup', '--db', 'made.db'], 'store backup needs the file to write'],
  [
    'a folder that is not there',
    ['store', 'export', 'none/all.ndjson', '--db', 'made.db'],
    'none/all.ndjson could not be written (ENOENT)',
  ],
  ['no file to write', ['store', 'export', '--db', 'none.db'], 'there is no store none.db'],
  ['a word too many', ['store', 'summary', 'a'], '"a"'],
  ['too many words', ['store', 'retire', 'a', 'b'], '"b"'],
])('%s is refused in one sentence, and nothing is made', async (_what, words, sentence) => {
  const folder = freshFolder();
  await new SqliteStore({ file: join(folder, 'made.db') }).close();
  const { code, stderr } = await line(words, folder);
  expect(code).toBe(64);
  expect(stderr).toContain(sentence);
  expect(existsSync(join(folder, 'none.db'))).toBe(false);
});

/** Links to it, as a person may have made them. */
function linked(folder: string): void {
  symlinkSync('sagas.db', join(folder, 'link.db'));
  linkSync(join(folder, 'sagas.db'), join(folder, 'hard.db'));
}

test.each([
  ['backup', 'sagas.db'],
  ['backup', './sagas.db'],
  ['backup', 'link.db'],
  ['backup', 'hard.db'],
  ['backup', 'sagas.db-wal'],
  ['export', 'sagas.db'],
  ['export', 'link.db'],
  ['export', 'sagas.db-engine'],
  ['retire', 'sagas.db'],
  ['retire', 'link.db'],
  ['retire', 'sagas.db-engine'],
])('%s never goes to its own store: %s', async (act, target) => {
  const { folder, file, close } = await storeInUse();
  linked(folder);
  const before = await line(['store', 'export', '--db', file], folder);
  const days = act === 'retire' ? ['--days', '0'] : ['--force'];
  const { code, stderr } = await line(['store', act, target, '--db', 'sagas.db', ...days], folder);
  expect([code, stderr]).toEqual([64, expect.stringContaining(`${target} is the store sagas.db itself`)]);
  await close();
  expect((await line(['store', 'export', '--db', file], folder)).stdout).toBe(before.stdout);
});

test('what is there already is replaced with --force only, and only when it is ours', async () => {
  const { folder, close } = await storeInUse();
  const on = ['--db', 'sagas.db'];
  const run = (...words: string[]) => line(['store', ...words, ...on], folder);
  writeFileSync(join(folder, 'README.md'), '# Read me\n');
  for (const act of ['backup', 'export']) {
    for (const force of [[], ['--force']]) {
      const { code, stderr } = await run(act, 'README.md', ...force);
      expect([code, stderr]).toEqual([
        64,
        expect.stringContaining('README.md is there already, and is neither'),
      ]);
    }
  }
  const retired = await run('retire', 'README.md', '--days', '0');
  expect([retired.code, retired.stderr]).toEqual([64, expect.stringContaining('cannot be an archive')]);
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe('# Read me\n');

  for (const [act, target, other] of [
    ['backup', 'copy.db', 'all.ndjson'],
    ['export', 'all.ndjson', 'copy.db'],
  ] as const) {
    expect(await run(act, target)).toMatchObject({ code: 0 });
    const refused = await run(act, target);
    expect([refused.code, refused.stderr]).toEqual([
      64,
      expect.stringContaining('or replace it with --force'),
    ]);
    expect(await run(act, target, '--force')).toMatchObject({ code: 0, stderr: '' });
    if (existsSync(join(folder, other))) expect(await run(act, other, '--force')).toMatchObject({ code: 64 });
  }
  const all = (await run('export')).stdout;
  expect(readFileSync(join(folder, 'all.ndjson'), 'utf8')).toBe(all);
  expect((await line(['store', 'export', '--db', 'copy.db'], folder)).stdout).toBe(all);
  expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual([]);
  await close();
});

test('a store on which an engine runs is no place for a backup of another', async () => {
  const [one, other] = [await storeInUse(), await storeInUse()];
  const { code, stderr } = await line(['store', 'backup', other.file, '--db', one.file, '--force']);
  expect([code, stderr]).toEqual([64, expect.stringContaining('an engine runs on')]);
  await one.close();
  await other.close();
});

test('what an older backup has in its WAL is no part of the one that replaces it', async () => {
  const { folder, close } = await storeInUse();
  const script = `
    const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync('copy.db');
    db.exec("PRAGMA journal_mode = WAL; UPDATE sagas SET id = id || '-old'");
    process.kill(process.pid, 'SIGKILL');`;
  const on = ['--db', 'sagas.db'];
  await line(['store', 'backup', 'copy.db', ...on], folder);
  spawnSync(process.execPath, ['-e', script], { cwd: folder });
  expect(existsSync(join(folder, 'copy.db-wal'))).toBe(true);
  expect(await line(['store', 'backup', 'copy.db', '--force', ...on], folder)).toMatchObject({
    code: 0,
  });
  const { stdout } = await line(['store', 'export', '--db', 'copy.db'], folder);
  expect(stdout).toBe((await line(['store', 'export', ...on], folder)).stdout);
  await close();
});

test('what is no backup is named, and the store stays as it is', async () => {
  const { folder, close } = await storeInUse();
  await close();
  const db = new DatabaseSync(join(folder, 'other.db'));
  db.exec('CREATE TABLE a (b)');
  db.close();
  writeFileSync(join(folder, 'README.md'), '# Read me');
  const on = ['--db', 'sagas.db'];
  const pg = ['--store', 'postgres', '--db', 'postgres://127.0.0.1:1/none'];
  const ends = await lineByLine(
    [
      ['store', 'export', 'all.ndjson', ...on],
      ['store', 'restore', 'README.md', ...on],
      ['store', 'restore', 'other.db', ...on],
      ['store', 'restore', 'all.ndjson', ...on],
      ['store', 'restore', 'sagas.db', ...pg],
      ['store', 'import', 'sagas.db', '--db', 'new.db'],
    ],
    folder,
  );
  const [, ...refused] = ends.map(({ code, stderr }) => `${code} ${stderr.replaceAll(/\s+/g, ' ')}`);
  expect(refused).toEqual([
    expect.stringMatching(/^64 sagastorm: README\.md is no backup of a store: it is neither/),
    expect.stringMatching(/^64 sagastorm: other\.db is no backup of a store: it is the database of another/),
    expect.stringMatching(/^64 sagastorm: all\.ndjson is no backup .* `sagastorm store import`/),
    expect.stringMatching(/^64 sagastorm: sagas\.db is no export of sagas: it is a SQLite store/),
    expect.stringMatching(/^64 sagastorm: sagas\.db is no export of sagas: it is a SQLite store/),
  ]);
  expect(readdirSync(folder).filter((name) => /restor|new/.test(name))).toEqual([]);
});

test.each([
  ['events that are no JSON', "UPDATE batches SET events = 'garbage' WHERE no = 1"],
  ['events that are no list', "UPDATE batches SET events = '{}' WHERE no = 1"],
  ['a table that is gone', 'DROP TABLE batches'],
  ['a first event that is gone', "UPDATE batches SET events = '[{}]' WHERE no = 1"],
])('%s: a damaged store is told in one sentence', async (_what, damage) => {
  const { folder, file, close } = await storeInUse();
  await close();
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  db.exec(damage);
  db.close();
  const acts = [['summary'], ['export', 'all.ndjson'], ['retire', 'old.ndjson', '--days', '0']];
  const lines = damage.includes('{}]') ? acts.slice(0, 1) : acts; // the others ask no event what it says
  const ends = await lineByLine(
    lines.map((words) => ['store', ...words, '--db', 'sagas.db']),
    folder,
  );
  for (const { code, stderr } of ends) {
    expect([code, stderr]).toEqual([64, expect.stringContaining('damaged')]);
    expect(stderr).toContain('sagastorm store restore');
  }
  expect(readdirSync(folder).filter((name) => name.endsWith('.ndjson'))).toEqual([]);
});
