// The judge's files on the sagas, and how they are written: from ledger entries and calls, never from what the engine
// says (S9). The counts of all files stand side by side in two arrays: they are read at every effect, and thousands
// of small objects would be far apart in memory.

import { type SagaDefinition, stepIndexOf } from '../../engine/core/define-saga.ts';
import { hash32 } from '../../engine/core/mix.ts';
import { CLEARING_PREFIX, type Direction, type LedgerEntry } from '../../engine/core/protocol.ts';
import { BlockSpace } from '../kernel/block-space.ts';
import type { CaseFile, Ending, Repetition } from './invariant.ts';

/**
 * Per step: forward effects, compensation effects, payload hash of the first forward and compensation call, the sum of all
 * postings, each amount times a number that stands for its account, and the last forward and compensation attempt that
 * the log intends. The sum is linear, so it is back at zero when every account has back what was posted; that another
 * mixture is zero, too, happens once in 2^32.
 */
const COUNTS = 7;
const POSTED = 4;
const INTENDED = 5;
const NONE: ReadonlySet<number> = new Set();

export class CaseBook {
  readonly #space = new BlockSpace();
  counts = new Int32Array(64 * COUNTS);
  /** Per step: the key of the first forward call, and of the first compensation call. */
  readonly keys: (string | undefined)[] = [];

  /** A place for the counts of so many steps, all of them zero. */
  reserve(steps: number): number {
    const at = this.#space.reserve(steps);
    this.#fit();
    return at;
  }

  /** The saga is forgotten, and its file with it. */
  close(file: OpenCase): void {
    file.clear();
    this.#space.release(file.at, file.definition.steps.length);
  }

  #fit(): void {
    const { end } = this.#space;
    while (this.keys.length < 2 * end) this.keys.push(undefined);
    if (end * COUNTS <= this.counts.length) return;
    const larger = new Int32Array(2 * end * COUNTS);
    larger.set(this.counts);
    this.counts = larger;
  }
}

/** A case file with the right to write. */
export class OpenCase implements CaseFile {
  readonly #book: CaseBook;
  compensated: ReadonlySet<number> = NONE;
  takenOver: ReadonlySet<number> = NONE;
  round = 0;
  inFlight = 0;
  acknowledged = 0;
  epoch = 0;
  readonly definition: SagaDefinition;
  readonly saga: string;
  ending: Ending | undefined = undefined;
  /** The place of its first step among those of all sagas that are open. */
  readonly at: number;

  constructor(book: CaseBook, saga: string, definition: SagaDefinition) {
    this.#book = book;
    this.at = book.reserve(definition.steps.length);
    this.saga = saga;
    this.definition = definition;
  }

  applied(step: number): number {
    return this.#book.counts[(this.at + step) * COUNTS]!;
  }

  undone(step: number): number {
    return this.#book.counts[(this.at + step) * COUNTS + 1]!;
  }

  stands(step: number): boolean {
    return this.applied(step) > this.undone(step);
  }

  posted(step: number): number {
    return this.#book.counts[(this.at + step) * COUNTS + POSTED]!;
  }

  intended(step: number, direction: Direction): number {
    const which = direction === 'forward' ? 0 : 1;
    return this.#book.counts[(this.at + step) * COUNTS + INTENDED + which]!;
  }

  /** Enters what the log says: the operation is to be tried, or, where an attempt is named, to be tried again. */
  markIntended(step: string, direction: Direction, attempt?: number): void {
    const index = stepIndexOf(this.definition, step);
    if (index < 0) return;
    const { counts } = this.#book;
    const place = (this.at + index) * COUNTS + INTENDED + (direction === 'forward' ? 0 : 1);
    counts[place] = attempt ?? counts[place]! + 1;
  }

  /** Notes the first call of an operation, and compares a later one with it. */
  compare(step: number, direction: Direction, key: string, payloadHash: number): Repetition {
    const { counts, keys } = this.#book;
    const which = direction === 'forward' ? 0 : 1;
    const place = this.at + step;
    const first = keys[2 * place + which];
    if (first === undefined) {
      keys[2 * place + which] = key;
      counts[place * COUNTS + 2 + which] = payloadHash;
      return 'first';
    }
    if (first !== key) return 'other-key';
    return counts[place * COUNTS + 2 + which] === payloadHash ? 'same' : 'other-payload';
  }

  /** Enters one committed effect; the step, or undefined when the saga has no such step. */
  enter(entry: LedgerEntry): number | undefined {
    const step = stepIndexOf(this.definition, entry.step);
    if (step < 0) return undefined;
    if (entry.round > this.round) this.startRound(entry.round);
    const { counts } = this.#book;
    const place = (this.at + step) * COUNTS;
    counts[place + (entry.direction === 'forward' ? 0 : 1)]!++;
    if (entry.postings !== undefined) {
      for (const { account, amount } of entry.postings) {
        counts[place + POSTED]! += Math.imul(amount, hash32(account) | 1);
        if (account.startsWith(CLEARING_PREFIX)) this.inFlight += amount;
      }
    }
    return step;
  }

  /** Enters what the log says: the step is compensated. */
  markCompensated(step: string): void {
    this.compensated = new Set([...this.compensated, stepIndexOf(this.definition, step)]);
  }

  /** Enters what the log says: a person has taken the operation of a step over, or, with the saga, several. */
  takeOver(steps: readonly number[]): void {
    this.takenOver = new Set([...this.takenOver, ...steps]);
  }

  /** A person retries: what was counted is balanced, and is counted anew (E4). */
  startRound(round: number): void {
    this.round = round;
    this.compensated = NONE;
    this.clear();
  }

  /** Nothing is counted any more. In loops: `fill` takes its time for so few places. */
  clear(): void {
    const { counts, keys } = this.#book;
    const end = this.at + this.definition.steps.length;
    for (let i = this.at * COUNTS; i < end * COUNTS; i++) counts[i] = 0;
    for (let i = 2 * this.at; i < 2 * end; i++) keys[i] = undefined;
  }
}
