// The books of services, asked for over HTTP: `GET <base>/ledger/entries?after=N`, page by page, as participants-mock/http
// serves them and a service of one's own may.
//
// B1. Balances and levels are those of the last page: they are read at the same moment as its entries.
// B2. What a service answers is checked before it is believed, and bounded.

import type { LedgerEntry, StockLevel } from '../core/protocol.ts';
import { UserError } from '../core/user-error.ts';

import type { HttpService } from './transport-http.ts';
import { BOOKS_UNREACHABLE } from './unreachable.ts';

const TIMEOUT_MS = 30_000;
/** Entries of one service, at most. */
const ENTRIES_MAX = 5_000_000;

/** The books of one service, as it told them. */
export interface ServiceBook {
  readonly service: string;
  /** Oldest first; perhaps with `payload` and `result` of the call that made them. */
  readonly entries: readonly LedgerEntry[];
  /** By name, in minor units. Left out when the service does not say. */
  readonly accounts?: Readonly<Record<string, { readonly opening: number; readonly balance: number }>>;
  readonly stock?: readonly StockLevel[];
  /** What is older may be forgotten, in microseconds since 1970. Left out: nothing is. */
  readonly keptSinceUs?: number;
}

/**
 * All that stands in the books of a service.
 *
 * @throws UserError `books-unreachable` when it cannot be reached, or answers 5xx; `no-books` when it has none to show, or
 *   answers something else
 * @example
 * const book = await serviceBook('bank', 'http://127.0.0.1:7001');
 * book.entries.length;
 */
export async function serviceBook(service: string, at: string | HttpService): Promise<ServiceBook> {
  const { baseUrl, headers = {} } = typeof at === 'string' ? { baseUrl: at } : at;
  const entries: LedgerEntry[] = [];
  for (let after = 0; ; ) {
    const page = await pageOf(
      service,
      `${baseUrl.replace(/\/$/, '')}/ledger/entries?after=${after}`,
      headers,
    );
    entries.push(...page.entries);
    if (entries.length > ENTRIES_MAX) throw noBooks(service, `it has more than ${ENTRIES_MAX} entries`);
    if (page.next === null) {
      const { accounts, stock, keptSinceUs } = page;
      return {
        service,
        entries,
        ...(accounts === undefined ? {} : { accounts }),
        ...(stock === undefined ? {} : { stock }),
        ...(keptSinceUs === undefined ? {} : { keptSinceUs }),
      };
    }
    if (page.next <= after) throw noBooks(service, 'its pages do not go on');
    after = page.next;
  }
}

interface Page extends Omit<ServiceBook, 'service'> {
  readonly next: number | null;
}

async function pageOf(
  service: string,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Page> {
  let status: number;
  let body: unknown;
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = answer.status;
    body = status === 200 ? await answer.json() : await answer.body?.cancel();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof SyntaxError)
      throw noBooks(service, `GET ledger/entries was not answered in JSON (${why})`);
    throw unreachable(service, `it cannot be asked (${why})`);
  }
  if (status >= 500) throw unreachable(service, `GET ledger/entries was answered ${status}`);
  if (status !== 200) throw noBooks(service, `GET ledger/entries was answered ${status}`);
  if (!isPage(body)) throw noBooks(service, 'GET ledger/entries was not answered with a page of entries');
  return body;
}

/** B2. */
function isPage(body: unknown): body is Page {
  if (typeof body !== 'object' || body === null || !('entries' in body) || !('next' in body)) return false;
  const { entries, next } = body;
  const isDated = !('keptSinceUs' in body) || Number.isSafeInteger(body.keptSinceUs);
  const isPlaced = next === null || Number.isSafeInteger(next);
  return isDated && isPlaced && Array.isArray(entries) && entries.every(isEntry);
}

/** Whether that can stand in a book: who it was for, and what. */
export function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { saga, step, direction, round, postings = [] } = value as Readonly<Record<string, unknown>>;
  return (
    typeof saga === 'string' &&
    typeof step === 'string' &&
    (direction === 'forward' || direction === 'compensation') &&
    Number.isSafeInteger(round) &&
    Array.isArray(postings) &&
    postings.every(
      (leg: { readonly account?: unknown; readonly amount?: unknown } | null) =>
        typeof leg?.account === 'string' && Number.isSafeInteger(leg.amount),
    )
  );
}

function noBooks(service: string, why: string): UserError {
  return new UserError(
    'no-books',
    `the books of ${service} cannot be read: ${why}`,
    'Give its file, or let it answer GET ledger/entries as docs/on-call.md shows.',
  );
}

function unreachable(service: string, why: string): UserError {
  return new UserError(
    BOOKS_UNREACHABLE,
    `the books of ${service} cannot be read: ${why}`,
    'Bring it up and try again, or give its file.',
  );
}
