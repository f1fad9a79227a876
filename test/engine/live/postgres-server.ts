// A real PostgreSQL for one test file: in a folder of its own, reached by a socket in it, gone afterwards. And what tests
// of the store on it share: a schema and stores for each test, appends, a look into the tables.

import { setImmediate as turn } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { EpochSink, InputSink, Store, StoredEvent } from '../../../engine/core/ports.ts';
import { PostgresStore, type PostgresStoreOptions } from '../../../engine/live/index.ts';
import { startPostgres, type TemporaryPostgres } from './temporary-postgres.ts';

let server: TemporaryPostgres | undefined;
let count = 0;
let stores: PostgresStore[] = [];

/** Of the present test. */
export let schema = '';
/** Of the server's one database. */
export let url = '';

beforeAll(async () => {
  server = await startPostgres();
  url = server.url;
});

afterAll(() => server?.stop());

beforeEach(() => {
  schema = `test_${++count}`;
});

afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
});

/** To be closed after the test. */
export async function connect(options: Partial<PostgresStoreOptions> = {}): Promise<PostgresStore> {
  const store = await PostgresStore.connect({ url, schema, ...options });
  stores.push(store);
  return store;
}

/** Another program that looks into the tables, or changes them. */
export async function beside<Row extends object>(
  sql: string,
  values: unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SET search_path = "${schema}"`);
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Does something while a statement is not committed yet; it is when the other waits for it. */
export async function during<Result>(sql: string, act: () => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`SET search_path = "${schema}"`);
  await client.query('BEGIN');
  await client.query(sql);
  const result = act();
  const waits = `SELECT FROM pg_stat_activity WHERE application_name = 'sagastorm' AND wait_event_type = 'Lock'`;
  while ((await beside(waits)).length === 0) await turn();
  await client.query('COMMIT');
  await client.end();
  return result;
}

/** Cuts the connections whose last statement was like this. */
export async function cut(like: string): Promise<number> {
  const rows = await beside(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'sagastorm' AND query LIKE $1 AND pid <> pg_backend_pid()`,
    [`%${like}%`],
  );
  return rows.length;
}

/** A store that knows how many answers are due. */
export class Counted<Kept extends Store = Store> implements Store {
  readonly inner: Promise<Kept>;
  #due = 0;

  constructor(inner: Promise<Kept>) {
    this.inner = inner;
  }

  append(append: Parameters<Store['append']>[0], answers: InputSink): void {
    const counted = this.#counted(answers);
    void this.inner.then((store) => store.append(append, counted));
  }

  load(load: Parameters<Store['load']>[0], answers: InputSink): void {
    const counted = this.#counted(answers);
    void this.inner.then((store) => store.load(load, counted));
  }

  open(partition: string, answers: EpochSink): void {
    this.#due++;
    const counted: EpochSink = {
      opened: (epoch, logs) => {
        this.#due--;
        answers.opened(epoch, logs);
      },
      openFailed: (error) => {
        this.#due--;
        answers.openFailed?.(error);
      },
    };
    void this.inner.then((store) => store.open(partition, counted));
  }

  readonly settle = async (): Promise<void> => {
    while (this.#due > 0) await turn();
  };

  #counted(answers: InputSink): InputSink {
    this.#due++;
    return {
      input: (answer) => {
        this.#due--;
        answers.input(answer);
      },
    };
  }
}

export function epochOf(store: Store, partition = 'p'): Promise<number> {
  return new Promise((resolve) => store.open(partition, { opened: (epoch) => resolve(epoch) }));
}

export function openLogs(store: Store, partition = 'p'): Promise<readonly (readonly StoredEvent[])[]> {
  return new Promise((resolve) => store.open(partition, { opened: (_epoch, logs) => resolve(logs) }));
}
