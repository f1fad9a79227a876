// The file of sagas over the years: what it may be, who else may read it, retirement, export, copies.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import type { SqliteStore } from '../../../engine/live/index.ts';
import {
  appendAll,
  appendOf,
  beside,
  COMPLETED,
  CREATED,
  epochOf,
  file,
  folder,
  load,
  open,
  REQUESTED,
} from './sqlite-files.ts';

describe('the file', () => {
  test('is made with its folder, where none is', () => {
    open({ file: join(folder, 'new', 'deep', 'sagas.db') });
    expect(existsSync(join(folder, 'new', 'deep', 'sagas.db'))).toBe(true);
  });

  test('is durable at every commit', () => {
    const store = open();
    epochOf(store);
    expect(beside((db) => db.prepare('PRAGMA journal_mode').get())).toEqual({ journal_mode: 'wal' });
  });

  test('of another program is refused and not touched', () => {
    beside((db) => db.exec('CREATE TABLE notes (text)'), 'notes.db');
    const before = readFileSync(file('notes.db'));
    expect(() => open({ file: file('notes.db') })).toThrow(
      /notes\.db cannot hold sagas: it is the database of/,
    );
    expect(readFileSync(file('notes.db'))).toEqual(before);
    writeFileSync(file('letter.txt'), 'Dear Sir or Madam, this is a letter and not a database. '.repeat(20));
    expect(() => open({ file: file('letter.txt') })).toThrow(
      /letter\.txt cannot hold sagas: file is not a database/,
    );
    expect(() => open({ file: folder })).toThrow(expect.objectContaining({ code: 'store-unusable' }));
  });

  test('of a later version is refused', async () => {
    await open().close();
    beside((db) => db.exec('PRAGMA user_version = 99'));
    expect(() => open()).toThrow(expect.objectContaining({ code: 'store-newer' }));
  });

  test('can be asked in SQL, event by event', async () => {
    const store = open();
    const epoch = epochOf(store);
    await appendAll(store, [appendOf('s', epoch, [CREATED, REQUESTED])]);
    await appendAll(store, [appendOf('s', epoch, [COMPLETED], { expectedVersion: 2, atUs: 9 })]);
    expect(
      beside((db) => db.prepare('SELECT saga, version, kind, at_us FROM events ORDER BY version').all()),
    ).toEqual([
      { saga: 's', version: 1, kind: 'saga-created', at_us: 5 },
      { saga: 's', version: 2, kind: 'step-requested', at_us: 5 },
      { saga: 's', version: 3, kind: 'saga-completed', at_us: 9 },
    ]);
    expect(
      beside((db) =>
        db.prepare('SELECT definition, definition_version AS version, status, ended_at_us FROM sagas').get(),
      ),
    ).toEqual({ definition: 'd', version: 3, status: 'completed', ended_at_us: 9 });
  });
});

describe('upkeep', () => {
  /** `old` ended at 10, `new` at 1,000, `open` has not ended, `stuck` waits for a person since 10. */
  async function four(): Promise<{ store: SqliteStore; epoch: number }> {
    const store = open();
    const epoch = epochOf(store);
    const stuck: SagaEvent[] = [CREATED, REQUESTED, { kind: 'saga-compensation-failed' }];
    await appendAll(store, [
      appendOf('old', epoch, [CREATED, REQUESTED, COMPLETED], { atUs: 10 }),
      appendOf('new', epoch, [CREATED, REQUESTED, COMPLETED], { atUs: 1_000 }),
      appendOf('open', epoch, [CREATED, REQUESTED], { atUs: 10 }),
      appendOf('stuck', epoch, stuck, { atUs: 10 }),
    ]);
    return { store, epoch };
  }

  const left = (): unknown[] =>
    beside((db) =>
      db
        .prepare('SELECT id FROM sagas ORDER BY no')
        .all()
        .map(({ id }) => id),
    );

  test('retires what ended before a time, and nothing else', async () => {
    const { store } = await four();
    expect(await store.retire({ endedBeforeUs: 1_000 })).toBe(1);
    expect(left()).toEqual(['new', 'open', 'stuck']);
    expect(await load(store, 'old')).toEqual([]);
    expect(beside((db) => db.prepare('PRAGMA foreign_key_check').all())).toEqual([]);
    expect(await store.retire({ endedBeforeUs: 1_000 })).toBe(0);
  });

  test('retires more than fit into one transaction', async () => {
    const store = open();
    const epoch = epochOf(store);
    const sagas = Array.from({ length: 450 }, (_, i) => appendOf(`s-${i}`, epoch, [CREATED, COMPLETED]));
    await appendAll(store, sagas);
    expect(await store.retire({ endedBeforeUs: 6 })).toBe(450);
    expect(left()).toEqual([]);
  });

  test('a saga that was taken up again is not retired', async () => {
    const { store, epoch } = await four();
    const again: SagaEvent[] = [{ kind: 'saga-retried', round: 1 }];
    await appendAll(store, [appendOf('old', epoch, again, { expectedVersion: 3, atUs: 20 })]);
    expect(await store.retire({ endedBeforeUs: 500 })).toBe(0);
  });

  test('what is archived is in the archive, event by event, before it is deleted', async () => {
    const { store } = await four();
    const archiveTo = join(folder, 'archive', 'sagas.ndjson');
    const log = await load(store, 'old');
    await store.retire({ endedBeforeUs: 1_000, archiveTo });
    await store.retire({ endedBeforeUs: 1_001, archiveTo });
    const lines = readFileSync(archiveTo, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    expect(lines.slice(0, 3).map((line) => JSON.parse(line))).toEqual(log);
  });

  test('nothing is deleted that could not be archived', async () => {
    const { store } = await four();
    await expect(store.retire({ endedBeforeUs: 1_000, archiveTo: folder })).rejects.toThrow('is a folder');
    const within = file('a-file/archive.ndjson');
    writeFileSync(file('a-file'), '');
    await expect(store.retire({ endedBeforeUs: 1_000, archiveTo: within })).rejects.toThrow(/ENOTDIR|EEXIST/);
    expect(left()).toContain('old');
    expect(await appendAll(store, [appendOf('more', epochOf(store), [CREATED])])).toEqual(['appended']);
  });

  test('the export is every event of one moment, while sagas go on', async () => {
    const { store, epoch } = await four();
    const lines = store.export();
    const first = lines.next().value as string;
    await appendAll(store, [appendOf('late', epoch, [CREATED])]);
    const events = [first, ...lines].map((line) => JSON.parse(line) as StoredEvent);
    expect(events).toHaveLength(3 + 3 + 2 + 3);
    expect(events.filter(({ saga }) => saga === 'open')).toEqual(await load(store, 'open'));
  });

  test('a backup is a whole file that a store can open, and replaces an older one only when it is complete', async () => {
    const { store, epoch } = await four();
    await store.backup(file('backup.db'));
    await appendAll(store, [appendOf('late', epoch, [CREATED])]);
    const copy = open({ file: file('backup.db') });
    expect(await load(copy, 'old')).toEqual(await load(store, 'old'));
    expect(await load(copy, 'late')).toEqual([]);
    await copy.close();
    await store.backup(file('backup.db'));
    expect(await load(open({ file: file('backup.db') }), 'late')).toHaveLength(1);
    await expect(store.backup(file('sagas.db'))).rejects.toMatchObject({ code: 'backup-failed' });
    await expect(store.backup(folder)).rejects.toMatchObject({ code: 'backup-failed' });
    expect(existsSync(`${folder}.part`)).toBe(false);
  });
});
