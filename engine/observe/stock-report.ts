// What became of an item of stock around a saga: what the saga did to it, who else did something to it within a minute, who
// holds it, and whether what is on hand follows from the entries. For who asks why a reservation was refused. Pure.

import type { Direction, StockLevel } from '../core/protocol.ts';
import type { StoredEvent } from '../core/saga-event.ts';
import type { Book, BookEntry } from './books.ts';
import { failuresIn, isNear, settledAt } from './moments.ts';

/** One entry of the book: by how much it changed the parts of the item, and what they were after it. */
export interface StockMove {
  readonly saga: string;
  readonly step: string;
  readonly direction: Direction;
  readonly reserved: number;
  readonly sold: number;
  readonly level: StockLevel;
  /** When it stood in the log of its saga, in microseconds since 1970; left out where the log is not known. */
  readonly atUs?: number;
}

/** An item of a service, as one saga met it. */
export interface StockReport {
  readonly service: string;
  readonly item: string;
  /** What the saga did to it, oldest first. Empty when all that it asked for was refused. */
  readonly own: readonly StockMove[];
  /** What others did within a minute before or after: who competed for it. */
  readonly concurrent: readonly StockMove[];
  /** Whose reservations stand, the largest first. */
  readonly holders: readonly { readonly saga: string; readonly reserved: number }[];
  /** As the entries add up: total − reserved − sold. */
  readonly computed: number;
  /** On hand, as the service says; as the last entry says, where its book has no levels. */
  readonly onHand: number;
}

/** What a stock report is made from. */
export interface StockFacts {
  /** Oldest event first. */
  readonly log: readonly StoredEvent[];
  readonly books: readonly Book[];
  /** Of other sagas, as far as they are known. */
  readonly logOf: (saga: string) => readonly StoredEvent[] | undefined;
}

/**
 * One for each item that the saga has entries of, or names in its input.
 *
 * @example
 * const log = await store.logOf('order-7');
 * const book: Book = { service: 'stock', entries: [] };
 * stockReports({ log, books: [book], logOf: () => undefined })[0]; // { item: 'lamp', own: [], concurrent: […], computed: 0, onHand: 0, … }
 */
export function stockReports({ log, books, logOf }: StockFacts): readonly StockReport[] {
  const [first] = log;
  if (first?.event.kind !== 'saga-created') return [];
  const { saga, event } = first;
  const named = namesIn(event.input);
  return books.flatMap((book) => {
    const byItem = Map.groupBy(book.entries.filter(isOfStock), ({ stock }) => stock.item);
    return [...byItem]
      .filter(([item, entries]) => named.has(item) || entries.some((entry) => entry.saga === saga))
      .map(([item, entries]) => reportOf(saga, log, { book, item, moves: movesOf(entries, logOf, log) }));
  });
}

function reportOf(
  saga: string,
  log: readonly StoredEvent[],
  { book, item, moves }: { readonly book: Book; readonly item: string; readonly moves: readonly StockMove[] },
): StockReport {
  const own = moves.filter((move) => move.saga === saga);
  const moments = own.length > 0 ? own.flatMap(({ atUs }) => atUs ?? []) : failuresIn(log);
  const held = new Map<string, number>();
  for (const move of moves) held.set(move.saga, (held.get(move.saga) ?? 0) + move.reserved);
  const { level } = moves.at(-1)!;
  const reserved = [...held.values()].reduce((sum, one) => sum + one, 0);
  const sold = moves.reduce((sum, one) => sum + one.sold, 0);
  const said = book.stock?.find((one) => one.item === item) ?? level;
  return {
    service: book.service,
    item,
    own,
    concurrent: moves.filter((move) => move.saga !== saga && isNear(move.atUs, moments)),
    holders: [...held]
      .flatMap(([one, count]) => (count > 0 ? [{ saga: one, reserved: count }] : []))
      .sort((a, b) => b.reserved - a.reserved),
    computed: said.total - reserved - sold,
    onHand: said.onHand,
  };
}

type StockEntry = BookEntry & { readonly stock: StockLevel };

function isOfStock(entry: BookEntry): entry is StockEntry {
  return entry.stock !== undefined;
}

/** Levels stand in entries; what an entry changed is the difference to the one before. An item begins all on hand. */
function movesOf(
  entries: readonly StockEntry[],
  logOf: StockFacts['logOf'],
  own: readonly StoredEvent[],
): readonly StockMove[] {
  let before = { reserved: 0, sold: 0 };
  return entries.map((entry) => {
    const { saga, step, direction, stock } = entry;
    const move = { reserved: stock.reserved - before.reserved, sold: stock.sold - before.sold };
    before = stock;
    const atUs = settledAt(own[0]?.saga === saga ? own : logOf(saga), entry);
    return { saga, step, direction, ...move, level: stock, ...(atUs === undefined ? {} : { atUs }) };
  });
}

/** Every text in a value: one of them may be the name of an item. */
function namesIn(value: unknown): ReadonlySet<string> {
  if (typeof value === 'string') return new Set([value]);
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(Object.values(value).flatMap((one) => [...namesIn(one)]));
}
