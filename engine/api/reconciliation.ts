// A store reconciled with the books of the services, while sagas go on: the logs are read before the books, and those that
// seem to differ once more after them.

import type { SagaDefinition } from '../core/define-saga.ts';
import type { StoredEvent } from '../core/ports.ts';
import { liveNowUs, PAGE_MAX, RETIRED_ASKED_MAX, type SagaQueries } from '../live/index.ts';
import { type Book, lasting, type Reconciliation, reconcile } from '../observe/index.ts';

const HOUR_US = 3_600_000_000;
/** Logs that a store is asked for at a time. */
const LOGS_AT_ONCE = 50;

/** What is compared with what. */
export interface StoreReconciliation {
  readonly catalogue: SagaQueries;
  /** Asked once, after the logs were read. */
  readonly books: () => Promise<readonly Book[]>;
  /** Those that are known here. */
  readonly definitions?: readonly SagaDefinition[];
  /** Only sagas created in the last hours, and whatever else the books mention. Default: all. */
  readonly hours?: number;
  /** Sagas whose logs are read, newest first, from 1. Default 1,000,000. */
  readonly sagasMax?: number;
}

/**
 * What the logs of a store and the books of its services disagree about, lastingly.
 *
 * @throws UserError `store-failed`, and what `books` throws
 * @example
 * const { differences } = await reconcileStore({ catalogue: store, books: async () => [await serviceBook('bank', url)] });
 */
export async function reconcileStore(asked: StoreReconciliation): Promise<Reconciliation> {
  const { catalogue, books: askBooks, definitions = [] } = asked;
  const { logs, isWhole } = await logsBefore(asked);
  let books = await askBooks();
  const gone = isWhole ? await retiredIn(catalogue, logs, books) : NONE;
  const elder = await logsOnlyBooked(catalogue, new Map<string, unknown>([...logs, ...gone]), books);
  for (const log of elder) logs.set(log[0]!.saga, log);
  if (elder.length > 0) books = await askBooks(); // R2: these logs are to be older than the books, too
  const definitionOf = (name: string, version: number): SagaDefinition | undefined =>
    definitions.find((one) => one.name === name && one.version === version);
  const retired = await retiredIn(catalogue, logs, books);
  const before = reconcile({ logs: logs.values(), books, definitionOf, retired });
  const again = new Set(before.differences.map(({ saga }) => saga));
  for (const saga of again) {
    const log = await catalogue.logOf(saga);
    if (log.length > 0) logs.set(saga, log);
  }
  if (again.size === 0) return before;
  return lasting(before, reconcile({ logs: logs.values(), books, definitionOf, retired }));
}

const NONE: ReadonlyMap<string, number> = new Map();

/** Of the sagas that the books mention, those that left the store on purpose. */
async function retiredIn(
  catalogue: SagaQueries,
  known: ReadonlyMap<string, unknown>,
  books: readonly Book[],
): Promise<ReadonlyMap<string, number>> {
  const sagas = onlyBooked(known, books);
  const retired = new Map<string, number>();
  for (let at = 0; at < sagas.length; at += RETIRED_ASKED_MAX) {
    const some = await catalogue.retiredAmong(sagas.slice(at, at + RETIRED_ASKED_MAX));
    for (const [saga, atUs] of some) retired.set(saga, atUs);
  }
  return retired;
}

function onlyBooked(known: ReadonlyMap<string, unknown>, books: readonly Book[]): readonly string[] {
  const entries = books.flatMap((book) => book.entries.filter(({ isPlain }) => isPlain !== true));
  return [...new Set(entries.map(({ saga }) => saga))].filter((saga) => !known.has(saga));
}

/**
 * Of sagas that the books mention, and that are older than what was asked for.
 *
 * @param known whose logs need not be read. Where all logs of the store were read, those that were retired belong to them;
 *   where they were not, somebody may have taken such a name again before the hours that were asked for.
 */
async function logsOnlyBooked(
  catalogue: SagaQueries,
  known: ReadonlyMap<string, unknown>,
  books: readonly Book[],
): Promise<readonly (readonly StoredEvent[])[]> {
  const sagas = onlyBooked(known, books);
  const logs: (readonly StoredEvent[])[] = [];
  for (let at = 0; at < sagas.length; at += LOGS_AT_ONCE) {
    const some = sagas.slice(at, at + LOGS_AT_ONCE).map((saga) => catalogue.logOf(saga));
    logs.push(...(await Promise.all(some)).filter((log) => log.length > 0));
  }
  return logs;
}

interface LogsBefore {
  readonly logs: Map<string, readonly StoredEvent[]>;
  /** These are all that there were. */
  readonly isWhole: boolean;
}

async function logsBefore({
  catalogue,
  hours,
  sagasMax = 1_000_000,
}: StoreReconciliation): Promise<LogsBefore> {
  const logs = new Map<string, readonly StoredEvent[]>();
  const createdFromUs = hours === undefined ? 0 : liveNowUs() - hours * HOUR_US;
  let isCut = hours !== undefined;
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await catalogue.find({
      createdFromUs,
      limit: PAGE_MAX,
      ...(cursor === undefined ? {} : { cursor }),
    });
    const wanted = page.sagas.slice(0, sagasMax - logs.size);
    for (const { saga } of wanted) logs.set(saga, await catalogue.logOf(saga));
    isCut ||= wanted.length < page.sagas.length || (logs.size >= sagasMax && page.next !== undefined);
    cursor = logs.size < sagasMax ? page.next : undefined;
  }
  return { logs, isWhole: !isCut };
}
