// A file of sagas for who only looks: why one waits, how they fare, a copy before an upgrade. Beside a server or on a
// backup; the file stays as it is, byte for byte, and its user need not be allowed to write it.

import type { DatabaseSync } from 'node:sqlite';
import type { StoredEvent } from '../core/ports.ts';
import {
  asked,
  type SagaPage,
  type SagaQueries,
  type SagaQuery,
  type StatusCount,
  storeFailed,
} from './saga-catalogue.ts';
import type { HistoryPage, HistoryPlace, KeptView, SagaHistory } from './saga-history.ts';
import { findSagas, retiredAmong } from './sqlite-catalogue.ts';
import { checkReadable, openForReading, SAGAS_FILE } from './sqlite-file.ts';
import { keepViewIn, readHistory, readView } from './sqlite-history.ts';
import { readLogs } from './sqlite-logs.ts';
import { readTotals } from './sqlite-totals.ts';
import { exportLines, saveCopy } from './sqlite-upkeep.ts';

/** Which file a {@link SqliteReader} reads. */
export interface SqliteReaderOptions {
  /** Default `.sagastorm/sagas.db`. */
  readonly file?: string;
}

/**
 * Everything that a {@link SqliteStore} tells, and nothing that it does. A file of an earlier version can be copied by
 * `backup`; what else is asked of it is refused with `store-older`.
 *
 * @throws UserError `store-failed` when the file cannot be read
 * @example
 * const reader = new SqliteReader({ file: 'backups/sagas.db' });
 * console.log(await reader.counts());
 * await reader.close();
 */
export class SqliteReader implements SagaQueries, SagaHistory {
  readonly #file: string;
  readonly #db: DatabaseSync;

  constructor({ file = SAGAS_FILE }: SqliteReaderOptions = {}) {
    this.#file = file;
    try {
      this.#db = openForReading(file);
    } catch (error) {
      throw storeFailed(error);
    }
  }

  find(query: SagaQuery): Promise<SagaPage> {
    return this.#asked(() => findSagas(this.#db, query));
  }

  logOf(saga: string): Promise<readonly StoredEvent[]> {
    return this.#asked(() => readLogs(this.#db, 's.id = ?', saga)[0] ?? []);
  }

  counts(): Promise<readonly StatusCount[]> {
    return this.#asked(() => readTotals(this.#db));
  }

  retiredAmong(sagas: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#asked(() => retiredAmong(this.#db, sagas));
  }

  async *history(after?: HistoryPlace): AsyncGenerator<HistoryPage> {
    await this.#asked(() => undefined);
    try {
      yield* readHistory(this.#file, after);
    } catch (error) {
      throw storeFailed(error);
    }
  }

  keptView(projection: string): Promise<KeptView | undefined> {
    return this.#asked(() => readView(this.#db, projection));
  }

  /** The one thing that is written, by a connection of its own. @throws UserError `store-failed` when the file may not be written */
  keepView(projection: string, kept: KeptView): Promise<void> {
    return this.#asked(() => keepViewIn(this.#file, projection, kept));
  }

  /** Every event of every saga as a line of JSON, as of now: see {@link exportLines}. */
  *export(): Generator<string> {
    checkReadable(this.#db, this.#file);
    yield* exportLines(this.#file);
  }

  /** A whole and consistent copy, while sagas go on, of any version: see {@link saveCopy}. */
  backup(file: string): Promise<void> {
    return saveCopy(this.#db, file);
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  /** Of an earlier version only `backup` makes sense (Q3 of sqlite-file.ts). */
  #asked<Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer> {
    return asked(() => {
      checkReadable(this.#db, this.#file);
      return ask();
    });
  }
}
