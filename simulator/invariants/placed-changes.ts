// Part of `isolation`: I6, changes out of order. Where changes of a record have places, the one that shows is the one with
// the greatest place among those that stand, in whatever order they came and were undone.

import type { CaseFile } from './invariant.ts';

/** A numbered change that stands. */
interface Change {
  readonly place: number;
  readonly saga: string;
  /** Its saga has completed: it stands for ever. */
  isFinal: boolean;
}

/** A record as far as its numbered changes go. */
export interface PlacedRecord {
  readonly name: string;
  /** Those that stand and may yet show, in no order. */
  placed: readonly Change[];
}

export class PlacedChanges {
  /** By saga: where it has changes that may be undone; gone when it has ended. */
  readonly #recordsOf = new Map<string, Set<PlacedRecord>>();

  /**
   * A change was entered, or taken out.
   *
   * @param shown the place of the change that the record shows now, 0 for none
   * @returns what is wrong with that, or undefined
   */
  touched(
    record: PlacedRecord,
    { saga }: CaseFile,
    { place, shown, isUndo }: { readonly place: number; readonly shown: number; readonly isUndo: boolean },
  ): string | undefined {
    const others = record.placed.filter((one) => one.place !== place || one.saga !== saga);
    record.placed = isUndo ? others : [...others, { place, saga, isFinal: false }];
    const records = this.#recordsOf.get(saga) ?? new Set();
    this.#recordsOf.set(saga, records.add(record));
    const last = record.placed.reduce((greatest, one) => Math.max(greatest, one.place), 0);
    if (shown === last) return undefined;
    const deed = isUndo ? `change ${place} was undone in` : `change ${place} came to`;
    const truth = last === 0 ? 'none stands' : `change ${last} is the last that stands`;
    return `${deed} ${record.name}, which shows change ${shown}: ${truth}`;
  }

  /** What a completed saga changed stands for ever, and what comes before it will never show again. */
  ended({ saga }: CaseFile, isCompleted: boolean): void {
    if (this.#recordsOf.size === 0) return;
    for (const record of this.#recordsOf.get(saga) ?? []) {
      if (isCompleted) for (const one of record.placed) if (one.saga === saga) one.isFinal = true;
      const final = record.placed.reduce((most, one) => (one.isFinal ? Math.max(most, one.place) : most), 0);
      record.placed = record.placed.filter((one) => one.place >= final);
    }
    this.#recordsOf.delete(saga);
  }
}
