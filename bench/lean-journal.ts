// The practical ceiling for a durable saga, as one would write it by hand: an append-only table, four rows a
// saga, every row durable before the next step runs, all waiting rows in one transaction. A saga is an async function.
// No recovery, no queries, no versions, no fencing, no retries, no log that could be folded: nobody should run this.

import { DatabaseSync } from 'node:sqlite';

export interface Journal {
  /** Resolves when the row is on the disk. */
  append(saga: string, step: number, data: unknown): Promise<void>;
  close(): void | Promise<void>;
}

interface Row {
  readonly saga: string;
  readonly step: number;
  readonly data: string;
  resolve(): void;
}

export class LeanJournal implements Journal {
  readonly #db: DatabaseSync;
  readonly #statements;
  #waiting: Row[] = [];
  #isDue = false;

  constructor(file: string) {
    const db = new DatabaseSync(file);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    db.exec('CREATE TABLE journal (no INTEGER PRIMARY KEY, saga TEXT, step INTEGER, data TEXT)');
    this.#db = db;
    this.#statements = {
      begin: db.prepare('BEGIN IMMEDIATE'),
      insert: db.prepare('INSERT INTO journal (saga, step, data) VALUES (?, ?, ?)'),
      commit: db.prepare('COMMIT'),
    };
  }

  append(saga: string, step: number, data: unknown): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ saga, step, data: JSON.stringify(data), resolve });
      if (this.#isDue) return;
      this.#isDue = true;
      setImmediate(() => this.#flush());
    });
  }

  close(): void {
    this.#db.close();
  }

  #flush(): void {
    this.#isDue = false;
    const rows = this.#waiting;
    this.#waiting = [];
    const { begin, insert, commit } = this.#statements;
    begin.run();
    for (const { saga, step, data } of rows) insert.run(saga, step, data);
    commit.run();
    for (const { resolve } of rows) resolve();
  }
}

/** How long each saga took, and how long all, in milliseconds. */
export interface Durations {
  readonly each: Float64Array;
  readonly allMs: number;
}

/** Runs `sagas` sagas, `inFlight` at a time; `call` is a participant. */
export async function runJournal(
  journal: Journal,
  sagas: number,
  inFlight: number,
  call: (action: string, input: unknown) => Promise<unknown>,
): Promise<Durations> {
  const each = new Float64Array(sagas);
  let begun = 0;
  const saga = async (number: number): Promise<void> => {
    const begin = performance.now();
    const id = `s-${number}`;
    const input = { item: number % 100, amount: 1 + (number % 50) };
    await journal.append(id, 0, input);
    await journal.append(id, 1, await call('reserve', input));
    await journal.append(id, 2, await call('debit', input));
    await journal.append(id, 3, await call('credit', input));
    each[number] = performance.now() - begin;
  };
  const lane = async (): Promise<void> => {
    while (begun < sagas) await saga(begun++);
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  const allMs = performance.now() - begin;
  await journal.close();
  return { each, allMs };
}
