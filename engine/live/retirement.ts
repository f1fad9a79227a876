// Which sagas leave a store, and the file that keeps what they were. The same for every store.

import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../core/user-error.ts';
import { type BatchRow, linesOf } from './batch-rows.ts';
import { type FileKind, fileKind, kindText } from './file-kinds.ts';

/** Which sagas go, and where to. */
export interface Retirement {
  /** Those that ended before this time, in microseconds since 1970. A saga that waits for a person has not ended. */
  readonly endedBeforeUs: number;
  /**
   * A file that their events are added to before they are deleted, as NDJSON, one line for each event. Without it they
   * are deleted for good. After a crash in between a saga may stand there twice. A new file, or one that holds such lines
   * already: anything else is refused before anything is deleted (`no-archive`).
   */
  readonly archiveTo?: string;
}

/** On the disk when it returns. @throws UserError `archive-failed` */
export function addToArchive(file: string, rows: readonly BatchRow[]): void {
  const text = rows.map((row) => [...linesOf(row)].join('')).join('');
  try {
    mkdirSync(dirname(file), { recursive: true });
    appendFileSync(file, text, { flush: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const hint = 'Name a file in a folder that has room. What is not archived is not deleted.';
    throw new UserError('archive-failed', `${file} could not be written: ${why}`, hint);
  }
}

const ARCHIVES: readonly FileKind[] = ['none', 'empty', 'lines'];

/** Lines that are added to a file of another kind are lost, and so may be the file. @throws UserError `no-archive` */
export function checkArchive(file: string): void {
  const kind = fileKind(file);
  if (ARCHIVES.includes(kind)) return;
  const hint =
    'Name a file that does not exist yet, or an archive that was written before. No saga was retired.';
  throw new UserError('no-archive', `${file} cannot be an archive: it ${kindText(kind)}`, hint);
}
