// What the author of a service writes: a module that starts it, once for each life of its process.

import type { Call, LedgerEntry, Outcome, StockLevel } from '../../engine/core/protocol.ts';

/** What a service finds when its process starts. */
export interface ServiceContext {
  /** Its name in the scenario. */
  readonly service: string;
  /** What the scenario passed as `data`. */
  readonly data: unknown;
  /**
   * What survives a crash, such as a database: made once per run, and the same again in every later life.
   *
   * @example
   * const db = durable('db', () => new DatabaseSync(':memory:'));
   */
  durable<Value>(name: string, create: () => Value): Value;
}

/** One entry of a ledger as the books of a service have it: the key says whose it is. */
export interface BookEntry extends Pick<LedgerEntry, 'action' | 'postings' | 'stock' | 'touched'> {
  /** The idempotency key of the call that had the effect, as it stood in the header `idempotency-key`. */
  readonly key: string;
}

/**
 * What the judge reads of a service (S9), after every call and every timer. To be read from where effects are kept, not
 * from where duplicates are recognised: an effect that happened twice stands here twice.
 */
export interface Books {
  /** Effects committed since the run began, oldest first, without the first `known` of them. */
  entries(known: number): readonly BookEntry[];
  /** Every account with its present balance. */
  balances?(): Readonly<Record<string, number>>;
  /** Every stock item with its present level. */
  stock?(): readonly StockLevel[];
}

/** A service that is up: something with `fetch`, or something with `handle`. */
export interface StartedService {
  /** Any app of this shape: one of Hono, or `(request) => Response`. Called as `POST <base>/<action>`. */
  fetch?(request: Request): Response | Promise<Response>;
  /** Instead of `fetch`: a handler of calls, which answers with an outcome. What it throws is its author's mistake. */
  handle?(call: Call): Outcome | Promise<Outcome>;
  /**
   * Answers what the service asks of others with the global `fetch`, such as the handlers of msw do; undefined: there is
   * nobody. Left out: whatever it asks is an error that names the call.
   *
   * @example
   * outgoing: (request) => getResponse(handlers, request), // both of msw
   */
  outgoing?(request: Request): Response | undefined | Promise<Response | undefined>;
  readonly books: Books;
}

/**
 * Starts a service; a module exports it as `start`. Called at the beginning of each run, and again after each crash.
 *
 * @example
 * export const start: StartService = ({ durable }) => {
 *   const db = durable('db', openDatabase);
 *   return { fetch: createApp(db).fetch, books: { entries: (known) => chargesIn(db).slice(known) } };
 * };
 */
export type StartService = (context: ServiceContext) => StartedService | Promise<StartedService>;
