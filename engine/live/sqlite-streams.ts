// The events of aggregates in a file of sagas: beside the sagas' own, so that one backup has both, and one file is watched.
//
// Q1. An append is one transaction, on the disk when `append` returns: whole, or not at all.
// Q2. One writes at a time, and nothing is ever deleted: so positions are 1, 2, 3, … in the order of commits, and who reads on
//     from the last that he saw misses none.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { UserError } from '../core/user-error.ts';
import type { DomainEvent, StreamEvent } from '../event-sourcing/aggregate.ts';
import type { EventStreams, StreamAppend } from '../event-sourcing/event-streams.ts';
import { storeFailed } from './saga-catalogue.ts';
import { openSagasFile, SAGAS_FILE } from './sqlite-file.ts';
import { STORE_BUSY } from './unreachable.ts';

/** Where {@link SqliteStreams} keeps its events. */
export interface SqliteStreamsOptions {
  /** That of a `SqliteStore`, or one of its own; default `.sagastorm/sagas.db`. */
  readonly file?: string;
}

/**
 * Streams on the disk of one machine. Synchronous: it answers when the disk has it, and holds the thread up meanwhile. Several
 * processes may have the file open.
 *
 * @throws UserError `store-unusable`, `store-newer`, `store-busy`
 * @example
 * const orders = new Repository(orderAggregate, new SqliteStreams({ file: 'data/sagas.db' }));
 */
export class SqliteStreams implements EventStreams {
  readonly #file: string;
  readonly #db: DatabaseSync;
  readonly #version: StatementSync;
  readonly #write: StatementSync;
  readonly #read: StatementSync;
  readonly #readAll: StatementSync;

  constructor({ file = SAGAS_FILE }: SqliteStreamsOptions = {}) {
    this.#file = file;
    this.#db = openSagasFile(file);
    const sql = (text: string): StatementSync => this.#db.prepare(text);
    this.#version = sql('SELECT coalesce(max(version), 0) AS version FROM stream_events WHERE stream = ?');
    this.#write = sql('INSERT INTO stream_events (stream, version, schema, event) VALUES (?, ?, ?, ?)');
    this.#read = sql(`${EVENTS} WHERE stream = ? AND version > ? ORDER BY version`);
    this.#readAll = sql(`${EVENTS} WHERE position > ? ORDER BY position LIMIT ?`);
  }

  /**
   * @throws UserError `store-busy`: nothing was written; `store-failed`: it may have been, and to ask again with the same version
   * tells; TypeError for what JSON cannot hold
   */
  append({ stream, expectedVersion, schema, events }: StreamAppend): 'appended' | 'conflict' {
    const texts = events.map((event) => JSON.stringify(event));
    let isCommitting = false;
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const isExpected = this.#version.get(stream)!.version === expectedVersion;
      if (isExpected) {
        texts.forEach((text, i) => {
          this.#write.run(stream, expectedVersion + i + 1, schema, text);
        });
      }
      isCommitting = true;
      this.#db.exec('COMMIT');
      return isExpected ? 'appended' : 'conflict';
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      if (isCommitting) throw storeFailed(error);
      const why = error instanceof Error ? error.message : String(error);
      const hint = 'See that no other program holds it and that the disk has room, then try again.';
      throw new UserError(STORE_BUSY, `${this.#file} could not be written: ${why}`, hint);
    }
  }

  read(stream: string, afterVersion = 0): readonly StreamEvent[] {
    return this.#read.all(stream, afterVersion).map(eventOf);
  }

  readAll(afterPosition: number, max: number): readonly StreamEvent[] {
    return this.#readAll.all(afterPosition, max).map(eventOf);
  }

  close(): void {
    this.#db.close();
  }
}

const EVENTS = 'SELECT position, stream, version, schema, event FROM stream_events';

function eventOf({ position, stream, version, schema, event }: Record<string, unknown>): StreamEvent {
  return {
    stream: String(stream),
    version: Number(version),
    position: Number(position),
    schema: Number(schema),
    event: JSON.parse(String(event)) as DomainEvent,
  };
}
