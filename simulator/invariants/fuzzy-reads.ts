// Part of `isolation`: I5, fuzzy reads. A saga that relied on a record in one step and relies on it in another must find
// what it found (Berenson et al., "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995, P2). What it changed itself does
// not count; nor does an update, which makes a new value from what is there and holds on to nothing.

import type { CaseFile } from './invariant.ts';

/** What an open saga found in a record when it first relied on it, and in which step. */
interface Found {
  readonly value: number;
  readonly step: string;
}

export class FuzzyReads {
  /** By saga, by record; gone when the saga has ended. */
  readonly #found = new Map<string, Map<string, Found>>();

  /**
   * A step relies on a record.
   *
   * @param changedBy the saga that changed the record last
   * @returns what is wrong with that, or undefined
   */
  relied(
    { saga }: CaseFile,
    step: string,
    record: string,
    value: number,
    changedBy: string,
  ): string | undefined {
    let found = this.#found.get(saga);
    if (found === undefined) {
      found = new Map();
      this.#found.set(saga, found);
    }
    const before = found.get(record);
    if (before === undefined) {
      found.set(record, { value, step });
      return undefined;
    }
    if (before.value === value || changedBy === saga) return undefined;
    return `${step} relied on ${value} in ${record}, and ${before.step} on ${before.value}: ${changedBy} changed it in between`;
  }

  ended({ saga }: CaseFile): void {
    if (this.#found.size > 0) this.#found.delete(saga);
  }
}
