// What is done to a database of sagas after a loss, as one transaction: who reads sees all of it or nothing.
//
// X1. Tables are locked before anything is read: whoever appends is waited for, and then waits.
// X2. No engine runs, or it is fenced knowingly; all partitions get new epochs, so whoever wrote before is fenced (E10).
// X3. What fails undoes all of it. Whose connection is lost while it commits cannot know, and says so.
// X4. A process that stops in the middle is in the way of engines for minutes, not for as long as its connection may last.

import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Client } from 'pg';
import { hash32 } from '../core/mix.ts';
import type { AppendOutput } from '../core/orchestrator-messages.ts';
import type { EpochSink, InputSink, StoredEvent } from '../core/ports.ts';
import { UserError } from '../core/user-error.ts';
import { engineRunning } from './engine-running.ts';
import { textOf } from './event-text.ts';
import { GroupCommit } from './group-commit.ts';
import type { WritableStore } from './log-writer.ts';
import { MAKE_PARTITIONS, OPEN_PARTITION, PARTITIONS, partitionName } from './partition-leases.ts';
import { engineLock, SAGAS_SCHEMA } from './postgres-address.ts';
import { PostgresCatalogue } from './postgres-catalogue.ts';
import {
  connectTo,
  failureOf,
  hangUp,
  LineError,
  type Statement,
  type StatementRunner,
} from './postgres-line.ts';
import { preparedAddress, unreachableDatabase } from './postgres-start.ts';
import { linesWithin } from './postgres-upkeep.ts';
import { isStorable, WRITER_SESSION, writeAppends } from './postgres-writer.ts';
import {
  type SagaCatalogue,
  type SagaPage,
  type SagaQuery,
  type StatusCount,
  storeFailed,
} from './saga-catalogue.ts';
import { STORE_UNREACHABLE } from './unreachable.ts';

const COMMIT_APPENDS_MAX = 2_000;
const WITH_NUMBER = '^part-[0-9]+$';
/** X4; and however long a statement takes by itself, it is not given up. */
const PATIENCE = `
  SET LOCAL lock_timeout = '30s'; SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = '10min';
  SET LOCAL tcp_keepalives_idle = 30; SET LOCAL tcp_keepalives_interval = 10; SET LOCAL tcp_keepalives_count = 3`;

/** Which database, and how patiently. */
export interface PostgresTransactionOptions {
  /** As {@link PostgresStoreOptions} has it. Never logged. */
  readonly url: string;
  /** Default `sagastorm`. */
  readonly schema?: string;
  /** Also while an engine runs: it is fenced. Default false. */
  readonly force?: boolean;
}

/**
 * Does something to a database of sagas in one transaction, while no engine runs. It is committed when `act` is done, and undone
 * when it fails. Others can read meanwhile, and see what was there before.
 *
 * @throws UserError `engine-running`, `restore-failed`, `store-unreachable`, those of a store, and what `act` throws
 * @example
 * await inPostgresTransaction({ url }, async (store) => {
 *   await store.clear();
 *   await writeLogs(logs.values(), store, store.partitionOf);
 * });
 */
export async function inPostgresTransaction<Result>(
  { url, schema = SAGAS_SCHEMA, force = false }: PostgresTransactionOptions,
  act: (store: PostgresTransaction) => Promise<Result>,
): Promise<Result> {
  const address = await preparedAddress({ url, schema });
  const client = await connectTo(address).catch((error: unknown) =>
    Promise.reject(unreachableDatabase(error)),
  );
  const statements = new TransactionStatements(client);
  let isCommitting = false;
  try {
    await statements.run({ text: `${WRITER_SESSION}; BEGIN; ${PATIENCE}` });
    await statements.run({ text: LOCK }); // X1
    if (!force) await checkNobodyRuns(statements, schema);
    const { partitions, sagas } = await placesIn(statements);
    const store = new StoreInTransaction(client, statements, partitions, sagas);
    const result = await act(store);
    await statements.run({ text: FREE, values: [WITH_NUMBER] }); // X2
    isCommitting = true;
    await statements.run({ text: 'COMMIT' });
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw failed(statements.trouble ?? error, isCommitting); // what failed first explains what failed after it
  } finally {
    await hangUp(client);
  }
}

/** X3. */
function failed(cause: unknown, isCommitting: boolean): unknown {
  if (cause instanceof UserError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  const isLost = cause instanceof LineError && cause.effect === 'unknown';
  if (isLost && isCommitting) {
    const hint = 'See what is there with `sagastorm store summary`, and then try again if it is the old.';
    return new UserError(STORE_UNREACHABLE, `nobody knows whether it was committed: ${why}`, hint);
  }
  const code = isLost ? STORE_UNREACHABLE : 'restore-failed';
  return new UserError(code, `the database is as it was: ${why}`, 'Look at the database, and try again.');
}

/** The sagas of a database within a transaction: see {@link inPostgresTransaction}. */
export interface PostgresTransaction extends SagaCatalogue, WritableStore {
  /** How many sagas were there when it began. */
  readonly sagasBefore: number;
  /**
   * Where a saga is, or belongs: in the partition that its workers look for it in, or in that of a plain host where no worker has
   * ever been.
   */
  partitionOf(this: void, saga: string): string;
  /** All that is there, as `PostgresStore.export` has it, in a file that is whole when this resolves. @throws UserError `backup-failed`, `store-failed` */
  saveTo(file: string): Promise<void>;
  /** No saga is there any more, and none of them counts as retired. Views of the log are made again by their next reading. */
  clear(): Promise<void>;
  /** Enters sagas of which there is no log as retired at these times, in microseconds since 1970. */
  noteRetired(retired: ReadonlyMap<string, number>): Promise<void>;
}

class StoreInTransaction implements PostgresTransaction {
  readonly #client: Client;
  readonly #statements: TransactionStatements;
  readonly #catalogue: PostgresCatalogue;
  readonly #writer: GroupCommit;
  readonly #partitions: number;
  readonly #sagas: ReadonlyMap<string, string>;

  constructor(
    client: Client,
    statements: TransactionStatements,
    partitions: number,
    sagas: ReadonlyMap<string, string>,
  ) {
    this.#client = client;
    this.#statements = statements;
    this.#partitions = partitions;
    this.#sagas = sagas;
    this.#catalogue = new PostgresCatalogue({ reader: statements, lister: statements });
    this.#writer = new GroupCommit({
      appendsMax: COMMIT_APPENDS_MAX,
      write: (appends) => writeAppends(statements, appends),
      read: () => undefined,
      trouble: () => undefined, // the statements remember it
      idle: () => undefined,
    });
  }

  get sagasBefore(): number {
    return this.#sagas.size;
  }

  readonly partitionOf = (saga: string): string =>
    this.#sagas.get(saga) ??
    (this.#partitions === 0 ? 'main' : partitionName(hash32(saga) % this.#partitions));

  append(append: AppendOutput, answers: InputSink): void {
    if (isStorable(append)) this.#writer.append({ append, text: textOf(append.events) }, answers);
    else answers.input({ kind: 'append-failed', append });
  }

  open(partition: string, answers: EpochSink): void {
    this.#statements.run<{ epoch: string }>({ text: OPEN_PARTITION, values: [partition] }).then(
      ([row]) => answers.opened(Number(row!.epoch), []),
      (error: Error) => answers.openFailed?.(error),
    );
  }

  find(query: SagaQuery): Promise<SagaPage> {
    return this.#catalogue.find(query);
  }

  logOf(saga: string): Promise<readonly StoredEvent[]> {
    return this.#catalogue.logOf(saga);
  }

  counts(): Promise<readonly StatusCount[]> {
    return this.#catalogue.counts();
  }

  remove(saga: string): Promise<'removed' | 'not-ended' | 'unknown'> {
    return this.#catalogue.remove(saga);
  }

  retiredAmong(sagas: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#catalogue.retiredAmong(sagas);
  }

  saveTo(file: string): Promise<void> {
    return saveLines(linesWithin(this.#client), file);
  }

  async clear(): Promise<void> {
    await this.#statements.run({ text: CLEAR });
  }

  async noteRetired(retired: ReadonlyMap<string, number>): Promise<void> {
    const gone = [...retired].filter(([saga]) => !this.#sagas.has(saga)); // its name was not another's since then
    const values = [gone.map(([saga]) => saga), gone.map(([, atUs]) => atUs)];
    await this.#statements.run({ text: NOTE_RETIRED, values });
  }
}

/**
 * On the connection of the transaction, one after the other. The first that fails is remembered: after it nothing can be done but to
 * end.
 */
class TransactionStatements implements StatementRunner {
  readonly #client: Client;
  #last: Promise<unknown> = Promise.resolve();
  trouble: Error | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  run<Row>(statement: Statement): Promise<readonly Row[]> {
    const mine = this.#last.then(() => this.#run<Row>(statement));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #run<Row>({ text, values = [] }: Statement): Promise<readonly Row[]> {
    try {
      return (await this.#client.query({ text, values: [...values] })).rows as Row[];
    } catch (error) {
      const failure = failureOf(error);
      this.trouble ??= failure;
      throw failure;
    }
  }
}

/**
 * Lines in a file that has its name when it is whole, and replaces an older one only then.
 *
 * @throws UserError `backup-failed`, `store-failed`
 * @example
 * await saveLines(store.export(), 'backups/sagas.ndjson');
 */
export async function saveLines(lines: AsyncIterable<string>, file: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    const handle = await openFile(unfinished, 'w');
    try {
      await handle.writeFile(inBlocks(lines));
      await handle.sync();
    } finally {
      await handle.close();
    }
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    if (error instanceof UserError) throw error;
    if (!(error instanceof Error && 'syscall' in error)) throw storeFailed(error); // it is not the disk's
    const hint = 'Name a folder that has room for it.';
    throw new UserError('backup-failed', `${file} could not be written: ${error.message}`, hint);
  }
}

const BLOCK = 262_144;

/** Lines one by one would be a call of the system each. */
async function* inBlocks(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let block = '';
  for await (const line of lines) {
    block += line;
    if (block.length < BLOCK) continue;
    yield block;
    block = '';
  }
  yield block;
}

async function checkNobodyRuns(statements: StatementRunner, schema: string): Promise<void> {
  const workers = await statements.run<{ name: string }>({ text: WORKERS });
  const some = workers.slice(0, 3).map(({ name }) => name);
  if (workers.length > 0) {
    const more = workers.length > some.length ? ` and ${workers.length - some.length} more` : '';
    throw engineRunning(`on the database there runs ${some.join(', ')}${more}`);
  }
  const [lock] = await statements.run<{ free: boolean }>({ text: ALONE, values: [engineLock(schema)] });
  if (!lock!.free) throw engineRunning('an engine runs on the database');
}

/** Where sagas are; a database that nobody has used yet gets the partitions of workers, as `sagastorm serve` makes them. */
async function placesIn(
  statements: StatementRunner,
): Promise<{ readonly partitions: number; readonly sagas: ReadonlyMap<string, string> }> {
  const [known] = await statements.run<{ all: number }>({
    text: 'SELECT count(*)::integer AS all FROM partitions',
  });
  if (known!.all === 0) await statements.run({ text: MAKE_PARTITIONS, values: [PARTITIONS] });
  const [own] = await statements.run<{ count: number }>({ text: COUNT, values: [WITH_NUMBER] });
  const rows = await statements.run<{ id: string; partition: string }>({
    text: 'SELECT id, partition FROM sagas',
  });
  return { partitions: own!.count, sagas: new Map(rows.map(({ id, partition }) => [id, partition])) };
}

/** In the way of every writer and of nobody who reads. */
const LOCK = 'LOCK TABLE partitions, sagas, batches IN SHARE ROW EXCLUSIVE MODE';

const WORKERS = `
  SELECT owner AS name FROM partitions WHERE lease_until > clock_timestamp() AND owner IS NOT NULL
  UNION SELECT name FROM workers WHERE alive_until > clock_timestamp() ORDER BY name`;

const ALONE = 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free';

const COUNT = 'SELECT count(*)::integer AS count FROM partitions WHERE name ~ $1';

/** For workers to claim, and for hosts to open. */
const FREE = `
  UPDATE partitions SET epoch = nextval('epochs'), owner = NULL,
         lease_until = CASE WHEN name ~ $1 THEN 'epoch'::timestamptz END`;

/**
 * Not TRUNCATE: it is in the way of who reads, and a snapshot from before it finds nothing after it. Whose name was taken again is not
 * retired any more; nobody retires those that go now.
 */
const CLEAR = `
  DELETE FROM retired r USING sagas s WHERE s.id = r.id;
  ALTER TABLE sagas DISABLE TRIGGER saga_removed;
  DELETE FROM batches; DELETE FROM sagas;
  ALTER TABLE sagas ENABLE TRIGGER saga_removed;
  UPDATE removals SET count = count + 1`;

const NOTE_RETIRED = `
  INSERT INTO retired AS r SELECT * FROM unnest($1::text[], $2::bigint[]) AS n (id, at_us)
  WHERE NOT EXISTS (SELECT FROM sagas WHERE sagas.id = n.id)
  ON CONFLICT (id) DO UPDATE SET at_us = greatest(r.at_us, excluded.at_us)`;
