// The table of a fence as books that others may read, to reconcile (`sagastorm reconcile`): every operation that took effect, with
// the answer that it got.
//
// L1. A row stands there exactly when the handler's effects do (M1), so an operation that is missing was not done. It stands there
//     once, whatever the handler did: that the same was booked twice is not seen here. Who wants balances compared, too, serves
//     entries of the service's own ledger instead.
// L2. A tombstone of what never happened is no entry.
// L3. A page has all rows of its sagas, as of one moment. Its number says which of how many it is.
// L4. What the fence has forgotten is said by its time: nobody is to take it for lost.

import type { Context } from 'hono';
import type { FenceRow } from './fence-table.ts';

const ROWS_DEFAULT = 50_000;
const PAGES_MAX = 4_096;
/** Clocks of services and engines may differ by so much. */
const MARGIN_MS = 60_000;

/** Which sagas: those whose number, taken modulo `pages`, is `page`. */
export interface FencePart {
  readonly pages: number;
  readonly page: number;
}

/** Of a table that can be read as a book. */
export interface FenceBook {
  /** How many rows there are, and since when, in milliseconds since 1970, none was forgotten. */
  bookSize(): Promise<{ readonly rows: number; readonly keptSinceMs: number }>;
  /** The rows of some sagas, all of one moment: a forward call before its compensation. */
  bookRows(part: FencePart): Promise<readonly FenceRow[]>;
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
 * @example
 * const table = sqliteFence(new DatabaseSync('payment.db'));
 * app.use(fence(table));
 * app.get('/ledger/entries', fenceLedger(table));
 */
export function fenceLedger(
  book: FenceBook,
  { rows: rowsAtOnce = ROWS_DEFAULT }: FenceLedgerOptions = {},
): (c: Context) => Promise<Response> {
  return async (c) => {
    const after = Number(c.req.query('after') ?? 0);
    if (!Number.isSafeInteger(after) || after < 0 || (after > 0 && after < PAGES_MAX)) {
      const headers = { 'content-type': 'application/problem+json' };
      const detail = '`after` is 0, or the `next` of the page before';
      return new Response(JSON.stringify({ status: 400, detail }), { status: 400, headers });
    }
    const { rows, keptSinceMs } = await book.bookSize();
    const part = partOf(after, rows / rowsAtOnce);
    const entries = entriesOf(await book.bookRows(part));
    const isLast = part.page + 1 >= part.pages;
    const next = isLast ? null : part.pages * PAGES_MAX + part.page + 1;
    return c.json({ entries, keptSinceUs: (keptSinceMs + MARGIN_MS) * 1_000, next });
  };
}

/** L3: how many pages there are is settled with the first. */
function partOf(after: number, pages: number): FencePart {
  if (after === 0) return { pages: Math.min(PAGES_MAX, Math.max(1, Math.ceil(pages))), page: 0 };
  return { pages: Math.floor(after / PAGES_MAX), page: after % PAGES_MAX };
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
