// The standard retry table, per failure class, as a person writes it: the values that policies begin from.

import type { FailureClass } from '../core/protocol.ts';
import type { Backoff } from './retry.ts';

/** One row, in milliseconds. */
export interface RetryRow {
  /** Attempts in all, 1 to 1,000. */
  readonly attemptsMax: number;
  /** Wait after the first failure, 0 to one day. */
  readonly initialMs: number;
  /** The longest wait, from `initialMs` to one day. */
  readonly maxMs: number;
  /** What an exponential wait is multiplied by each time, in thousandths, 1,000 to 10,000. */
  readonly factorPermille: number;
  /** How the wait grows, default `exponential`. */
  readonly backoff?: Backoff;
}

/** For each class of failure, how often to try and how long to wait in between. */
export type RetryTable = Readonly<Record<FailureClass, RetryRow>>;

function row(attemptsMax: number, initialMs: number, maxMs: number, factorPermille: number): RetryRow {
  return { attemptsMax, initialMs, maxMs, factorPermille };
}

/** What a policy goes by where it says nothing else. Classes that no repetition mends have one attempt. */
export const STANDARD_TABLE: RetryTable = {
  transient: row(5, 1_000, 30_000, 2_000),
  rate_limited: row(10, 5_000, 120_000, 1_500),
  circuit_open: row(3, 30_000, 300_000, 1_000),
  timeout: row(3, 2_000, 10_000, 2_000),
  // A pool or a disk that is full empties in seconds or not at all: wait longer than for a blip, and not often.
  resource_exhausted: row(4, 5_000, 60_000, 2_000),
  // The service itself is well, something behind it is not: like a blip, a little more patient.
  dependency_failure: row(5, 2_000, 30_000, 2_000),
  // The answer will not change. The waits count only where a step must go on for ever (E8).
  invalid_request: row(1, 30_000, 300_000, 2_000),
  business: row(1, 30_000, 300_000, 2_000),
};

/** An undo that fails is tried in the same way whatever the reason: giving up needs a person. */
export const STANDARD_COMPENSATION: RetryRow = row(5, 2_000, 30_000, 2_000);
export const STANDARD_CALL_TIMEOUT_MS = 10_000;
/** Waits are never shorter than the table says, at most a tenth longer. */
export const STANDARD_JITTER = [1_000, 1_100] as const;
