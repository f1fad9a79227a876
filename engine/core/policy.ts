// What the engine asks of a policy. The answers are made in engine/policy; core only knows the questions.

import type { Direction, FailureClass } from './protocol.ts';

/** A failed attempt, as the policy sees it. */
export interface FailedAttempt {
  readonly direction: Direction;
  readonly failure: FailureClass;
  /** The attempt that failed: 1, 2, 3, … */
  readonly attempt: number;
  /** The step goes on until it succeeds (a retriable step, or a pivot in doubt): the limit does not count. */
  readonly endless: boolean;
  /** The definition's own limit for the step, if it has one. */
  readonly attemptsMax: number | undefined;
  /** What the participant asks for, unbounded; 0 when it asks for nothing. */
  readonly retryAfterUs: number;
  /** A hash of the operation's identity: the source of jitter, so that the engine draws no random number. */
  readonly jitterKey: number;
}

/** What a policy looks at when it is asked whether a saga can run under it. */
export interface PolicedSaga {
  readonly name: string;
  readonly deadlineUs: number | undefined;
  readonly steps: readonly {
    readonly name: string;
    readonly kind: 'compensatable' | 'pivot' | 'retriable';
    readonly timeoutUs: number | undefined;
    readonly attemptsMax: number | undefined;
    /** Indices of the steps that come before. */
    readonly after: readonly number[];
  }[];
}

/** A named set of rules. Pure: the same question always has the same answer. */
export interface Policy {
  readonly name: string;
  /** How long one call may take before its outcome is `unknown`, in microseconds. */
  readonly callTimeoutUs: number;
  /** Microseconds to wait before the next attempt, or -1 to give up. */
  retryDelayUs(failed: FailedAttempt): number;
  /** The longest time that one step may spend on timeouts and transient failures, in microseconds. */
  budgetUs(direction: Direction, callTimeoutUs: number, attemptsMax: number | undefined): number;
  /** Refuses a definition that cannot run under these rules (E12). Throws a UserError. */
  check(saga: PolicedSaga): void;
}
