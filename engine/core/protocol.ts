// The contract between an engine and the services that take part in its sagas: what is asked (a call), what
// is answered (an outcome), and what a participant must show to whoever judges it (its ledger).
//
// E2: an outcome is one of three. E4: one operation has one key, whatever the attempt.

/** Forward work, or its undo. */
export type Direction = 'forward' | 'compensation';

/** Why a call did not apply. The classes are those of the usual retry tables; each has a retry rule. */
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** Why a call did not succeed: what policies retry by, from a blip (`transient`) to a refusal for good (`business`). */
export const FAILURE_CLASSES = [
  'transient',
  'rate_limited',
  'circuit_open',
  'timeout',
  'invalid_request',
  'resource_exhausted',
  'dependency_failure',
  'business',
] as const;

/** One request to a participant. The same operation is sent again with the same `key` and the next `attempt`. */
export interface Call {
  readonly kind: 'call';
  readonly saga: string;
  readonly step: string;
  readonly direction: Direction;
  /** 0, unless a person retried a saga that had ended without any effect (E4). */
  readonly round: number;
  /** 1, 2, 3, … within one direction of one step. */
  readonly attempt: number;
  /** Identifies the operation: see {@link idempotencyKey}. */
  readonly key: string;
  readonly service: string;
  readonly action: string;
  readonly payload: unknown;
  /** Hash of the payload, a safe integer; the same key with another hash is refused by a correct participant. */
  readonly payloadHash: number;
}

/** The operation happened; the answer of every later attempt is the same. */
export interface Applied {
  readonly kind: 'applied';
  readonly result?: unknown;
}

/**
 * The operation certainly had no effect. For a forward call, a `business` or `invalid_request` rejection is final:
 * the participant stores it under the key. Any other class may be tried again under the same key; so may a
 * compensation that was refused, whatever the class, since a person may resume it (E7): it is never stored.
 */
export interface Rejected {
  readonly kind: 'rejected';
  readonly failure: FailureClass;
  readonly reason: string;
  /** The saga whose lock the call met, where that is why. */
  readonly heldBy?: string;
  /** The participant asks not to be tried again before this many microseconds have passed; a policy may cap it. */
  readonly retryAfterUs?: number;
}

/** Nobody knows: a timeout, a lost reply, a reset connection, a 5xx. The operation may have happened (E2). */
export interface Unknown {
  readonly kind: 'unknown';
  readonly failure: FailureClass;
  readonly reason: string;
  readonly retryAfterUs?: number;
}

/** What a call came to (E2): `applied`, `rejected` (certainly no effect) or `unknown` (perhaps). */
export type Outcome = Applied | Rejected | Unknown;

/** Whether the rejection of a forward call is stored under its key, so that no attempt of it can ever apply. */
export function isFinal(failure: FailureClass): boolean {
  return failure === 'business' || failure === 'invalid_request';
}

/**
 * The idempotency key of an operation: (saga, step, direction), never the attempt (E4).
 *
 * @example
 * idempotencyKey('s-1', 'debit', 'forward', 0);      // 's-1/debit/forward'
 * idempotencyKey('s-1', 'debit', 'compensation', 2); // 's-1/debit/compensation/round-2'
 */
export function idempotencyKey(saga: string, step: string, direction: Direction, round: number): string {
  const suffix = round === 0 ? `/${step}/${direction}` : `/${step}/${direction}/round-${round}`;
  return saga + suffix;
}

/** What a participant may know about the world while it handles a call. */
export interface ParticipantEnv {
  /** The participant's own clock, in microseconds. */
  readonly nowUs: number;
  /**
   * True in `permille` of 1,000 cases. Inside the simulator a keyed draw: the same `purpose` and `subject` of
   * one run always fall the same way.
   *
   * @param purpose names the decision, e.g. `'credit-fails'`
   * @param subject what it is about, e.g. a key, or a key with its attempt
   */
  chance(purpose: string, subject: string, permille: number): boolean;
  /**
   * Called by a participant between two commits of its own: what it did so far is durable, and here its process may
   * die. In a simulated run that is an exception: let it pass, and do not catch it.
   */
  commit(): void;
}

/** A service as a synchronous state machine: the call goes in, the effect is committed, the outcome comes out. */
export interface Participant {
  /** The actions that it understands; a saga that names another does not start. */
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  /** Of one that stands before another, as another protocol wants it: the other, which a scenario's own invariants look into. */
  readonly inner?: Participant;
  handle(call: Call, env: ParticipantEnv): Outcome;
  /** The process restarted: whatever it kept in memory only is gone. What is durable stays. */
  restart?(): void;
  /**
   * Nothing more can come of this saga: what is kept of it only to recognise a repetition may go. Called by who can
   * know, which is the simulator; in real life a retention time stands in for it.
   */
  forget?(saga: string): void;
  /**
   * The shared records whose values a call would change or rely on, such as accounts: what two-phase commit locks. Amounts
   * that only add up, as of an account that nobody checks, need no lock. Left out: everything.
   */
  records?(call: Call): readonly string[];
}

/** A change of one account. Amounts are integers in minor units; one entry's postings add up to zero. */
export interface Posting {
  readonly account: string;
  readonly amount: number;
}

/** The state of one stock item after an entry. All are integers; on hand + reserved + sold = total. */
export interface StockLevel {
  readonly item: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly sold: number;
  readonly total: number;
}

/**
 * What an effect had to do with a record that sagas share, such as an account or a shelf. Values are whole numbers;
 * versions do as well as amounts.
 *
 * With both, the effect made `written` from `read`: it is an update, and what it read must be what is there. With
 * `read` alone it relied on what is there, and nobody may undo that any more. With `written` alone it wrote blindly.
 *
 * With `added` it added that much to whatever was there, and `written` is what is there now. With `place` it is one of the
 * numbered changes of a version file, and `written` is the place of the change that shows now, 0 for none.
 */
export interface Touch {
  readonly record: string;
  readonly read?: number;
  readonly written?: number;
  readonly added?: number;
  readonly place?: number;
}

/** One committed effect, as the participant wrote it. The judge reads these, never the engine (S9). */
export interface LedgerEntry {
  readonly saga: string;
  readonly step: string;
  readonly direction: Direction;
  readonly round: number;
  readonly action: string;
  readonly postings?: readonly Posting[];
  readonly stock?: StockLevel;
  /** Said by participants that read before they write, so that sagas can be seen to get into each other's way. */
  readonly touched?: readonly Touch[];
  /** Said by participants that lock: the steps `by` now hold locks on `records`, or do not any more. */
  readonly lock?: LockNote;
}

/** What became of the locks of some steps of a saga: those of two-phase commit, or semantic ones. */
export interface LockNote {
  readonly is: 'taken' | 'released';
  readonly by: readonly string[];
  readonly records: readonly string[];
}

/**
 * A participant's own books. Entries are written by the code that changes balances, not by the code that
 * removes duplicates: an effect that happens twice stands here twice.
 */
export interface Ledger {
  /** Hands over the entries committed since the last call, oldest first; the ledger then forgets them. */
  drain(): readonly LedgerEntry[];
  /** Every account with its present balance; accounts whose name begins with `clearing:` hold money in flight. */
  balances(): Iterable<readonly [account: string, balance: number]>;
  /** Every stock item with its present level. */
  stock(): Iterable<StockLevel>;
}

/** Accounts that hold money on its way; they are empty when every saga has ended. */
export const CLEARING_PREFIX = 'clearing:';
