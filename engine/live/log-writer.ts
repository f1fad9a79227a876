// Writes logs into a store past any engine: for a store that is rebuilt from events, or brought up to the books of services.
//
// W1. Each partition is opened once, so whoever wrote it before is fenced (E10). No engine may run on the store meanwhile: it
//     would halt.

import type { Store } from '../core/ports.ts';
import { rowsOf, type SagaEvent, type StoredEvent } from '../core/saga-event.ts';
import { UserError } from '../core/user-error.ts';

const PARTITION = 'main';
/** Sagas whose events are written at the same time. */
const AT_ONCE = 64;

/** What can be written to: all stores can. */
export type WritableStore = Pick<Store, 'append' | 'open'>;

/** Events of one saga that are written together. */
export interface WrittenTogether {
  readonly saga: string;
  /** Events that the saga has before. */
  readonly expectedVersion: number;
  readonly atUs: number;
  readonly events: readonly SagaEvent[];
}

/**
 * Writes events of sagas as an engine would, each append when the one before it is durable.
 *
 * @example
 * const writer = new LogWriter(store);
 * await writer.append({ saga: 's-1', expectedVersion: 3, atUs: liveNowUs(), events });
 */
export class LogWriter {
  readonly #store: WritableStore;
  readonly #partitionOf: (saga: string) => string;
  readonly #epochs = new Map<string, Promise<number>>();
  #number = 0;

  /** @param partitionOf default: all sagas are in the partition of a `Host`, `main` */
  constructor(store: WritableStore, partitionOf: (saga: string) => string = () => PARTITION) {
    this.#store = store;
    this.#partitionOf = partitionOf;
  }

  /** Resolves when it is durable. @throws UserError `not-written` */
  async append(together: WrittenTogether): Promise<void> {
    const epoch = await this.#epochOf(this.#partitionOf(together.saga));
    const append = { kind: 'append', number: ++this.#number, epoch, ...together } as const;
    await new Promise<void>((resolve, reject) => {
      this.#store.append(append, {
        input: ({ kind }) => {
          if (kind === 'appended') resolve();
          else reject(notWritten(together.saga, kind));
        },
      });
    });
  }

  #epochOf(partition: string): Promise<number> {
    const known = this.#epochs.get(partition);
    if (known !== undefined) return known;
    const opened = new Promise<number>((resolve, reject) => {
      this.#store.open(partition, { opened: (epoch) => resolve(epoch), openFailed: reject });
    });
    this.#epochs.set(partition, opened);
    return opened;
  }
}

/**
 * Writes whole logs into a store that knows none of their sagas: its catalogue and its totals follow from the events. What was
 * written together stays together; the epochs are the new writer's.
 *
 * @param logs each oldest event first
 * @returns how many sagas
 * @throws UserError `not-written`, also when the store has one of these sagas
 * @example
 * await writeLogs(logs, new SqliteStore({ file: 'rebuilt.db' }));
 */
export async function writeLogs(
  logs: Iterable<readonly StoredEvent[]>,
  store: WritableStore,
  partitionOf?: (saga: string) => string,
): Promise<number> {
  const writer = new LogWriter(store, partitionOf);
  let sagas = 0;
  let some: Promise<void>[] = [];
  for (const log of logs) {
    if (log.length === 0) continue;
    sagas++;
    some.push(writeLog(writer, log));
    if (some.length < AT_ONCE) continue;
    await Promise.all(some);
    some = [];
  }
  await Promise.all(some);
  return sagas;
}

async function writeLog(writer: LogWriter, log: readonly StoredEvent[]): Promise<void> {
  for (let at = 0; at < log.length; ) {
    const { saga, epoch, atUs } = log[at]!;
    const after = log.findIndex((row, i) => i > at && (row.atUs !== atUs || row.epoch !== epoch));
    const end = after < 0 ? log.length : after;
    const events = log.slice(at, end).map(({ event }) => event);
    await writer.append({ saga, expectedVersion: at, atUs, events });
    at = end;
  }
}

/** What was exported. */
export interface ExportedSagas {
  readonly logs: ReadonlyMap<string, readonly StoredEvent[]>;
  /** Sagas that had left the store, and when, in microseconds since 1970. */
  readonly retired: ReadonlyMap<string, number>;
}

/** The logs in lines of JSON, as a store exports them. @throws UserError `bad-export` */
export async function sagasOfLines(lines: Iterable<string> | AsyncIterable<string>): Promise<ExportedSagas> {
  const logs = new Map<string, StoredEvent[]>();
  const retired = new Map<string, number>();
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    const row = readRow(line, number);
    if ('retiredAtUs' in row) {
      retired.set(row.saga, row.retiredAtUs);
      continue;
    }
    const log = logs.get(row.saga) ?? [];
    if (row.version !== log.length + 1)
      throw badExport(number, `version ${row.version} of ${row.saga} comes after ${log.length}`);
    log.push(row);
    logs.set(row.saga, log);
  }
  return { logs, retired };
}

interface RetiredSaga {
  readonly saga: string;
  readonly retiredAtUs: number;
}

function readRow(line: string, number: number): StoredEvent | RetiredSaga {
  let row: Partial<StoredEvent & RetiredSaga> | null;
  try {
    row = JSON.parse(line) as Partial<StoredEvent & RetiredSaga> | null;
  } catch {
    throw badExport(number, 'it is not JSON');
  }
  const { saga, version, epoch, atUs, event, retiredAtUs } = row ?? {};
  if (typeof saga === 'string' && Number.isSafeInteger(retiredAtUs))
    return { saga, retiredAtUs: retiredAtUs! };
  const isRow =
    typeof saga === 'string' &&
    [version, epoch, atUs].every(Number.isSafeInteger) &&
    typeof event === 'object' &&
    event !== null;
  if (!isRow) throw badExport(number, 'it is no stored event');
  return rowsOf({ saga, expectedVersion: version! - 1, epoch: epoch!, atUs: atUs!, events: [event] })[0]!;
}

function badExport(line: number, why: string): UserError {
  return new UserError('bad-export', `line ${line} of the export: ${why}`, 'Give what `store export` wrote.');
}

function notWritten(saga: string, kind: string): UserError {
  const hint = 'See that no engine runs on the store, and that it has no saga of this name; then try again.';
  return new UserError('not-written', `the log of ${saga} could not be written (${kind})`, hint);
}
