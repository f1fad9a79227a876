// The books of services, as somebody who reconciles gets them: entries by saga and operation, and what they add up to.
//
// B1. Entries are what a service committed, in its own order. They are never changed here, and none is left out.

import type { Direction, LedgerEntry, StockLevel } from '../core/protocol.ts';

/** An entry, and what its service was asked and answered, where its books keep that. */
export interface BookEntry extends LedgerEntry {
  /** The payload of the call that made it. */
  readonly payload?: unknown;
  /** The result that it was answered with. */
  readonly result?: unknown;
  /** Asked for by somebody who knows of no saga: it counts for balances alone. */
  readonly isPlain?: boolean;
}

/** What an account had at first and has now, in minor units. */
export interface BookedAccount {
  readonly opening: number;
  readonly balance: number;
}

/** The books of one service. */
export interface Book {
  readonly service: string;
  /** All of them, oldest first. */
  readonly entries: readonly BookEntry[];
  /** Read at the same moment as the entries. Left out: balances are not compared with entries. */
  readonly accounts?: Readonly<Record<string, BookedAccount>>;
  /** Present levels, read at the same moment. Left out: they are not compared with entries. */
  readonly stock?: readonly StockLevel[];
  /** What is older may be forgotten, in microseconds since 1970. Left out: nothing is. */
  readonly keptSinceUs?: number;
}

/** An operation of a saga, as services know it: without the attempt (E4). */
export interface OperationId {
  readonly saga: string;
  readonly step: string;
  readonly direction: Direction;
  readonly round: number;
}

/** An entry with the service whose it is. */
export interface FiledEntry {
  readonly service: string;
  readonly entry: BookEntry;
}

/** All books, by saga, then by what `operationKey` says. */
export type EntriesBySaga = ReadonlyMap<string, ReadonlyMap<string, readonly FiledEntry[]>>;

/** A text that is equal for entries of one operation of one saga. */
export function operationKey({ step, direction, round }: Omit<OperationId, 'saga'>): string {
  return `${round}/${step}/${direction}`;
}

/** Every entry of every book, by saga and operation; within an operation as its service wrote them. */
export function entriesBySaga(books: readonly Book[]): EntriesBySaga {
  const sagas = new Map<string, Map<string, FiledEntry[]>>();
  for (const { service, entries } of books) {
    for (const entry of entries) {
      if (entry.isPlain === true) continue;
      const operations = sagas.get(entry.saga) ?? new Map<string, FiledEntry[]>();
      sagas.set(entry.saga, operations);
      const key = operationKey(entry);
      const same = operations.get(key);
      if (same === undefined) operations.set(key, [{ service, entry }]);
      else same.push({ service, entry });
    }
  }
  return sagas;
}

/** What is wrong with an entry in itself, in words; undefined when nothing is. */
export function entryFault({ postings = [], stock }: LedgerEntry): string | undefined {
  const sum = postings.reduce((total, { amount }) => total + amount, 0);
  if (sum !== 0) return `its postings add up to ${sum}, not to 0`;
  if (stock === undefined) return undefined;
  const { item, onHand, reserved, sold, total } = stock;
  if (onHand + reserved + sold !== total) {
    return `${item}: ${onHand} on hand, ${reserved} reserved and ${sold} sold are not ${total}`;
  }
  return Math.min(onHand, reserved, sold) < 0 ? `${item}: a part of it is below 0` : undefined;
}

/** What is posted to each account, added up; accounts at 0 are left out. */
export function postedBy(entries: Iterable<LedgerEntry>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { postings = [] } of entries)
    for (const { account, amount } of postings) sums.set(account, (sums.get(account) ?? 0) + amount);
  for (const [account, sum] of sums) if (sum === 0) sums.delete(account);
  return sums;
}
