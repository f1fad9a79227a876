// Sagas on the disk of one machine: a SQLite file, in WAL mode, durable at every commit.
//
// L1. Group commit: what comes in one turn, or while a transaction is written, becomes durable in one transaction, and none
//     of it is answered before that is committed (E1). See group-commit.ts.
// L2. A thread of its own waits for the disk: a commit holds up neither timers nor sockets. What it checks, and how, is
//     said in sqlite-writer.ts (E10).
// L3. When the thread dies, what was under way is `append-unknown`, and a new one is started with the next batch.
// L4. Loads are answered after the appends that came before them.
// L5. Questions of people wait for nobody: they see what is committed (sqlite-catalogue.ts).

import { extname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { assert } from '../core/assert.ts';
import type { AppendOutput, LoadOutput } from '../core/orchestrator-messages.ts';
import type { EpochSink, InputSink, Store, StoredEvent } from '../core/ports.ts';
import { UserError } from '../core/user-error.ts';
import {
  APPEND_ANSWERS,
  type AppendAnswer,
  batchOf,
  type TextedAppend,
  type WrittenAppends,
  type WrittenBatch,
} from './append-batch.ts';
import { textOf } from './event-text.ts';
import { type AskedLoad, GroupCommit } from './group-commit.ts';
import type { Retirement } from './retirement.ts';
import {
  asked,
  type SagaCatalogue,
  type SagaPage,
  type SagaQuery,
  type StatusCount,
  storeFailed,
} from './saga-catalogue.ts';
import type { HistoryPage, HistoryPlace, KeptView, SagaHistory } from './saga-history.ts';
import { findSagas, removeSaga, retiredAmong } from './sqlite-catalogue.ts';
import { holdAsEngine } from './sqlite-engine-lock.ts';
import { openSagasFile, SAGAS_FILE } from './sqlite-file.ts';
import { readHistory, readView, writeView } from './sqlite-history.ts';
import { readLogs } from './sqlite-logs.ts';
import { noteRetired } from './sqlite-restore.ts';
import { readTotals } from './sqlite-totals.ts';
import { exportLines, retireSagas, saveCopy } from './sqlite-upkeep.ts';
import { STORE_BUSY } from './unreachable.ts';

/** Appends in one transaction: their answers are handed out in one turn of the event loop. */
const COMMIT_APPENDS_MAX = 4_000;
/** As many, at least, are worth a transaction before the turn ends. */
const COMMIT_APPENDS_MIN = 256;
const THREAD = new URL(`sqlite-writer-thread${extname(fileURLToPath(import.meta.url))}`, import.meta.url);

/** Where a {@link SqliteStore} keeps its sagas. */
export interface SqliteStoreOptions {
  /** Default `.sagastorm/sagas.db`; its folder is made when it is not there. */
  readonly file?: string;
  /** Told of every transaction that failed; the appends in it are answered, and asked for again, all the same. */
  readonly onTrouble?: (error: Error) => void;
  /**
   * Whether whoever opens a partition is told to others as an engine that runs, by a lock on a file beside it. Default true; false
   * for who writes past all engines, see {@link withoutEngine}.
   */
  readonly lock?: boolean;
}

interface Waiting {
  readonly appends: number;
  resolve(written: WrittenAppends): void;
}

/**
 * The default store. Several processes may open the same file; for each partition the one that opened it last writes.
 *
 * @throws UserError `store-unusable`, `store-newer`, see {@link openSagasFile}.
 * @example
 * const store = new SqliteStore({ file: 'data/sagas.db' });
 * const host = new Host({ store, transport, definitions: [transfer] });
 * await host.start();
 * …
 * await host.stop();
 * await store.close();
 */
export class SqliteStore implements Store, SagaCatalogue, SagaHistory {
  readonly #file: string;
  /** For everything but appends. */
  readonly #db: DatabaseSync;
  readonly #onTrouble: (error: Error) => void;
  readonly #commits: GroupCommit;
  /** Who waits for the writer thread, oldest first. */
  readonly #written: Waiting[] = [];
  readonly #isLocking: boolean;
  #lock: DatabaseSync | undefined;
  #thread: Worker | undefined;
  #isClosed = false;
  #whenIdle: (() => void) | undefined;

  constructor({ file = SAGAS_FILE, onTrouble = () => undefined, lock = true }: SqliteStoreOptions = {}) {
    this.#isLocking = lock;
    this.#file = file;
    this.#db = openSagasFile(file);
    this.#onTrouble = onTrouble;
    this.#commits = new GroupCommit({
      appendsMax: COMMIT_APPENDS_MAX,
      appendsMin: COMMIT_APPENDS_MIN,
      write: (appends) => this.#write(appends),
      read: (loads) => {
        for (const load of loads) this.#read(load);
      },
      trouble: onTrouble,
      idle: () => this.#whenIdle?.(),
    });
    this.#thread = this.#startThread();
  }

  append(append: AppendOutput, answers: InputSink): void {
    if (this.#isClosed) return;
    const text = this.#textOf(append);
    if (text === undefined) return answers.input({ kind: 'append-failed', append });
    this.#commits.append({ append, text }, answers);
  }

  load(load: LoadOutput, answers: InputSink): void {
    const { saga, number } = load;
    if (this.#isClosed) return answers.input({ kind: 'load-failed', saga, number });
    this.#commits.load(load, answers);
  }

  /**
   * Answers before it returns.
   *
   * @throws UserError `store-busy` when the file cannot be written, is being restored, or another process holds it for over
   *   a second.
   */
  open(partition: string, answers: EpochSink): void {
    assert(!this.#isClosed, 'a store was opened after it was closed', this.#file);
    if (this.#isLocking) this.#lock ??= holdAsEngine(this.#file);
    let epoch: number;
    let logs: readonly (readonly StoredEvent[])[];
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      epoch = this.#db.prepare(NEXT_EPOCH).get(partition)!.epoch as number;
      // In the words of the index `open_sagas`.
      logs = readLogs(this.#db, "s.partition = ? AND s.status IN ('running', 'compensating')", partition);
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      const why = error instanceof Error ? error.message : String(error);
      const hint = 'See that no other program holds it and that the disk has room, then start again.';
      throw new UserError(STORE_BUSY, `${this.#file} could not be written: ${why}`, hint);
    }
    answers.opened(epoch, logs);
  }

  /** Writes what has come so far, answers it, and closes the file. An append that comes later is never answered. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#commits.isBusy) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    const thread = this.#thread;
    this.#thread = undefined;
    thread?.ref();
    await new Promise((resolve) => {
      thread?.once('exit', resolve).postMessage('close');
      if (thread === undefined) resolve(undefined);
    });
    this.#db.close();
    this.#lock?.close();
  }

  /** L5; in the order of their numbers. Bounded work in each turn of the event loop, whatever is asked. */
  find(query: SagaQuery): Promise<SagaPage> {
    return asked(() => findSagas(this.#db, query));
  }

  /** L5. */
  logOf(saga: string): Promise<readonly StoredEvent[]> {
    return asked(() => readLogs(this.#db, 's.id = ?', saga)[0] ?? []);
  }

  /** L5; they are kept, not counted. */
  counts(): Promise<readonly StatusCount[]> {
    return asked(() => readTotals(this.#db));
  }

  /** Waits for the transaction that is under way. */
  remove(saga: string): Promise<'removed' | 'not-ended' | 'unknown'> {
    return asked(() => removeSaga(this.#db, saga));
  }

  /** L5. */
  retiredAmong(sagas: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return asked(() => retiredAmong(this.#db, sagas));
  }

  /** L5. */
  async *history(after?: HistoryPlace): AsyncGenerator<HistoryPage> {
    try {
      yield* readHistory(this.#file, after);
    } catch (error) {
      throw storeFailed(error);
    }
  }

  keptView(projection: string): Promise<KeptView | undefined> {
    return asked(() => readView(this.#db, projection));
  }

  /** Waits for the transaction that is under way. */
  keepView(projection: string, kept: KeptView): Promise<void> {
    return asked(() => writeView(this.#db, projection, kept));
  }

  /** Deletes, or moves to an archive, sagas that ended long ago: see {@link retireSagas}. @throws UserError `no-archive`, `archive-failed`, `store-failed` */
  retire(retirement: Retirement): Promise<number> {
    return asked(() => retireSagas(this.#db, retirement));
  }

  /** Every event of every saga as a line of JSON, as of now: see {@link exportLines}. */
  export(): Generator<string> {
    return exportLines(this.#file);
  }

  /** Enters sagas of which there is no log as retired at these times, in microseconds since 1970: for one that is made anew. */
  noteRetired(retired: ReadonlyMap<string, number>): void {
    noteRetired(this.#db, retired);
  }

  /** A whole and consistent copy, while sagas go on: see {@link saveCopy}. */
  backup(file: string): Promise<void> {
    return saveCopy(this.#db, file);
  }

  /** Undefined for what is not JSON: it can never be written, and must not keep others from it. */
  #textOf({ events }: AppendOutput): string | undefined {
    try {
      return textOf(events);
    } catch (error) {
      this.#onTrouble(error instanceof Error ? error : new Error(String(error)));
      return undefined;
    }
  }

  #read({ load: { saga, number }, answers }: AskedLoad): void {
    let events: readonly StoredEvent[];
    let partition: string | undefined;
    try {
      events = readLogs(this.#db, 's.id = ?', saga)[0] ?? [];
      partition = this.#db.prepare(PARTITION_OF).get(saga)?.partition as string | undefined;
    } catch (error) {
      this.#onTrouble(error instanceof Error ? error : new Error(String(error)));
      return answers.input({ kind: 'load-failed', saga, number });
    }
    answers.input({ kind: 'loaded', saga, number, events, partition });
  }

  /** L2. */
  #write(appends: readonly TextedAppend[]): Promise<WrittenAppends> {
    this.#thread ??= this.#startThread();
    this.#thread.ref();
    this.#thread.postMessage(batchOf(appends));
    return new Promise((resolve) => {
      this.#written.push({ appends: appends.length, resolve });
    });
  }

  #settle({ answers, trouble }: WrittenBatch): void {
    const { resolve } = this.#written.shift()!;
    if (this.#written.length === 0) this.#thread?.unref();
    const kinds: AppendAnswer[] = [];
    for (let i = 0; i < answers.length; i++) kinds.push(APPEND_ANSWERS[answers[i]!]!);
    resolve({ answers: kinds, trouble: trouble === undefined ? undefined : new Error(trouble) });
  }

  /** L3. */
  #startThread(): Worker {
    const thread = new Worker(THREAD, { workerData: this.#file });
    thread.unref();
    // In a turn of its own: Node hands out a thousand messages in one, and there would always be the next. When the
    // thread has died meanwhile, what it was about is settled (L3).
    thread.on('message', (written: WrittenBatch) =>
      setImmediate(() => {
        if (this.#thread === thread) this.#settle(written);
      }),
    );
    let trouble = 'the writer thread ended';
    thread.on('error', (error) => {
      trouble = error instanceof Error ? error.message : String(error);
    });
    thread.on('exit', () => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      const unknown = APPEND_ANSWERS.indexOf('append-unknown');
      if (this.#written.length === 0) this.#onTrouble(new Error(trouble));
      for (const { appends } of [...this.#written]) {
        this.#settle({ answers: new Uint8Array(appends).fill(unknown), trouble });
      }
    });
    return thread;
  }
}

const NEXT_EPOCH = `
  INSERT INTO partitions (name, epoch) VALUES (?, (SELECT coalesce(max(epoch), 0) + 1 FROM partitions))
  ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch RETURNING epoch`;

const PARTITION_OF = 'SELECT partition FROM sagas WHERE id = ?';
