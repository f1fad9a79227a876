// The books of a participant that others lock from outside, with what was locked and released by whom.

import type { Call, Ledger, LedgerEntry, LockNote } from './protocol.ts';

export class LockedBooks implements Ledger {
  readonly #books: Ledger;
  #entries: LedgerEntry[] = [];
  #taken = 0;

  constructor(books: Ledger) {
    this.#books = books;
  }

  /** How many entries the participant has made so far. */
  get made(): number {
    this.#take();
    return this.#taken;
  }

  /**
   * Says of the effect that was entered last, or of the call itself where it had none, what became of the locks. What is
   * locked twice, by a semantic lock and by two-phase commit, stands in one entry: an effect has no more than one.
   */
  locked({ saga, step, direction, round, action }: Call, lock: LockNote): void {
    this.#take();
    const last = this.#entries.at(-1);
    const isOfCall = last?.saga === saga && last.step === step && last.direction === direction;
    if (last === undefined || !isOfCall || (last.lock !== undefined && last.lock.is !== lock.is)) {
      this.#entries.push({ saga, step, direction, round, action, lock });
      return;
    }
    this.#entries.pop();
    this.#entries.push({ ...last, lock: last.lock === undefined ? lock : both(last.lock, lock) });
  }

  drain(): readonly LedgerEntry[] {
    this.#take();
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  balances(): Iterable<readonly [account: string, balance: number]> {
    return this.#books.balances();
  }

  stock(): ReturnType<Ledger['stock']> {
    return this.#books.stock();
  }

  #take(): void {
    const entries = this.#books.drain();
    this.#taken += entries.length;
    this.#entries.push(...entries);
  }
}

function both(one: LockNote, other: LockNote): LockNote {
  return {
    is: one.is,
    by: [...new Set([...one.by, ...other.by])],
    records: [...new Set([...one.records, ...other.records])],
  };
}
