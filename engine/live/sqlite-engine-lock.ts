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
import { SQLITE_BUSY } from './sqlite-file.ts';
import { STORE_BUSY } from './unreachable.ts';

const BUSY_TIMEOUT_MS = 1_000;

/**
 * As an engine: shared with others. Held until it is closed, or the process ends.
 *
 * @throws UserError `store-busy` while the file is restored or rebuilt, `store-unusable` when there can be no lock
 */
export function holdAsEngine(file: string): DatabaseSync {
  return locked(file, BUSY_TIMEOUT_MS, takeShared, () => {
    const hint = 'Wait until `sagastorm store` has done its work, then start again.';
    return new UserError(STORE_BUSY, `${file} is being restored or rebuilt`, hint);
  });
}

/**
 * Does something while no engine runs on the file, and none can start.
 *
 * @throws UserError `engine-running`, `store-unusable` when there can be no lock, and what `act` throws
 * @example
 * await withoutEngine('.sagastorm/sagas.db', () => restoreSagasFile('copy.db', '.sagastorm/sagas.db'));
 */
export async function withoutEngine<Result>(file: string, act: () => Promise<Result>): Promise<Result> {
  const db = locked(file, 0, takeAlone, () => engineRunning(`an engine runs on ${file}`));
  try {
    return await act();
  } finally {
    db.close();
  }
}

function takeShared(db: DatabaseSync): void {
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM sqlite_schema').get(); // a reader keeps its lock until its transaction ends
}

function takeAlone(db: DatabaseSync): void {
  db.exec('BEGIN EXCLUSIVE');
}

/** K1. Only a lock that somebody else holds means that somebody is there: any other failure is told as what it is. */
function locked(
  file: string,
  timeout: number,
  take: (db: DatabaseSync) => void,
  whenHeld: () => UserError,
): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    db = new DatabaseSync(lockFile(file), { timeout });
    take(db);
    return db;
  } catch (error) {
    db?.close();
    throw (error as { readonly errcode?: unknown }).errcode === SQLITE_BUSY
      ? whenHeld()
      : noLock(lockFile(file), error);
  }
}

function noLock(lock: string, error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error);
  const hint =
    'It is an empty file of sagastorm: see that its folder can be written; if it holds anything, remove it while no engine runs.';
  return new UserError('store-unusable', `${lock} cannot be locked: ${why}`, hint);
}

function lockFile(file: string): string {
  return `${file}-engine`;
}
