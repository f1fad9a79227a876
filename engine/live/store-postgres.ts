// Sagas on PostgreSQL: for several workers, on as many machines, that share one database.
//
// L1. Group commit: the appends that came in one turn of the event loop, or while the last commit was under way, become
//     durable in one statement, and none of them is answered before it is committed (E1).
// L2. Some connections append, another reads, and one lists and counts (postgres-catalogue.ts). A saga has one of them for good, so that its appends keep their order. What
//     a statement checks, and how, is said in postgres-writer.ts (E10).
// L3. When the connection is lost with a statement, its appends are `append-unknown`; when there is none, or the server
//     refuses the statement, they are `append-failed`. It is made anew with the next statement (postgres-line.ts).
// L4. Loads are answered after the appends that came before them.
// L5. Whoever opens a partition has it: a plain host until it is opened again; a worker until its lease is over
//     (partition-leases.ts).

import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { hash32 } from '../core/mix.ts';
import type { AppendOutput, LoadOutput } from '../core/orchestrator-messages.ts';
import type { EpochSink, InputSink, Store, StoredEvent } from '../core/ports.ts';
import { textOf } from './event-text.ts';
import { type AskedLoad, GroupCommit } from './group-commit.ts';
import {
  type Lease,
  OPEN_PARTITION,
  PartitionLeases,
  type PartitionLeasesOptions,
} from './partition-leases.ts';
import { engineLock, type PostgresAddress, SAGAS_SCHEMA } from './postgres-address.ts';
import { PostgresCatalogue } from './postgres-catalogue.ts';
import { readHistoryRows, readViewRow, writeViewRow } from './postgres-history.ts';
import { CLOSE_MS, connectTo, PostgresLine } from './postgres-line.ts';
import { readLogs } from './postgres-logs.ts';
import { preparedAddress } from './postgres-start.ts';
import { exportRows, retireRows } from './postgres-upkeep.ts';
import { isStorable, isStorableName, WRITER_SESSION, writeAppends } from './postgres-writer.ts';
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

/** Appends in one transaction: their answers are handed out in one turn of the event loop. */
const COMMIT_APPENDS_MAX = 2_000;
/** Connections that append: while one waits for the disk, the other works. */
const LANES = 2;
/** Above those that partitions are told by: each partition uses all connections. */
const LANE_BITS = 16;
const OPEN_AGAIN_MS = 100;

/** Where a {@link PostgresStore} keeps its sagas. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`, with the parameters that `pg` knows. Never logged. */
  readonly url: string;
  /** Lower case letters, digits and `_`, at most 40; default `sagastorm`. It is made when it is not there. */
  readonly schema?: string;
  /** Whether the tables are made where there are none, and brought up to date. Default true; false for who only looks. */
  readonly create?: boolean;
  /** Told of every statement that failed; the appends in it are answered, and asked for again, all the same. */
  readonly onTrouble?: (error: Error) => void;
}

interface FoundLog {
  readonly events: readonly StoredEvent[];
  readonly partition: string | undefined;
}

const PARTITIONS_OF = 'SELECT id, partition FROM sagas WHERE id = ANY ($1)';

/**
 * The store for several workers. Needs PostgreSQL 14 or later, and connections of its own: no pooler that takes them away
 * between statements.
 *
 * @example
 * const store = await PostgresStore.connect({ url: process.env.DATABASE_URL! });
 * const worker = new Worker({ store, transport, definitions: [transfer] });
 * await worker.start();
 * …
 * await worker.stop();
 * await store.close();
 */
export class PostgresStore implements Store, SagaCatalogue, SagaHistory {
  readonly #address: PostgresAddress;
  readonly #onTrouble: (error: Error) => void;
  readonly #writers: readonly PostgresLine[];
  readonly #lanes: readonly GroupCommit[];
  readonly #reader: PostgresLine;
  readonly #lister: PostgresLine;
  readonly #catalogue: PostgresCatalogue;
  /** A plain host runs on it: see {@link engineLock}. */
  #isEngine = false;
  /** Statements of the reader that are not answered. */
  #reads = 0;
  #isClosed = false;
  #whenIdle: (() => void) | undefined;

  private constructor(address: PostgresAddress, onTrouble: (error: Error) => void) {
    this.#address = address;
    this.#onTrouble = onTrouble;
    const tell = (client: ClientBase): Promise<void> => this.#tellEngine(client);
    this.#reader = new PostgresLine({ connect: () => connectTo(address), prepare: tell });
    this.#lister = new PostgresLine({ connect: () => connectTo(address) });
    this.#catalogue = new PostgresCatalogue({ reader: this.#reader, lister: this.#lister });
    const prepare = async (client: ClientBase): Promise<void> => {
      await client.query(WRITER_SESSION);
      await tell(client); // whichever of its connections comes back first
    };
    this.#writers = Array.from(
      { length: LANES },
      () => new PostgresLine({ connect: () => connectTo(address), prepare }),
    );
    this.#lanes = this.#writers.map(
      (writer) =>
        new GroupCommit({
          appendsMax: COMMIT_APPENDS_MAX,
          write: (appends) => writeAppends(writer, appends),
          read: (loads) => void this.#read(loads),
          trouble: onTrouble,
          idle: () => this.#rest(),
        }),
    );
  }

  /**
   * Connects, and makes the tables or brings them up to date. From here on a database that is away is waited for.
   *
   * @throws UserError `store-unreachable`, `store-unusable`, `store-newer`, `bad-option`; with `create: false` `no-store`, `store-older`.
   */
  static async connect(options: PostgresStoreOptions): Promise<PostgresStore> {
    const { url, schema = SAGAS_SCHEMA, create = true, onTrouble = () => undefined } = options;
    return new PostgresStore(await preparedAddress({ url, schema }, create), onTrouble);
  }

  append(append: AppendOutput, answers: InputSink): void {
    if (this.#isClosed) return;
    const text = this.#textOf(append);
    if (text === undefined) return answers.input({ kind: 'append-failed', append });
    this.#laneOf(append.saga).append({ append, text }, answers);
  }

  load(load: LoadOutput, answers: InputSink): void {
    if (this.#isClosed) return answers.input({ kind: 'load-failed', saga: load.saga, number: load.number });
    this.#laneOf(load.saga).load(load, answers);
  }

  /**
   * Takes the partition from whoever has it, be it a worker with a lease. Tried again until it succeeds; it fails
   * when the store is closed.
   */
  open(partition: string, answers: EpochSink): void {
    void this.#untilDone(answers, async () => {
      if (!this.#isEngine) await this.#reader.run({ text: LOCK, values: [engineLock(this.#address.schema)] });
      this.#isEngine = true;
      const rows = await this.#reader.run<{ epoch: string }>({ text: OPEN_PARTITION, values: [partition] });
      const epoch = Number(rows[0]!.epoch);
      const logs = await this.#openLogs(partition); // by a later statement: all that earlier epochs have written
      answers.opened(epoch, logs);
    });
  }

  /**
   * The store for a host that has this lease: it opens the partition under the lease's epoch. When the lease is over it
   * opens nothing: the host is given no saga, and all that it appends is fenced.
   */
  leased(lease: Lease): Store {
    return {
      append: (append, answers) => this.append(append, answers),
      load: (load, answers) => this.load(load, answers),
      open: (_partition, answers) => this.#openLeased(lease, answers),
    };
  }

  /** The leases of one worker: see {@link PartitionLeases}. They have a connection of their own, and close it. */
  leases(options: Omit<PartitionLeasesOptions, 'address' | 'onTrouble'>): PartitionLeases {
    return new PartitionLeases({ ...options, address: this.#address, onTrouble: this.#onTrouble });
  }

  /**
   * Writes what has come so far, answers it, and closes the connections; of a database that hangs it lets go after a few seconds,
   * and nobody knows what became of what was under way. An append that comes later is never answered.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const lines = [...this.#writers, this.#reader, this.#lister];
    if (this.#isBusy) {
      const timer = setTimeout(() => {
        for (const line of lines) line.giveUp();
      }, CLOSE_MS);
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
      clearTimeout(timer);
    }
    await Promise.all(lines.map((line) => line.close()));
  }

  /** Of all workers; in the order of their numbers. */
  find(query: SagaQuery): Promise<SagaPage> {
    return this.#catalogue.find(query);
  }

  /** Waits for no append. */
  logOf(saga: string): Promise<readonly StoredEvent[]> {
    return this.#catalogue.logOf(saga);
  }

  /** Of all workers. They are counted: a tenth of a second for a million sagas. */
  counts(): Promise<readonly StatusCount[]> {
    return this.#catalogue.counts();
  }

  remove(saga: string): Promise<'removed' | 'not-ended' | 'unknown'> {
    return this.#catalogue.remove(saga);
  }

  retiredAmong(sagas: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#catalogue.retiredAmong(sagas);
  }

  /** Deletes, or moves to an archive, sagas that ended long ago: see {@link retireRows}. @throws LineError. */
  retire(retirement: Retirement): Promise<number> {
    return retireRows(this.#reader, retirement);
  }

  /** Every event of every saga as a line of JSON, as of now: see {@link exportRows}. */
  export(): AsyncGenerator<string> {
    return exportRows(() => connectTo(this.#address));
  }

  /** Of all workers; see postgres-history.ts. */
  history(after?: HistoryPlace): AsyncGenerator<HistoryPage> {
    return readHistoryRows(() => connectTo(this.#address), after);
  }

  keptView(projection: string): Promise<KeptView | undefined> {
    return asked(() => readViewRow(this.#lister, projection));
  }

  keepView(projection: string, kept: KeptView): Promise<void> {
    return asked(() => writeViewRow(this.#lister, projection, kept));
  }

  /** On every new connection of the reader. */
  async #tellEngine(client: ClientBase): Promise<void> {
    if (this.#isEngine) await client.query(LOCK, [engineLock(this.#address.schema)]);
  }

  get #isBusy(): boolean {
    return this.#reads > 0 || this.#lanes.some((lane) => lane.isBusy);
  }

  /** Undefined for what can never be written: it must not keep others from it. */
  #textOf(append: AppendOutput): string | undefined {
    try {
      if (isStorable(append)) return textOf(append.events);
      this.#onTrouble(
        new Error(`the name of saga ${JSON.stringify(append.saga.slice(0, 80))} cannot be stored`),
      );
    } catch (error) {
      this.#onTrouble(error instanceof Error ? error : new Error(String(error)));
    }
    return undefined;
  }

  /** L2. */
  #laneOf(saga: string): GroupCommit {
    return this.#lanes[(hash32(saga) >>> LANE_BITS) % LANES]!;
  }

  #rest(): void {
    if (!this.#isBusy) this.#whenIdle?.();
  }

  /** All in one statement. */
  async #read(asked: readonly AskedLoad[]): Promise<void> {
    this.#reads++;
    const found = await this.#logsOf(asked.map(({ load }) => load.saga));
    this.#reads--;
    for (const { load, answers } of asked) {
      const { saga, number } = load;
      if (found === undefined) answers.input({ kind: 'load-failed', saga, number });
      else answers.input({ kind: 'loaded', saga, number, events: [], ...found.get(saga) });
    }
    this.#rest();
  }

  async #logsOf(sagas: readonly string[]): Promise<ReadonlyMap<string, FoundLog> | undefined> {
    try {
      const values = [[...new Set(sagas)].filter(isStorableName)];
      const [logs, rows] = await Promise.all([
        readLogs(this.#reader, 's.id = ANY ($1)', { name: 'load', values }),
        this.#reader.run<{ id: string; partition: string }>({ text: PARTITIONS_OF, values }),
      ]);
      const partitions = new Map(rows.map(({ id, partition }) => [id, partition]));
      return new Map(
        logs.map((events) => {
          const { saga } = events[0]!;
          return [saga, { events, partition: partitions.get(saga) }];
        }),
      );
    } catch (error) {
      this.#onTrouble(error as Error);
      return undefined;
    }
  }

  #openLeased({ partition, epoch }: Lease, answers: EpochSink): void {
    void this.#untilDone(answers, async () => {
      const held = await this.#reader.run({ text: HOLDS, values: [partition, epoch] });
      answers.opened(epoch, held.length === 0 ? [] : await this.#openLogs(partition));
    });
  }

  /** In the words of the index `open_sagas`. */
  #openLogs(partition: string): Promise<readonly (readonly StoredEvent[])[]> {
    const open = `s.partition = $1 AND s.status IN ('running', 'compensating')`;
    return readLogs(this.#reader, open, { values: [partition] });
  }

  async #untilDone(answers: EpochSink, act: () => Promise<void>): Promise<void> {
    for (this.#reads++; ; await delay(OPEN_AGAIN_MS)) {
      try {
        await act();
        break;
      } catch (error) {
        this.#onTrouble(error instanceof Error ? error : new Error(String(error)));
        if (!this.#isClosed) continue;
        answers.openFailed?.(storeFailed(error));
        break;
      }
    }
    this.#reads--;
    this.#rest();
  }
}

/** Until the connection ends. */
const LOCK = 'SELECT pg_advisory_lock_shared(hashtextextended($1, 0))';

const HOLDS = `SELECT 1 FROM partitions WHERE name = $1 AND epoch = $2 AND lease_until > clock_timestamp()`;
