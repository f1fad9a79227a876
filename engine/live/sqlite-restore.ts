// A backup in the place of a file of sagas.
//
// R1. Who wrote the file before is fenced from the first moment on: the copy gets epochs above all that were ever given out,
//     and only then takes the place of the file (E10).
// R2. The file is overwritten in place, page by page under SQLite's own locks, so a process that has it open does not go on
//     writing into a file that nobody reads. What was there is kept beside it.
// R3. What the file knew of sagas that were retired since the backup is carried over: the books still mention them. One whose name was
//     taken again by then is lost, and not retired.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { UserError } from '../core/user-error.ts';
import { fileKind, kindText } from './file-kinds.ts';
import { openForReading, openSagasFile } from './sqlite-file.ts';

/** So far the new epochs are above the highest that is known: one that was given out unseen is below. */
const EPOCHS_AHEAD = 1_000_000;
const ALL_PAGES = 2_147_483_647;

/** What a restore did. */
export interface RestoredFile {
  /** Where that is which was in the file before; undefined when there was nothing. */
  readonly keptAs: string | undefined;
  /** Of the newest event in it, in microseconds since 1970; 0 when it has none. */
  readonly asOfUs: number;
  readonly sagas: number;
}

/**
 * Puts a copy of a backup in the place of a file.
 *
 * @throws UserError `no-store`, `no-backup`, `restore-failed`, and those of `SqliteStore` when the backup is none of ours
 * @example
 * await restoreSagasFile('backups/sagas.db', '.sagastorm/sagas.db');
 */
export async function restoreSagasFile(from: string, file: string): Promise<RestoredFile> {
  refuseNoBackup(from);
  const copy = `${file}.restoring`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    removeFile(copy);
    await copied(from, copy);
    const highest = readOf(file, highestEpoch, 0); // R1 holds by the distance where the file is broken
    const db = openSagasFile(copy);
    const facts = raised(db, highest);
    noteRetired(db, readOf(file, retiredIn, new Map()));
    forgetAlive(db, file);
    db.close();
    const keptAs = await kept(file);
    await copied(copy, file);
    return { ...facts, keptAs };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const hint = 'Stop every process that has the file open, and see that the disk has room; then try again.';
    throw new UserError('restore-failed', `${file} could not be restored: ${why}`, hint);
  } finally {
    removeFile(copy);
  }
}

/** Before anything is touched: what is wrong is the backup then, and not what it should replace. */
function refuseNoBackup(from: string): void {
  const kind = fileKind(from);
  if (kind === 'store') return;
  if (kind === 'none')
    throw new UserError('no-store', `there is no backup ${from}`, 'Name a file that is there.');
  const hint =
    kind === 'lines'
      ? 'Make a new store of it with `sagastorm store import`.'
      : 'Name a file that `sagastorm store backup` wrote.';
  throw new UserError('no-backup', `${from} is no backup of a store: it ${kindText(kind)}`, hint);
}

/** The partition of each saga in a file. */
export function partitionsIn(file: string): ReadonlyMap<string, string> {
  const db = openForReading(file);
  try {
    const rows = db.prepare('SELECT id, partition FROM sagas').all();
    return new Map(rows.map(({ id, partition }) => [String(id), String(partition)]));
  } finally {
    db.close();
  }
}

/** R1. */
function raised(db: DatabaseSync, highest: number): Omit<RestoredFile, 'keptAs'> {
  const names = db.prepare('SELECT name, epoch FROM partitions ORDER BY epoch DESC').all();
  const from = Math.max(highest, Number(names[0]?.epoch ?? 0)) + EPOCHS_AHEAD;
  db.exec('BEGIN IMMEDIATE');
  const raise = db.prepare('UPDATE partitions SET epoch = ? WHERE name = ?');
  names.forEach(({ name }, i) => {
    raise.run(from + names.length - i, name!);
  });
  // Also when there was no partition: what is opened next must be above.
  if (names.length === 0) db.prepare("INSERT INTO partitions (name, epoch) VALUES ('main', ?)").run(from);
  db.exec('COMMIT');
  const facts = db
    .prepare(
      'SELECT (SELECT count(*) FROM sagas) AS sagas, (SELECT coalesce(max(at_us), 0) FROM batches) AS at',
    )
    .get()!;
  return { sagas: Number(facts.sagas), asOfUs: Number(facts.at) };
}

/** What is in the file that is to be replaced; `otherwise` when it is not there, is broken, or of a version that has no such thing. */
function readOf<Result>(file: string, read: (db: DatabaseSync) => Result, otherwise: Result): Result {
  if (!existsSync(file)) return otherwise;
  let db: DatabaseSync | undefined;
  try {
    db = openForReading(file);
    return read(db);
  } catch {
    return otherwise;
  } finally {
    db?.close();
  }
}

function highestEpoch(db: DatabaseSync): number {
  return Number(db.prepare('SELECT coalesce(max(epoch), 0) AS epoch FROM partitions').get()!.epoch);
}

/** R3. */
function retiredIn(db: DatabaseSync): ReadonlyMap<string, number> {
  const rows = db.prepare('SELECT id, at_us FROM retired WHERE id NOT IN (SELECT id FROM sagas)').all();
  return new Map(rows.map(({ id, at_us }) => [String(id), Number(at_us)]));
}

/** Enters sagas as retired of which there is no log, each with the time in microseconds since 1970. */
export function noteRetired(db: DatabaseSync, retired: ReadonlyMap<string, number>): void {
  const note = db.prepare(NOTE_RETIRED);
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const [saga, atUs] of retired) note.run({ saga, atUs });
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

const NOTE_RETIRED = `
  INSERT INTO retired SELECT :saga, :atUs WHERE NOT EXISTS (SELECT 1 FROM sagas WHERE id = :saga)
  ON CONFLICT (id) DO UPDATE SET at_us = max(at_us, excluded.at_us)`;

/** R3: whose name was taken again by a saga of the file. */
function forgetAlive(db: DatabaseSync, file: string): void {
  const these = '(SELECT value FROM json_each(?))';
  const noted = db.prepare('SELECT id FROM retired').all();
  const ids = JSON.stringify(noted.map(({ id }) => id));
  const aliveIn = (old: DatabaseSync) => old.prepare(`SELECT id FROM sagas WHERE id IN ${these}`).all(ids);
  const alive = readOf(file, aliveIn, []);
  db.prepare(`DELETE FROM retired WHERE id IN ${these}`).run(JSON.stringify(alive.map(({ id }) => id)));
}

/** R2; a file that cannot be copied is moved. */
async function kept(file: string): Promise<string | undefined> {
  if (!existsSync(file)) return undefined;
  let name = `${file}.before-restore`;
  for (let i = 2; existsSync(name); i++) name = `${file}.before-restore-${i}`;
  try {
    await copied(file, name);
  } catch {
    removeFile(name);
    renameSync(file, name);
    removeFile(file);
  }
  return name;
}

async function copied(from: string, to: string): Promise<void> {
  const db = openForReading(from);
  try {
    await backup(db, to, { rate: ALL_PAGES });
  } finally {
    db.close();
  }
}

function removeFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
}
