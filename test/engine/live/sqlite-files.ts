// What tests of the store on SQLite share: a folder and stores for each test, appends, and a look into the file.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, vi } from 'vitest';
import type { AppendOutput } from '../../../engine/core/orchestrator-messages.ts';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import { SqliteStore, type SqliteStoreOptions } from '../../../engine/live/index.ts';

vi.setConfig({ testTimeout: 60_000 }); // the disk may be slow

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

export const CREATED = {
  kind: 'saga-created',
  definition: 'd',
  definitionVersion: 3,
  input: { n: 1 },
} as const satisfies SagaEvent;
export const REQUESTED: SagaEvent = { kind: 'step-requested', step: 'a' };
export const COMPLETED: SagaEvent = { kind: 'saga-completed' };

export function epochOf(store: SqliteStore, partition = 'p'): number {
  let opened = 0;
  store.open(partition, { opened: (epoch) => (opened = epoch) });
  return opened;
}

export function appendOf(
  saga: string,
  epoch: number,
  events: readonly SagaEvent[],
  { expectedVersion = 0, atUs = 5 } = {},
): AppendOutput {
  return { kind: 'append', saga, number: 1, expectedVersion, epoch, atUs, events };
}

/** Asked for in one turn; the answers, in the order in which they came. */
export async function appendAll(
  store: SqliteStore,
  appends: readonly AppendOutput[],
): Promise<readonly string[]> {
  const kinds: string[] = [];
  for (const append of appends) store.append(append, { input: ({ kind }) => kinds.push(kind) });
  while (kinds.length < appends.length) await turn();
  return kinds;
}

export function load(store: SqliteStore, saga: string): Promise<readonly StoredEvent[]> {
  return new Promise((resolve) => {
    store.load(
      { kind: 'load', saga, number: 1 },
      { input: (answer) => resolve(answer.kind === 'loaded' ? answer.events : []) },
    );
  });
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
