// The one PostgreSQL that all durable contenders write to: real, from npm, with its default settings, on a port of the
// loopback; each measurement has a database of its own. All of it in a temporary folder that is gone afterwards.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { installed } from '../../../test/engine/live/embedded-postgres.ts';
import { freePort } from './restate-server.ts';

const PASSWORD = 'bench';

export interface BenchPostgres {
  /** Makes a database with nothing in it, and removes the one before. */
  database(): Promise<string>;
  stop(): Promise<void>;
}

export async function startPostgres(): Promise<BenchPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-peers-pg-'));
  chmodSync(folder, 0o755); // the server may run as another user
  const program = await installed();
  const port = await freePort();
  const log: string[] = [];
  const server = new program.EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    password: PASSWORD,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog: (line) => log.push(String(line)),
    onError: (error) => log.push(String(error)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    program.remove();
    throw new Error(`PostgreSQL did not start: ${error ?? log.at(-1)}`);
  }
  const urlOf = (name: string): string => `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${name}`;
  let count = 0;
  return {
    database: async () => {
      const client = new Client({ connectionString: urlOf('postgres') });
      await client.connect();
      await client.query(`DROP DATABASE IF EXISTS bench_${count} WITH (FORCE)`);
      await client.query(`CREATE DATABASE bench_${++count}`);
      await client.query('CHECKPOINT');
      await client.end();
      return urlOf(`bench_${count}`);
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
      program.remove();
    },
  };
}
