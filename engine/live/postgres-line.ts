// One connection to PostgreSQL that comes back: statements go over it one after the other.
//
// N1. Every statement is a transaction of its own, begun and ended by the server. A process that stops in the middle, for
//     whatever reason, never leaves a transaction open, nor a lock that others wait for.
// N2. What is known of a statement that failed: it was never sent, or the server refused it, and then it had no effect; or
//     the connection was lost with it, and then nobody knows (its commit may have been under way).
// N3. A connection that was lost is made anew when the next statement comes; when it cannot be made, statements fail at
//     once until it is time to try again.
// N4. Who closes it does not wait for ever: a server may have taken a statement, or a goodbye, and say nothing more.
// N5. A server that only reads is a standby by now, whose connections outlived it: the next may lead to where one can write.

import type { Client, ClientBase } from 'pg';
import type { PostgresAddress } from './postgres-address.ts';

const CONNECT_MS = 10_000;
const ANSWER_MS = 30_000;
/** N4: for the statements that have come, and for the server to hang up. */
export const CLOSE_MS = 5_000;
const GOODBYE_MS = 1_000;
/** N5: `read_only_sql_transaction`. */
const READ_ONLY = '25006';
const BACKOFF_MS = 50;
const BACKOFF_MAX_MS = 2_000;

/** As `pg` takes it. With a name, the server keeps its plan for the next time. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** Whatever statements can be given to, one after the other. */
export interface StatementRunner {
  /** @throws LineError */
  run<Row>(statement: Statement): Promise<readonly Row[]>;
}

export interface LineOptions {
  readonly connect: () => Promise<Client>;
  /** Does what every new connection needs before anything else. */
  readonly prepare?: (client: ClientBase) => Promise<void>;
  /** After this time without an answer the connection is given up, in milliseconds. Default 30,000. */
  readonly answerMs?: number;
}

/** A statement without a result. N2. */
export class LineError extends Error {
  override name = 'LineError';
  /** `none`: it certainly did nothing. */
  readonly effect: 'none' | 'unknown';
  /** What the server calls it, when it refused. */
  readonly sqlState: string | undefined;

  constructor(effect: 'none' | 'unknown', cause: unknown, sqlState?: string) {
    super(cause instanceof Error ? cause.message || cause.name : String(cause), { cause });
    this.effect = effect;
    this.sqlState = sqlState;
  }
}

/**
 * A server may have been told not to wait for its disk; here it must. Compiling plans costs more than it brings. What waits for
 * a lock must see what was written meanwhile, whatever isolation the database has by default.
 */
const SESSION = `
  SELECT set_config('search_path', $1, false), set_config('jit', 'off', false),
         set_config('default_transaction_isolation', 'read committed', false),
         set_config('synchronous_commit', CASE level WHEN 'off' THEN 'on' ELSE level END, false)
  FROM current_setting('synchronous_commit') AS level`;

/** What a client has, and its types do not say. */
interface Wire {
  readonly connection: { readonly stream: { destroy(): void } };
  /** Keeps the process alive. */
  ref(): void;
  unref(): void;
}

interface Job {
  readonly statement: Statement;
  resolve(rows: readonly unknown[]): void;
  reject(error: LineError): void;
}

/**
 * @example
 * const line = new PostgresLine({ connect: () => connectTo({ url, schema: 'sagastorm' }) });
 * const rows = await line.run<{ name: string }>({ text: 'SELECT name FROM partitions' });
 */
export class PostgresLine implements StatementRunner {
  readonly #options: LineOptions;
  readonly #jobs: Job[] = [];
  #isBusy = false;
  #client: Client | undefined;
  #backoffMs = 0;
  #retryAtMs = 0;
  /** Why there is none, while it is not time to try again. */
  #whyNot: unknown;
  #isClosed = false;
  #isGivenUp = false;
  #whenIdle: (() => void) | undefined;
  /** N4: rejected when nothing is waited for any more. */
  readonly #end = Promise.withResolvers<never>();
  /** Made last, whether or not it is ready. */
  #newest: Client | undefined;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#end.promise.catch(() => undefined); // mostly nobody waits for it
  }

  /** @throws LineError */
  run<Row>(statement: Statement): Promise<readonly Row[]> {
    return new Promise<readonly Row[]>((resolve, reject) => {
      if (this.#isClosed) return reject(new LineError('none', 'the connection was closed'));
      this.#jobs.push({ statement, resolve: (rows) => resolve(rows as readonly Row[]), reject });
      if (!this.#isBusy) void this.#work();
    });
  }

  /** Waits for the statements that have come, for a few seconds (N4). */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#isBusy) {
      const timer = setTimeout(() => this.giveUp(), CLOSE_MS);
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
      clearTimeout(timer);
    }
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    wireOf(client).ref();
    await hangUp(client);
  }

  /** Closes it at once: what was asked, and waits for an answer or its turn, fails. */
  giveUp(): void {
    this.#isClosed = true;
    this.#isGivenUp = true;
    this.#end.reject(new Error('the connection was given up'));
    if (this.#newest !== undefined) cut(this.#newest);
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) await this.#do(job);
    this.#isBusy = false;
    this.#whenIdle?.();
  }

  async #do({ statement, resolve, reject }: Job): Promise<void> {
    let client: Client;
    try {
      client = this.#client ?? (await this.#connect());
    } catch (error) {
      return reject(new LineError('none', error));
    }
    wireOf(client).ref();
    const timer = setTimeout(() => cut(client), this.#options.answerMs ?? ANSWER_MS);
    try {
      const { rows } = await client.query({ ...statement, values: [...(statement.values ?? [])] });
      resolve(rows);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.effect === 'unknown') this.#lost(client);
      else if (failure.sqlState === READ_ONLY) this.#leave(client, failure);
      reject(failure);
    }
    clearTimeout(timer);
    wireOf(client).unref();
  }

  /** N3. */
  async #connect(): Promise<Client> {
    if (this.#isGivenUp || performance.now() < this.#retryAtMs) {
      throw new Error('there is no connection to the database', { cause: this.#whyNot });
    }
    const connecting = this.#options.connect();
    try {
      const client = await Promise.race([connecting, this.#end.promise]);
      this.#newest = client;
      client.on('error', () => this.#lost(client));
      client.on('end', () => this.#lost(client));
      const { prepare, answerMs = ANSWER_MS } = this.#options;
      if (prepare !== undefined) await bounded(client, answerMs, () => prepare(client));
      this.#client = client;
      this.#backoffMs = 0;
      this.#whyNot = undefined;
      return client;
    } catch (error) {
      this.#backoffMs = Math.min(Math.max(BACKOFF_MS, this.#backoffMs * 2), BACKOFF_MAX_MS);
      this.#retryAtMs = performance.now() + this.#backoffMs;
      this.#whyNot = error;
      connecting.then(cut, () => undefined); // it may still come
      throw error;
    }
  }

  /** N5. */
  #leave(client: Client, why: LineError): void {
    this.#lost(client);
    this.#whyNot = why;
    this.#retryAtMs = performance.now() + BACKOFF_MAX_MS;
  }

  #lost(client: Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    cut(client);
  }
}

/**
 * A connection as the engine needs it: a commit that was answered is on the disk, and names are looked up in one schema.
 *
 * @throws what `pg` throws
 */
export async function connectTo({ url, schema }: PostgresAddress): Promise<Client> {
  const { Client } = await import('pg'); // who keeps sagas elsewhere never loads it
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    application_name: 'sagastorm',
  });
  client.on('error', () => undefined); // the next statement will tell
  await bounded(client, CONNECT_MS, async () => {
    await client.connect();
    await client.query({ text: SESSION, values: [`"${schema}"`] });
  });
  return client;
}

/** A connection with which this fails, or takes too long, is given up: a server may take it and then say nothing. */
async function bounded(client: Client, limitMs: number, act: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => cut(client), limitMs);
  try {
    await act();
  } catch (error) {
    cut(client);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a connection: one that does not hang up in time is cut (N4). */
export async function hangUp(client: Client): Promise<void> {
  const timer = setTimeout(() => cut(client), GOODBYE_MS);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}

/** N2. Of these classes the server speaks when it is about to hang up, or does not know itself. */
export function failureOf(error: unknown): LineError {
  const state = error instanceof Error ? (error as { readonly code?: unknown }).code : undefined;
  const isRefusal =
    typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) && !/^(08|57P|58|XX)/.test(state);
  return isRefusal ? new LineError('none', error, state) : new LineError('unknown', error);
}

/** Whoever waits for an answer is told at once that there is none. */
function cut(client: Client): void {
  wireOf(client).connection.stream.destroy();
}

function wireOf(client: Client): Wire {
  return client as unknown as Wire;
}
