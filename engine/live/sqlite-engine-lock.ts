// Whether an engine runs on a file of sagas. Each holds a shared lock on an empty file beside it, and who puts another file in its
// place, or writes logs past every engine, needs it alone.
//
// K1. The lock is the operating system's, taken by SQLite: it ends with the process, however that ends.
// K2. It keeps people from mistakes. What keeps a log whole is the epoch (E10), also against who never asked for the lock.

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../core/user-error.ts';
import { engineRunning } from './engine-running.ts';

const BUSY_TIMEOUT_MS = 1_000;

/**
 * As an engine: shared with others. Held until it is closed, or the process ends.
 *
 * @throws UserError `store-busy` while the file is restored or rebuilt
 */
export function holdAsEngine(file: string): DatabaseSync {
  const db = new DatabaseSync(lockFile(file), { timeout: BUSY_TIMEOUT_MS });
  try {
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get(); // a reader keeps its lock until its transaction ends
    return db;
  } catch {
    db.close();
    const hint = 'Wait until `sagastorm store` has done its work, then start again.';
    throw new UserError('store-busy', `${file} is being restored or rebuilt`, hint);
  }
}

/**
 * Does something while no engine runs on the file, and none can start.
 *
 * @throws UserError `engine-running`, and what `act` throws
 * @example
 * await withoutEngine('.sagastorm/sagas.db', () => restoreSagasFile('copy.db', '.sagastorm/sagas.db'));
 */
export async function withoutEngine<Result>(file: string, act: () => Promise<Result>): Promise<Result> {
  mkdirSync(dirname(file), { recursive: true });
  const db = new DatabaseSync(lockFile(file), { timeout: 0 });
  try {
    try {
      db.exec('BEGIN EXCLUSIVE');
    } catch {
      throw engineRunning(`an engine runs on ${file}`);
    }
    return await act();
  } finally {
    db.close();
  }
}

function lockFile(file: string): string {
  return `${file}-engine`;
}
