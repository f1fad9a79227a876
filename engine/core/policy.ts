// What the engine asks of a policy. The answers are made in engine/policy; core only knows the questions.
//
// A policy is a value and remembers nothing. What must be remembered of the calls of one process (failure rates,
// budgets, who waits) is its governor's: one for each process, lost with it, and never in the log.

import type { Direction, FailureClass, Outcome, Rejected } from './protocol.ts';

/** A failed attempt, as the policy sees it. */
export interface FailedAttempt {
  readonly service: string;
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

/** Decides when a failed attempt is tried again. */
export interface RetryRules {
  /** Microseconds to wait before the next attempt, or -1 to give up. */
  retryDelayUs(failed: FailedAttempt): number;
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
export interface Policy extends RetryRules {
  readonly name: string;
  /** How long one call may take before its outcome is `unknown`, in microseconds. */
  readonly callTimeoutUs: number;
  /** The longest time that one step may spend on timeouts and transient failures, in microseconds. */
  budgetUs(direction: Direction, callTimeoutUs: number, attemptsMax: number | undefined): number;
  /** Refuses a definition that cannot run under these rules (E12). Throws a UserError. */
  check(saga: PolicedSaga): void;
  /** The part that remembers, for one process; undefined or left out when nothing has to be remembered. */
  readonly govern?: ((report: (change: CircuitChange) => void) => Governor) | undefined;
}

/** `open`: calls are refused. `half-open`: a few pass, to see whether the service is well again. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** The circuit of a service, in one process, changed. */
export interface CircuitChange {
  readonly service: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
}

/** A call that is due. */
export interface DueCall {
  readonly saga: string;
  readonly service: string;
  readonly direction: Direction;
  readonly step: number;
  /** No step of its saga was tried before: new work, which comes last. */
  readonly isFirst: boolean;
}

/** A call that had left. */
export interface LeftCall {
  readonly service: string;
  readonly direction: Direction;
  /** That of its service when it left: see {@link Governor.generation}. */
  readonly generation: number;
}

/** How many sagas a process has in hand at a time, and how many requests for more may wait. */
export interface AdmissionLimits {
  readonly sagasMax: number;
  readonly queueMax: number;
}

/** The rules of a policy over the calls of one process. Not pure, but deterministic: it knows what it is told. */
export interface Governor extends RetryRules {
  readonly admission: AdmissionLimits | undefined;
  /** After how many microseconds without an answer a call without effects is sent once more; -1: never. */
  readonly hedgeAfterUs: number;
  /** Counts the changes of the circuit of a service: what left under an earlier one says nothing of the present. */
  generation(service: string): number;
  /** May this call leave now? It leaves, or waits until `next` names it, or is settled by the refusal. */
  permit(call: DueCall, nowUs: number): 'go' | 'wait' | Rejected;
  /** Whether one more call to the service fits now, beside those that wait: for the copy of one that has left. */
  permitCopy(service: string): boolean;
  /** A call that had left is not waited for any more. `outcome` is undefined when nobody learnt what became of it. */
  settled(call: LeftCall, outcome: Outcome | undefined, nowUs: number): void;
  /** A saga with a call that waited and may leave now; to be asked again until there is none. */
  next(service: string): string | undefined;
  /** No call of the saga waits any more: it is over, or not this process's. */
  forget(saga: string): void;
}
