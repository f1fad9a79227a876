// What stands between a network that repeats, reorders and delays, and effects that must happen once.
//
// F1 One key, one effect, one answer; the same key with another payload or action is refused.
// F2 An undo runs once, and only for a forward call that was applied. Without one it succeeds without effect.
// F3 After a compensation the forward call has no effect any more: what the compensation left is the tombstone.
// F4 Only what is final is remembered, and only after the effect returned: if it throws, nothing happened.
// F5 What a fence does not know of a saga, its service may: one that writes the operation beside its effect can tell it
//    again after its process was gone, and is told of what was settled without it.

import {
  type Applied,
  type Call,
  type Direction,
  isFinal,
  type Outcome,
  type ParticipantEnv,
  type Rejected,
} from '../core/protocol.ts';
import { UserError } from '../core/user-error.ts';

/**
 * What a service does, free of any thought about duplicates: the {@link Fence} calls each of these at most once
 * for an operation that ends applied. Both commit all of their effect or none, and throw only when it is none.
 */
export interface Effects {
  /** Forward work. `unknown`, and a rejection that may be retried, must leave no effect: it is asked again. */
  apply(call: Call, env: ParticipantEnv): Outcome;
  /** Undoes what `forward` is the outcome of; `call` is the compensation. */
  undo(call: Call, forward: Applied, env: ParticipantEnv): Outcome;
  /** The operations of a saga that are settled, oldest first, as they are kept with the effects (F5). */
  recall?(saga: string): readonly SettledCall[];
  /** An operation was settled without an effect, by a tombstone or for good: to be kept with the others (F5). */
  keep?(settled: SettledCall): void;
}

/** A closed operation, as a service that keeps it beside its effect must give it back. */
export interface SettledCall
  extends Pick<Call, 'saga' | 'step' | 'round' | 'direction' | 'key' | 'action' | 'payloadHash'> {
  readonly outcome: Applied | Rejected;
}

/**
 * What is to be kept of a call that was settled.
 *
 * @example
 * const event = { kind: 'payment-applied', by: settledCall(call, { kind: 'applied' }) };
 */
export function settledCall(call: Call, outcome: Applied | Rejected): SettledCall {
  const { saga, step, round, direction, key, action, payloadHash } = call;
  return { saga, step, round, direction, key, action, payloadHash, outcome };
}

/** How long a fence remembers. */
export interface FenceOptions {
  /**
   * How long an outcome or a tombstone is remembered after the last call of its saga, in microseconds by the
   * participant's own clock: at least this long, less than twice as long. It must outlive the longest delay of
   * a message, and the longest wait for a person who resumes a compensation. 1 to 2^52; default 30 days.
   */
  readonly retentionUs?: number;
}

/** 30 days. */
export const RETENTION_DEFAULT_US = 2_592_000_000_000;
const RETENTION_MAX_US = 2 ** 52;

/** A closed operation, in the list of its saga; newest first. A compensation's entry is the tombstone (F3). */
interface Settled {
  readonly key: string;
  readonly step: string;
  readonly round: number;
  readonly direction: Direction;
  readonly action: string;
  readonly payloadHash: number;
  readonly outcome: Applied | Rejected;
  readonly next: Settled | undefined;
}

const NO_EFFECT: Applied = Object.freeze({ kind: 'applied' });
const OTHER_REQUEST: Rejected = Object.freeze({
  kind: 'rejected',
  failure: 'invalid_request',
  reason: 'this key came with another request before',
});
const COMPENSATED: Rejected = Object.freeze({
  kind: 'rejected',
  failure: 'business',
  reason: 'compensated before it arrived',
});

/**
 * Makes a service idempotent. Owns the memory of what was answered; the effects stay with their owner.
 *
 * An operation is known by its key (E4): a caller that changes the key between attempts gets a second effect.
 * Lookups go by saga, whose few operations form a list, so that nothing is built or hashed for a call.
 *
 * @example
 * const fence = new Fence({
 *   apply: (call) => ({ kind: 'applied', result: { seat: book(call.saga) } }),
 *   undo: (call) => (release(call.saga), { kind: 'applied' }),
 * });
 * fence.handle(call, env); // the first time: books
 * fence.handle(call, env); // from then on: the same answer
 */
export class Fence {
  readonly #effects: Effects;
  readonly #retentionUs: number;
  /** Two generations by saga: touched since the last turn, or only before it. A turn forgets the older. */
  #young = new Map<string, Settled>();
  #old = new Map<string, Settled>();
  #turnAtUs = 0;

  /** @throws UserError `bad-retention` when `retentionUs` is not a whole number from 1 to 2^52. */
  constructor(effects: Effects, { retentionUs = RETENTION_DEFAULT_US }: FenceOptions = {}) {
    if (!Number.isInteger(retentionUs) || retentionUs < 1 || retentionUs > RETENTION_MAX_US) {
      throw new UserError(
        'bad-retention',
        `a fence cannot keep its keys for ${retentionUs} microseconds`,
        'Use a whole number from 1 to 2^52, longer than the longest delay.',
      );
    }
    this.#effects = effects;
    this.#retentionUs = retentionUs;
  }

  /** How many sagas it remembers. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /**
   * Answers a call: from memory, or by running its effect.
   *
   * @throws what the effect throws; then nothing is remembered, and the next attempt starts anew (F4).
   */
  handle(call: Call, env: ParticipantEnv): Outcome {
    if (env.nowUs >= this.#turnAtUs) this.#turn(env.nowUs);
    const newest = this.#young.get(call.saga) ?? this.#revive(call.saga) ?? this.#recall(call.saga);
    const before = find(newest, call, call.direction, call.key);
    if (before !== undefined) {
      const same = before.payloadHash === call.payloadHash && before.action === call.action;
      return same ? before.outcome : OTHER_REQUEST; // F1
    }
    return call.direction === 'forward'
      ? this.#forward(call, env, newest)
      : this.#compensate(call, env, newest);
  }

  /** Drops what is remembered of a saga of which no call can come any more. */
  forget(saga: string): void {
    if (!this.#young.delete(saga)) this.#old.delete(saga);
  }

  #forward(call: Call, env: ParticipantEnv, newest: Settled | undefined): Outcome {
    if (find(newest, call, 'compensation') !== undefined) return COMPENSATED; // F3
    const outcome = this.#effects.apply(call, env);
    if (isClosed(outcome)) {
      if (outcome.kind === 'rejected') this.#effects.keep?.(settledCall(call, outcome));
      this.#settle(call, outcome, newest); // F4
    }
    return outcome;
  }

  /** A refused undo is not remembered, whatever its class: a person may resume it under the same key (E7). */
  #compensate(call: Call, env: ParticipantEnv, newest: Settled | undefined): Outcome {
    const forward = find(newest, call, 'forward')?.outcome;
    const stands = forward?.kind === 'applied';
    const outcome = stands ? this.#effects.undo(call, forward, env) : NO_EFFECT; // F2
    if (outcome?.kind !== 'applied') return outcome;
    if (!stands) this.#effects.keep?.(settledCall(call, outcome));
    this.#settle(call, outcome, newest);
    return outcome;
  }

  /** F5. */
  #recall(saga: string): Settled | undefined {
    if (this.#effects.recall === undefined) return undefined;
    let newest: Settled | undefined;
    for (const settled of this.#effects.recall(saga)) newest = { ...settled, next: newest };
    if (newest !== undefined) this.#young.set(saga, newest);
    return newest;
  }

  #settle(call: Call, outcome: Applied | Rejected, next: Settled | undefined): void {
    const { key, saga, step, round, direction, action, payloadHash } = call;
    this.#young.set(saga, { key, step, round, direction, action, payloadHash, outcome, next });
  }

  /** A saga that is heard of again is kept for as long again. */
  #revive(saga: string): Settled | undefined {
    if (this.#old.size === 0) return undefined;
    const newest = this.#old.get(saga);
    if (newest === undefined) return undefined;
    this.#old.delete(saga);
    this.#young.set(saga, newest);
    return newest;
  }

  /** Forgets a generation at once, and both when nobody called for as long as that. */
  #turn(nowUs: number): void {
    const slept = nowUs >= this.#turnAtUs + this.#retentionUs;
    this.#old = slept ? new Map() : this.#young;
    this.#young = new Map();
    this.#turnAtUs = slept ? nowUs + this.#retentionUs : this.#turnAtUs + this.#retentionUs;
  }
}

/** Whether no attempt can change it. What is no outcome, for who wrote it need not have types, is for the caller to judge. */
function isClosed(outcome: Outcome): outcome is Applied | Rejected {
  return outcome?.kind === 'applied' || (outcome?.kind === 'rejected' && isFinal(outcome.failure));
}

/** The newest entry of a call's step and round in one direction, under any key unless one is given. */
function find(
  newest: Settled | undefined,
  { step, round }: Call,
  direction: Direction,
  key?: string,
): Settled | undefined {
  let entry = newest;
  while (
    entry !== undefined &&
    !(
      entry.step === step &&
      entry.direction === direction &&
      entry.round === round &&
      (key === undefined || entry.key === key)
    )
  ) {
    entry = entry.next;
  }
  return entry;
}
