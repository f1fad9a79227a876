// What a service remembers of transactions: which events it has seen and what it published then (inbox and outbox in one
// row), and how its steps stand. Durable, and written in one transaction with what the service did.

import type { Call } from '../core/protocol.ts';
import { UserError } from '../core/user-error.ts';
import type { PublishedEvent, Reaction } from './reaction.ts';

/** How a step of this service stands. `never`: it was called off before it was done, and will not be. */
export type StepStanding = 'applied' | 'refused' | 'undone' | 'never';

/** What is remembered of one transaction, or of one round of it: a person may have begun it anew (E4). */
export class Remembered {
  readonly round: number;
  /** Types of the events that it has seen. */
  readonly seen = new Set<string>();
  readonly fired = new Set<Reaction>();
  readonly steps = new Map<string, StepStanding>();
  /** How often a step was not done, or nobody knows, by name. */
  readonly failures = new Map<string, number>();
  /** Steps that may have been done. */
  readonly inDoubt = new Set<string>();
  /** What was published when an event was handled, by its type: the answer to whoever delivers it again. */
  readonly answers = new Map<string, readonly PublishedEvent[]>();
  /** What was published by a delivery that is not through, by the type of its event. */
  readonly unanswered = new Map<string, PublishedEvent[]>();
  /** What steps came to, by name, as far as it is known here. */
  results: Readonly<Record<string, unknown>> = {};
  /** The logical clock. */
  time = 0;

  constructor(round: number) {
    this.round = round;
  }
}

/** How long an inbox remembers. */
export interface InboxOptions {
  /**
   * How long a transaction is remembered after its last message, in microseconds: at least this long, less than twice as
   * long. It must outlive the longest delay of a message. 1 to 2^52; default 30 days.
   */
  readonly retentionUs?: number;
}

const RETENTION_DEFAULT_US = 2_592_000_000_000;
const RETENTION_MAX_US = 4_503_599_627_370_496;

/** All transactions of one service, in two generations: a turn forgets the older. */
export class Inbox {
  readonly #retentionUs: number;
  #young = new Map<string, Remembered[]>();
  #old = new Map<string, Remembered[]>();
  #turnAtUs = 0;

  /** @throws UserError `bad-retention` when `retentionUs` is not a whole number from 1 to 2^52 */
  constructor({ retentionUs = RETENTION_DEFAULT_US }: InboxOptions = {}) {
    if (!Number.isInteger(retentionUs) || retentionUs < 1 || retentionUs > RETENTION_MAX_US) {
      throw new UserError(
        'bad-retention',
        `an inbox cannot remember for ${retentionUs} microseconds`,
        'Use a whole number from 1 to 2^52, longer than the longest delay.',
      );
    }
    this.#retentionUs = retentionUs;
  }

  /** What is remembered of the round that a delivery belongs to; of a new one nothing. */
  open({ saga, round }: Pick<Call, 'saga' | 'round'>, nowUs: number): Remembered {
    if (nowUs >= this.#turnAtUs) this.#turn(nowUs);
    const rounds = this.#young.get(saga) ?? this.#old.get(saga) ?? [];
    this.#young.set(saga, rounds);
    const known = rounds.find((one) => one.round === round);
    if (known !== undefined) return known;
    const fresh = new Remembered(round);
    rounds.push(fresh);
    return fresh;
  }

  forget(transaction: string): void {
    this.#young.delete(transaction);
    this.#old.delete(transaction);
  }

  #turn(nowUs: number): void {
    const slept = nowUs >= this.#turnAtUs + this.#retentionUs;
    this.#old = slept ? new Map() : this.#young;
    this.#young = new Map();
    this.#turnAtUs = slept ? nowUs + this.#retentionUs : this.#turnAtUs + this.#retentionUs;
  }
}
