// What a running database says about when a commit is on the disk.

import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';

const SETTINGS = ['fsync', 'synchronous_commit', 'wal_sync_method', 'full_page_writes'];

export async function postgresDurability(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const shown: string[] = [];
    for (const name of SETTINGS) {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
      shown.push(`${name}=${rows[0]?.[name]}`);
    }
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return `PostgreSQL ${rows[0]?.server_version}: ${shown.join(' ')}`;
  } finally {
    await client.end();
  }
}

/** `synchronous` belongs to a connection: each of ours and of the lean journal sets it to FULL. */
export function sqliteDurability(file: string): string {
  const db = new DatabaseSync(file);
  const version = db.prepare('SELECT sqlite_version() AS value').get()?.value;
  const mode = db.prepare('PRAGMA journal_mode').get()?.journal_mode;
  db.close();
  return `SQLite ${version}: journal_mode=${mode} synchronous=FULL`;
}
