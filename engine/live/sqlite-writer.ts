// The one connection that appends to a file of sagas. Synchronous: it runs in a thread of its own, see
// sqlite-writer-thread.ts.
//
// W1. A batch is one transaction. Epoch and version are checked inside it (E10); it is an immediate one, so nobody else
//     writes meanwhile.
// W2. Under an epoch that is still its partition's, nobody else wrote since it was opened: so the head of a saga, once
//     read or written here, is known. An epoch belongs to one partition, and so do its sagas.
// W3. A transaction that failed before its commit wrote nothing: `append-failed`. When the commit itself fails, nobody
//     knows: `append-unknown`.
// W4. What moves between statuses, and what begins, is added up and written once for each transaction (sqlite-totals.ts,
//     sqlite-zones.ts).

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { SagaStatus } from '../core/saga-event.ts';
import { isAtRest, isEnded } from '../core/saga-state.ts';
import { SAGA_STATUSES } from '../core/saga-status.ts';
import {
  APPEND_ANSWERS,
  type AppendAnswer,
  type AppendBatch,
  COLUMN,
  COLUMNS,
  type WrittenBatch,
} from './append-batch.ts';
import { connectForWriting } from './sqlite-file.ts';
import { TotalChanges } from './sqlite-totals.ts';
import { ZoneChanges } from './sqlite-zones.ts';

/** Rows in one statement: what a statement costs beside its rows is shared. */
const ROWS_AT_ONCE = 16;
const ROW = '(?, ?, ?, ?, ?)';

/** Where the log of a saga ends, and how it stands. */
interface Head {
  readonly no: number;
  readonly partition: string;
  readonly createdAtUs: number;
  version: number;
  status: SagaStatus;
  endedAtUs: number | null;
}

export class SqliteWriter {
  readonly #db: DatabaseSync;
  readonly #statements: ReturnType<typeof prepare>;
  /** W2. */
  readonly #heads = new Map<string, Head>();
  /** The epoch under which the heads of a partition are known. */
  readonly #epochs = new Map<string, number>();
  /** Rows that are still to be written in this transaction, five values each. */
  #rows: SQLInputValue[] = [];
  /** W4. */
  readonly #totals: TotalChanges;
  readonly #zones: ZoneChanges;

  /** @throws UserError see {@link openSagasFile} */
  constructor(file: string) {
    this.#db = connectForWriting(file);
    this.#statements = prepare(this.#db);
    this.#totals = new TotalChanges(this.#db);
    this.#zones = new ZoneChanges(this.#db);
  }

  close(): void {
    this.#db.close();
  }

  /** W1, W3. */
  write(batch: AppendBatch): WrittenBatch {
    const answers = new Uint8Array(batch.sagas.length);
    try {
      this.#begin();
      const partitions = new Map<number, string | undefined>();
      let births = 0;
      for (let i = 0; i < answers.length; i++) {
        const epoch = batch.numbers[i * COLUMNS + COLUMN.epoch]!;
        const partition = this.#partitionOf(epoch, partitions);
        const isBirth = batch.numbers[i * COLUMNS + COLUMN.expectedVersion] === 0;
        const definition = isBirth ? batch.births[births++]! : '';
        answers[i] = APPEND_ANSWERS.indexOf(
          partition === undefined ? 'append-fenced' : this.#append(batch, i, partition, definition),
        );
      }
      this.#writeRows();
      this.#totals.write();
      this.#zones.write();
    } catch (error) {
      return {
        answers: answers.fill(APPEND_ANSWERS.indexOf('append-failed')),
        trouble: this.#abandon(error),
      };
    }
    try {
      this.#statements.commit.run();
      return { answers, trouble: undefined };
    } catch (error) {
      const unknown = APPEND_ANSWERS.indexOf('append-unknown');
      return {
        answers: answers.map((answer) => (APPEND_ANSWERS[answer] === 'appended' ? unknown : answer)),
        trouble: this.#abandon(error),
      };
    }
  }

  #begin(): void {
    this.#rows = [];
    this.#totals.forget();
    this.#zones.forget();
    this.#statements.begin.run();
  }

  /** The partition whose epoch this is; undefined when a later one was opened. */
  #partitionOf(epoch: number, known: Map<number, string | undefined>): string | undefined {
    if (known.has(epoch)) return known.get(epoch);
    const name = this.#statements.partition.get(epoch)?.name as string | undefined;
    known.set(epoch, name);
    if (name !== undefined && this.#epochs.get(name) !== epoch) {
      for (const [saga, head] of this.#heads) if (head.partition === name) this.#heads.delete(saga);
      this.#epochs.set(name, epoch);
    }
    return name;
  }

  /** W2. */
  #append(
    { sagas, texts, numbers }: AppendBatch,
    i: number,
    partition: string,
    definition: string,
  ): AppendAnswer {
    const saga = sagas[i]!;
    const at = i * COLUMNS;
    const expectedVersion = numbers[at + COLUMN.expectedVersion]!;
    const atUs = numbers[at + COLUMN.atUs]!;
    const status = SAGA_STATUSES[numbers[at + COLUMN.status]!];
    let head = this.#heads.get(saga);
    const isKnown = head !== undefined;
    if (head === undefined) {
      const version = numbers[at + COLUMN.definitionVersion]!;
      head =
        expectedVersion === 0
          ? this.#create(saga, partition, definition, version, status ?? 'running', atUs)
          : this.#headOf(saga);
    }
    const known = head ?? (expectedVersion === 0 ? this.#headOf(saga) : undefined);
    if (known === undefined) return 'append-gone';
    if (known.partition !== partition) return 'append-elsewhere';
    if (head === undefined) return 'append-conflict';
    if (head.version !== expectedVersion) return 'append-conflict';
    head.version += numbers[at + COLUMN.count]!;
    this.#rows.push(head.no, head.version, numbers[at + COLUMN.epoch]!, atUs, texts[i]!);
    if (status !== undefined && (expectedVersion > 0 || isEnded(status))) this.#stand(head, status, atUs);
    if (status !== undefined && isAtRest(status)) this.#heads.delete(saga);
    else if (!isKnown) this.#heads.set(saga, head);
    return 'appended';
  }

  /** Undefined when there is a saga of this name already. */
  #create(
    saga: string,
    partition: string,
    definition: string,
    version: number,
    status: SagaStatus,
    createdAtUs: number,
  ): Head | undefined {
    const { create } = this.#statements;
    const row = create.run(saga, partition, definition, version, status, createdAtUs);
    if (row.changes === 0) return undefined;
    const no = Number(row.lastInsertRowid);
    this.#totals.entered(SAGA_STATUSES.indexOf(status));
    this.#zones.born(no, definition, createdAtUs);
    return { no, partition, createdAtUs, version: 0, status, endedAtUs: null };
  }

  /** W4. */
  #stand(head: Head, status: SagaStatus, atUs: number): void {
    const { createdAtUs, endedAtUs } = head;
    this.#totals.left(SAGA_STATUSES.indexOf(head.status), (endedAtUs ?? createdAtUs) - createdAtUs);
    head.status = status;
    head.endedAtUs = isEnded(status) ? Math.max(atUs, createdAtUs) : null; // whose clock was ahead may have died
    this.#totals.entered(SAGA_STATUSES.indexOf(status), (head.endedAtUs ?? createdAtUs) - createdAtUs);
    this.#statements.stand.run(status, head.endedAtUs, head.no);
  }

  #headOf(saga: string): Head | undefined {
    this.#writeRows(); // a saga that came to rest in this very transaction is looked up again
    const row = this.#statements.head.get(saga);
    return row === undefined ? undefined : (row as unknown as Head);
  }

  #writeRows(): void {
    const rows = this.#rows;
    this.#rows = [];
    const many = ROWS_AT_ONCE * 5;
    let at = 0;
    for (; at + many <= rows.length; at += many) this.#statements.writeMany.run(...rows.slice(at, at + many));
    for (; at < rows.length; at += 5) this.#statements.writeOne.run(...rows.slice(at, at + 5));
  }

  /** Nothing of the transaction remains, and nothing is known of heads any more. */
  #abandon(error: unknown): string {
    if (this.#db.isTransaction) this.#statements.rollback.run();
    this.#heads.clear();
    return error instanceof Error ? error.message : String(error);
  }
}

function prepare(db: DatabaseSync) {
  const sql = (text: string): StatementSync => db.prepare(text);
  const write = 'INSERT INTO batches (saga, version, epoch, at_us, events) VALUES';
  return {
    begin: sql('BEGIN IMMEDIATE'),
    commit: sql('COMMIT'),
    rollback: sql('ROLLBACK'),
    partition: sql('SELECT name FROM partitions WHERE epoch = ?'),
    create: sql(`
      INSERT INTO sagas (id, partition, definition, definition_version, status, created_at_us)
      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`),
    stand: sql('UPDATE sagas SET status = ?, ended_at_us = ? WHERE no = ?'),
    writeOne: sql(`${write} ${ROW}`),
    writeMany: sql(`${write} ${Array(ROWS_AT_ONCE).fill(ROW).join(', ')}`),
    head: sql(`
      SELECT s.no, s.partition, s.created_at_us AS createdAtUs, s.status, s.ended_at_us AS endedAtUs,
             (SELECT max(version) FROM batches WHERE saga = s.no) AS version
      FROM sagas s WHERE s.id = ?`),
  };
}
