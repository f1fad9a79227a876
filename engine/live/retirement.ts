// Which sagas leave a store, and the file that keeps what they were. The same for every store.

import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type BatchRow, linesOf } from './batch-rows.ts';

/** Which sagas go, and where to. */
export interface Retirement {
  /** Those that ended before this time, in microseconds since 1970. A saga that waits for a person has not ended. */
  readonly endedBeforeUs: number;
  /**
   * A file that their events are added to before they are deleted, as NDJSON, one line for each event. Without it they
   * are deleted for good. After a crash in between a saga may stand there twice.
   */
  readonly archiveTo?: string;
}

/** On the disk when it returns. */
export function addToArchive(file: string, rows: readonly BatchRow[]): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, rows.map((row) => [...linesOf(row)].join('')).join(''), { flush: true });
}
