// The table of a fence as books that others may read, to reconcile (`sagastorm reconcile`): every operation that took effect, with
// the answer that it got.
//
// L1. A row stands there exactly when the handler's effects do (M1), so an operation that is missing was not done. It stands there
//     once, whatever the handler did: that the same was booked twice is not seen here. Who wants balances compared, too, serves
//     entries of the service's own ledger instead.
// L2. A tombstone of what never happened is no entry.
// L3. A page has all rows of its sagas, as of one moment. Sagas have a fixed order, and `next` is a place in it: whatever comes in
//     between, no saga is on two pages, and none that was there is left out.
// L4. What the fence has forgotten, or never saw because it was not there, is said by its time: nobody is to take it for lost.

import type { Context } from 'hono';
import { UserError } from '../../core/user-error.ts';
import type { FenceRow } from './fence-table.ts';

const ROWS_DEFAULT = 50_000;
/** Clocks of services and engines may differ by so much. */
const MARGIN_MS = 60_000;
/** The last place of a saga in the order of pages. */
export const PART_MAX = 2 ** 32 - 1;

/** Which sagas: from a place in their order on, as many as have about so many rows. */
export interface FencePart {
  readonly after: number;
  /** From 1. */
  readonly rows: number;
}

/** The rows of some sagas. */
export interface FencePage {
  /** Of operations that took effect, all of one moment: a forward call before its compensation. */
  readonly rows: readonly FenceRow[];
  /** Where the next page begins; null when there is none. */
  readonly next: number | null;
  /** Since when, in milliseconds since 1970, there is a table of which nothing was forgotten. */
  readonly keptSinceMs: number;
}

/** Of a table that can be read as a book. */
export interface FenceBook {
  bookPage(part: FencePart): Promise<FencePage>;
}

/** How long its pages are. */
export interface FenceLedgerOptions {
  /** About as many rows on a page, from 1; default 50,000. */
  readonly rows?: number;
}

/**
 * Answers `GET ledger/entries` with the operations that a fence remembers, in pages. They hold the answers of the service: serve them
 * where only operators come, like the service's own data.
 *
 * @throws UserError `bad-rows` when `rows` is not a whole number from 1
 * @example
 * const table = sqliteFence(new DatabaseSync('payment.db'));
 * app.use(fence(table));
 * app.use('/ledger/*', bearerAuth({ token: 'a secret of operators' })); // of hono/bearer-auth
 * app.get('/ledger/entries', fenceLedger(table));
 */
export function fenceLedger(
  book: FenceBook,
  { rows: rowsAtOnce = ROWS_DEFAULT }: FenceLedgerOptions = {},
): (c: Context) => Promise<Response> {
  if (!Number.isSafeInteger(rowsAtOnce) || rowsAtOnce < 1) {
    const hint = 'Give a whole number from 1.';
    throw new UserError('bad-rows', `a page cannot have ${rowsAtOnce} rows`, hint);
  }
  return async (c) => {
    const after = Number(c.req.query('after') ?? 0);
    if (!Number.isSafeInteger(after) || after < 0 || after > PART_MAX) {
      const headers = { 'content-type': 'application/problem+json' };
      const detail = '`after` is 0, or the `next` of the page before';
      return new Response(JSON.stringify({ status: 400, detail }), { status: 400, headers });
    }
    const { rows, keptSinceMs, next } = await book.bookPage({ after, rows: rowsAtOnce });
    const keptSinceUs = (Math.max(0, Math.floor(keptSinceMs)) + MARGIN_MS) * 1_000;
    return c.json({ entries: entriesOf(rows), keptSinceUs, next });
  };
}

/** L2. */
function entriesOf(rows: readonly FenceRow[]): readonly object[] {
  const operation = ({ saga, step, round }: FenceRow): string => JSON.stringify([saga, step, round]);
  const applied = rows.filter(({ isApplied }) => isApplied);
  const done = new Set(applied.filter(({ direction }) => direction === 'forward').map(operation));
  return applied
    .filter((row) => done.has(operation(row)))
    .map(({ saga, step, round, direction, action, body }) => ({
      saga,
      step,
      direction,
      round,
      action,
      ...resultIn(body),
    }));
}

function resultIn(body: string): { readonly result?: unknown } {
  try {
    return body === '' ? {} : { result: JSON.parse(body) };
  } catch {
    return {};
  }
}
