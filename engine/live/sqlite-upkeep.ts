// What a file of sagas needs over the years: retiring those that ended long ago, an export that any tool reads, and
// copies that are whole. All of it while sagas go on.

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { UserError } from '../core/user-error.ts';
import { type BatchRow, linesOf, retiredLine } from './batch-rows.ts';
import { isSameFile } from './file-kinds.ts';
import { addToArchive, checkArchive, type Retirement } from './retirement.ts';
import { storeFailed } from './saga-catalogue.ts';
import { openForReading } from './sqlite-file.ts';
import { deleteSagas } from './sqlite-totals.ts';

/** Sagas looked at in one transaction. */
const LOOKED_AT_AT_ONCE = 200;

/** In one step: a copy that is interrupted by a commit would begin anew, and perhaps never end. */
const ALL_PAGES = 2_147_483_647;

const ROWS = 'SELECT s.id, version, epoch, at_us, events FROM sagas s JOIN batches ON saga = s.no';

/**
 * Takes ended sagas out of the file, some hundreds at a time, so that others go on in between. A saga that a person
 * takes up again meanwhile stays. The id of a saga that was retired is free: a `create` with it begins a new one.
 *
 * @returns how many were retired
 * @throws UserError `no-archive`, `archive-failed`; what SQLite throws
 * @example
 * await store.retire({ endedBeforeUs: clock.nowUs() - 30 * 86_400_000_000, archiveTo: 'sagas-archive.ndjson' });
 */
export async function retireSagas(db: DatabaseSync, retirement: Retirement): Promise<number> {
  if (retirement.archiveTo !== undefined) checkArchive(retirement.archiveTo);
  const last = db.prepare('SELECT coalesce(max(no), 0) AS no FROM sagas').get()!.no as number;
  let retired = 0;
  for (let after = 0; after < last; after += LOOKED_AT_AT_ONCE) {
    retired += retireSome(db, retirement, after);
    await turn();
  }
  return retired;
}

/** One transaction: nobody takes a saga up in between, and the archive is on the disk before anything is deleted. */
function retireSome(db: DatabaseSync, { endedBeforeUs, archiveTo }: Retirement, after: number): number {
  db.exec('BEGIN IMMEDIATE');
  try {
    const found = db
      .prepare('SELECT no FROM sagas WHERE no > ? AND no <= ? AND ended_at_us < ?')
      .all(after, after + LOOKED_AT_AT_ONCE, endedBeforeUs);
    const nos = JSON.stringify(found.map(({ no }) => no));
    if (archiveTo !== undefined && found.length > 0) addToArchive(archiveTo, rowsOf(db, nos));
    deleteSagas(db, nos);
    db.exec('COMMIT');
    return found.length;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** `nos`: a list in JSON. */
function rowsOf(db: DatabaseSync, nos: string): readonly BatchRow[] {
  const sql = `${ROWS} WHERE s.no IN (SELECT value FROM json_each(?)) ORDER BY s.no, version`;
  return db.prepare(sql).all(nos) as unknown as BatchRow[];
}

/**
 * Every stored event as one line of JSON (`StoredEvent`, with its line feed), ordered by saga and version, and then each saga
 * that left the store, as `{ saga, retiredAtUs }`: as of the
 * moment when the first line is asked for. Reads beside the writer; as long as it lasts, the WAL file grows.
 *
 * @throws UserError `store-failed`
 * @example
 * await pipeline(Readable.from(store.export()), createWriteStream('sagas.ndjson'));
 */
export function* exportLines(file: string): Generator<string> {
  const db = openForReading(file);
  try {
    db.exec('BEGIN'); // both readings are of one moment
    const rows: Iterable<unknown> = db.prepare(`${ROWS} ORDER BY s.no, version`).iterate();
    for (const row of rows) yield* linesOf(row as BatchRow);
    const gone: Iterable<unknown> = db.prepare('SELECT id, at_us FROM retired ORDER BY id').iterate();
    for (const row of gone) yield retiredLine(row as BatchRow);
  } catch (error) {
    throw storeFailed(error);
  } finally {
    db.close();
  }
}

/**
 * Copies the file, as of one moment, while sagas go on. The copy appears under
 * its name when it is complete, and not before; it replaces whatever had it, but never the file itself.
 *
 * @throws UserError `backup-failed`.
 * @example
 * await store.backup('backups/sagas-2026-11-21.db');
 */
export async function saveCopy(db: DatabaseSync, file: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`;
  try {
    if (isSameFile(file, db.location() ?? '')) throw new Error('it is the store itself');
    mkdirSync(dirname(file), { recursive: true });
    rmSync(unfinished, { force: true });
    await backup(db, unfinished, { rate: ALL_PAGES });
    settleLog(file);
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'backup-failed',
      `${file} could not be written: ${why}`,
      'Name a folder that has room for it.',
    );
  }
}

/**
 * What is committed beside a file that is to be replaced would be taken for a part of the new one. Fails when another process has
 * the file open.
 */
function settleLog(file: string): void {
  if (!existsSync(`${file}-wal`)) return;
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA journal_mode = DELETE');
  } finally {
    db.close();
  }
}
