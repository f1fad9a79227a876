// The money of a saga as the books have it: every operation that posted something, in the order of its service; what was done
// twice; what came under one key with different words; and who asked for the same at the same time. Pure.

import type { Direction } from '../core/protocol.ts';
import type { StoredEvent } from '../core/saga-event.ts';
import { directionOf } from './attempts.ts';
import { type Book, type BookEntry, operationKey } from './books.ts';
import { isNear, settledAt } from './moments.ts';

/** One operation of the chain: an authorisation, a capture, a refund. */
export interface PaymentLink {
  readonly service: string;
  readonly step: string;
  readonly direction: Direction;
  readonly round: number;
  readonly action: string;
  /** What it moved, in minor units. */
  readonly amount: number;
  /** How often it stands in the book: once, unless it was done again. */
  readonly times: number;
  /** It came under one key with different requests; `refused`: the service said so, and its book has one of them. */
  readonly conflict?: 'booked' | 'refused';
}

/** The money of a saga, and what is suspicious of it. */
export interface PaymentReport {
  /** In the order of the books, service by service. */
  readonly chain: readonly PaymentLink[];
  /** Other sagas of which a service booked the same request of the same step within a minute: one wish under two names? */
  readonly lookalikes: readonly { readonly saga: string; readonly service: string; readonly step: string }[];
}

/** What a payment report is made from. */
export interface PaymentFacts {
  /** Oldest event first. */
  readonly log: readonly StoredEvent[];
  readonly books: readonly Book[];
  /** Of other sagas, as far as they are known. */
  readonly logOf: (saga: string) => readonly StoredEvent[] | undefined;
}

/**
 * The payments of a saga; undefined when it has posted nothing anywhere.
 *
 * @example
 * const log = await store.logOf('order-7');
 * const book: Book = { service: 'bank', entries: [] };
 * paymentReport({ log, books: [book], logOf: () => undefined })?.chain; // [{ action: 'authorize', amount: 49_90, times: 1, … }, …]
 */
export function paymentReport({ log, books, logOf }: PaymentFacts): PaymentReport | undefined {
  const saga = log[0]?.saga;
  const chain = books.flatMap((book) => linksOf(book, saga, log));
  if (chain.length === 0) return undefined;
  return { chain, lookalikes: books.flatMap((book) => lookalikesIn(book, saga, log, logOf)) };
}

function linksOf({ service, entries }: Book, saga: string | undefined, log: readonly StoredEvent[]) {
  const own = entries.filter((entry) => entry.saga === saga && isOfMoney(entry));
  return [...Map.groupBy(own, operationKey).values()].map((same): PaymentLink => {
    const { step, direction, round, action } = same[0]!;
    const conflict = conflictOf(same, log);
    return {
      service,
      step,
      direction,
      round,
      action,
      amount: moved(same[0]!),
      times: same.length,
      ...(conflict === undefined ? {} : { conflict }),
    };
  });
}

/** A service that refuses an operation as invalid which it has done was asked for something else under the same key. */
function conflictOf(same: readonly BookEntry[], log: readonly StoredEvent[]): PaymentLink['conflict'] {
  if (new Set(same.map(({ payload }) => JSON.stringify(payload))).size > 1) return 'booked';
  const [{ step, direction }] = same as readonly [BookEntry];
  const isRefused = log.some(
    ({ event }) =>
      'failure' in event &&
      event.failure === 'invalid_request' &&
      event.step === step &&
      directionOf(event) === direction,
  );
  return isRefused ? 'refused' : undefined;
}

function lookalikesIn(
  { service, entries }: Book,
  saga: string | undefined,
  log: readonly StoredEvent[],
  logOf: PaymentFacts['logOf'],
): PaymentReport['lookalikes'] {
  const forward = entries.filter((entry) => isOfMoney(entry) && entry.direction === 'forward');
  const wordsOf = ({ step, payload }: BookEntry): string => JSON.stringify([step, payload]);
  const own = new Map(
    forward
      .filter((entry) => entry.saga === saga && entry.payload !== undefined)
      .map((one) => [wordsOf(one), one]),
  );
  const seen = new Set<string>();
  return forward.flatMap((entry) => {
    const like = own.get(wordsOf(entry));
    if (like === undefined || entry.saga === saga || seen.has(entry.saga)) return [];
    const atUs = settledAt(log, like);
    if (atUs === undefined || !isNear(settledAt(logOf(entry.saga), entry), [atUs])) return [];
    seen.add(entry.saga);
    return [{ saga: entry.saga, service, step: entry.step }];
  });
}

function isOfMoney({ postings, isPlain }: BookEntry): boolean {
  return isPlain !== true && postings !== undefined && postings.length > 0;
}

/** Postings of an entry add up to zero: what one side gets. */
function moved({ postings = [] }: BookEntry): number {
  return postings.reduce((sum, { amount }) => sum + Math.max(0, amount), 0);
}
