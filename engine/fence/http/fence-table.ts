// What the fence of a real service needs of its database: a table beside the service's own, in one transaction with them.

import type { Direction } from '../../core/protocol.ts';
import { UserError } from '../../core/user-error.ts';
import { RETENTION_DEFAULT_US } from '../fence.ts';

/** 3,000 years: databases can subtract it from their clocks. */
const FOREVER_MS = 1e14;

/** An operation that is closed, with the answer that every repetition gets. A compensation's row is the tombstone. */
export interface FenceRow {
  readonly key: string;
  readonly saga: string;
  readonly step: string;
  readonly round: number;
  readonly direction: Direction;
  readonly action: string;
  readonly payloadHash: number;
  readonly isApplied: boolean;
  readonly status: number;
  readonly body: string;
}

/** One transaction. */
export interface FenceTransaction<Database> {
  /** What a handler writes its effects with. */
  readonly database: Database;
  /** The rows of one step of a saga in one round. */
  rows(saga: string, step: string, round: number): Promise<readonly FenceRow[]>;
  keep(row: FenceRow): Promise<void>;
  /** Takes back what the handler wrote, and nothing else. */
  takeBack(): Promise<void>;
}

/** A table of rows in a database. */
export interface FenceTable<Database> {
  /**
   * Does the work in a transaction, in which nobody else works for the same saga. Commits when it answers, rolls back when
   * it throws; answers when the commit is durable.
   */
  transact<Answer>(
    saga: string,
    work: (transaction: FenceTransaction<Database>) => Promise<Answer>,
  ): Promise<Answer>;
}

/** In milliseconds; one that a database can reckon with. @throws UserError `bad-retention` when it is not above 0 */
export function retentionFrom(retentionMs: number = RETENTION_DEFAULT_US / 1_000): number {
  if (retentionMs > 0) return Math.min(retentionMs, FOREVER_MS);
  const hint = 'Give more than the longest delay, or Infinity.';
  throw new UserError('bad-retention', `a fence cannot keep its keys for ${retentionMs} milliseconds`, hint);
}

/** A row as either database hands it out: SQLite has no truth values, only 1. */
export function rowOf(row: Readonly<Record<string, unknown>>): FenceRow {
  return {
    key: String(row.key),
    saga: String(row.saga),
    step: String(row.step),
    round: Number(row.round),
    direction: row.direction as Direction,
    action: String(row.action),
    payloadHash: Number(row.payload_hash),
    isApplied: row.is_applied === true || row.is_applied === 1,
    status: Number(row.status),
    body: String(row.body),
  };
}
