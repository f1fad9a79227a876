// What people ask of a store: which sagas there are, what became of one, how many are in which state. Every live store
// answers; writers are not in its way, nor it in theirs.
//
// A1. Only what is durable is told, and what was acknowledged before the question was asked is told.
// A2. Whatever is asked, the answer is bounded: lists come in pages.

import type { StoredEvent } from '../core/ports.ts';
import type { SagaStatus } from '../core/saga-event.ts';
import { UserError } from '../core/user-error.ts';
import { STORE_FAILED } from './unreachable.ts';

/** A saga as lists show it. Times in microseconds since 1970, by the clocks of the writers. */
export interface SagaRow {
  readonly saga: string;
  readonly definition: string;
  readonly definitionVersion: number;
  readonly status: SagaStatus;
  readonly createdAtUs: number;
  /** When its last event was written. */
  readonly updatedAtUs: number;
  /** Undefined while it is open, and while it waits for a person. */
  readonly endedAtUs: number | undefined;
}

/** Which sagas; all conditions hold together. */
export interface SagaQuery {
  readonly statuses?: readonly SagaStatus[];
  readonly definition?: string;
  /** Those created at this time or later. */
  readonly createdFromUs?: number;
  /** The `next` of the page before. */
  readonly cursor?: string;
  /** From 1 to {@link PAGE_MAX}. */
  readonly limit: number;
}

/** Newest first: in the order in which the store came to know them. */
export interface SagaPage {
  readonly sagas: readonly SagaRow[];
  /** For the next page; undefined after the last. */
  readonly next: string | undefined;
}

/** Sagas of one status. */
export interface StatusCount {
  readonly status: SagaStatus;
  readonly count: number;
  /** From creation to end, over those that ended, in microseconds. */
  readonly durationUsTotal: number;
}

/** The most sagas that a page of {@link SagaCatalogue.find} may have. */
export const PAGE_MAX = 500;

/** The most names that {@link SagaCatalogue.retiredAmong} is asked about at once. */
export const RETIRED_ASKED_MAX = 5_000;

/** What can be read of a store: which sagas there are, and what became of one. Every live store answers. */
export interface SagaQueries {
  /** @throws UserError `bad-query`, `store-failed` */
  find(query: SagaQuery): Promise<SagaPage>;
  /** The durable log of a saga, oldest first; empty when there is none. @throws UserError `store-failed` */
  logOf(saga: string): Promise<readonly StoredEvent[]>;
  /** Statuses of which there is none may be left out. @throws UserError `store-failed` */
  counts(): Promise<readonly StatusCount[]>;
  /**
   * Which of these left the store, by `remove` or because they were retired, and when: in microseconds since 1970, by the
   * store's clock. Kept as long as the store, some 60 bytes for each; the name may be another saga's since then.
   *
   * @param sagas at most {@link RETIRED_ASKED_MAX}
   * @throws UserError `bad-query`, `store-failed`
   */
  retiredAmong(sagas: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** What people ask of a store, and do to it. Every live store answers. */
export interface SagaCatalogue extends SagaQueries {
  /**
   * Deletes a saga that has ended, with its events. One that is open, or waits for a person, stays.
   *
   * @throws UserError `store-failed`
   */
  remove(saga: string): Promise<'removed' | 'not-ended' | 'unknown'>;
}

/** @throws UserError `bad-query` */
export function checkQuery({ limit, cursor, createdFromUs = 0 }: SagaQuery): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > PAGE_MAX) {
    throw new UserError('bad-query', `limit is ${limit}`, `Give a whole number from 1 to ${PAGE_MAX}.`);
  }
  if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
    throw new UserError('bad-query', 'the cursor is not one of ours', 'Give the `next` of the page before.');
  }
  if (!Number.isSafeInteger(createdFromUs)) {
    throw new UserError('bad-query', `createdFromUs is ${createdFromUs}`, 'Give whole microseconds.');
  }
}

/** @throws UserError `bad-query` */
export function checkNames(sagas: readonly string[]): void {
  if (sagas.length <= RETIRED_ASKED_MAX) return;
  const hint = `Ask about at most ${RETIRED_ASKED_MAX} at once.`;
  throw new UserError('bad-query', `it was asked about ${sagas.length} sagas`, hint);
}

/** What somebody asks of a store. @throws UserError `store-failed`, `store-damaged`, and its own */
export async function asked<Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof UserError ? error : storeFailed(error);
  }
}

/** What a store that could not be asked says. */
export function storeFailed(error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error);
  const what = `the store could not be asked: ${why}`;
  const because = { cause: error };
  if (isDamage(error)) return new UserError('store-damaged', what, DAMAGED, because);
  return new UserError(STORE_FAILED, what, isForbidden(error) ? MAY_LOOK : 'Try again.', because);
}

const DAMAGED = 'What is stored is damaged: put a backup in its place with `sagastorm store restore`.';

const MAY_LOOK =
  'To look, its user needs GRANT USAGE ON SCHEMA sagastorm, GRANT SELECT ON ALL TABLES IN SCHEMA sagastorm and GRANT SELECT ON ALL SEQUENCES IN SCHEMA sagastorm.';

/** PostgreSQL: `insufficient_privilege`. */
function isForbidden(error: unknown): boolean {
  const { code, sqlState } = error as { readonly code?: unknown; readonly sqlState?: unknown };
  return code === '42501' || sqlState === '42501';
}

/** What a store of an earlier version says to who only reads. `where` names it. */
export function olderSchema(where: string, version: number, present: number): UserError {
  return new UserError(
    'store-older',
    `${where} was written by an earlier version of sagastorm (its schema is ${version}, here it is ${present}), and reading changes nothing`,
    'Read it with that version; or make a backup, and bring it up to date with `sagastorm store upgrade`, as a server does that starts on it.',
  );
}

/** SQLite: a table that is not there, a page that is malformed, a header that is none. */
const DAMAGE_CODES: readonly unknown[] = [1, 11, 26];

/** What was read is not what was written; a second try reads the same. */
function isDamage(error: unknown): boolean {
  if (error instanceof SyntaxError || error instanceof TypeError) return true; // events that are no list of JSON
  return DAMAGE_CODES.includes((error as { readonly errcode?: unknown } | undefined)?.errcode);
}
