// What tests of the store on SQLite share: a folder and stores for each test, appends, and a look into the file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach } from 'vitest';
import { SqliteStore, type SqliteStoreOptions } from '../../../engine/live/index.ts';

export { appendAll, appendOf, COMPLETED, CREATED, load, REQUESTED } from './store-asking.ts';

/** Of the present test. */
export let folder = '';
let stores: SqliteStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sagas-'));
});

afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
  rmSync(folder, { recursive: true, force: true });
});

export function file(name = 'sagas.db'): string {
  return join(folder, name);
}

export function open(options: SqliteStoreOptions = {}): SqliteStore {
  const store = new SqliteStore({ file: file(), ...options });
  stores.push(store);
  return store;
}

export function epochOf(store: SqliteStore, partition = 'p'): number {
  let opened = 0;
  store.open(partition, { opened: (epoch) => (opened = epoch) });
  return opened;
}

/** Another program that looks into the file, or holds it. */
export function beside<Result>(act: (db: DatabaseSync) => Result, name?: string): Result {
  const db = new DatabaseSync(file(name));
  try {
    return act(db);
  } finally {
    db.close();
  }
}
