// Records whose changes are numbered, kept with all their changes: a change that comes late stands where it belongs, and
// one that is undone is taken out. So changes that do not commute do, as Frank and Zahle (1998) have it.
//
// V1 What a record shows depends on which changes stand, never on the order in which they came or were undone.

import { UserError } from '../core/user-error.ts';

/** A numbered change of a record. */
export interface PlacedChange<Change> {
  /** A whole number from 1; what is greater comes later. */
  readonly place: number;
  /** Whose it is, such as a saga's id: of two changes with one place, the one with the greater name comes later. */
  readonly by: string;
  readonly change: Change;
}

/**
 * The version files of one service. What they hold must be as durable as a record is.
 *
 * @example
 * const addresses = new VersionFiles<string>();
 * addresses.put('customer-7', { place: 2, by: 's-2', change: 'Harbour Street' });
 * addresses.put('customer-7', { place: 1, by: 's-1', change: 'Mill Lane' }); // late: nobody sees it
 * addresses.last('customer-7')?.change; // 'Harbour Street'
 * addresses.drop('customer-7', { place: 2, by: 's-2' }); // an undo
 * addresses.last('customer-7')?.change; // 'Mill Lane'
 */
export class VersionFiles<Change> {
  /** By record, in the order of their places. */
  readonly #files = new Map<string, PlacedChange<Change>[]>();

  /**
   * Enters a change at its place, in the place of the one that is there already under the same name.
   *
   * @throws UserError `bad-place` when the place is no whole number from 1
   */
  put(record: string, { place, by, change }: PlacedChange<Change>): void {
    if (!Number.isSafeInteger(place) || place < 1) {
      throw new UserError(
        'bad-place',
        `a change of ${record} cannot have place ${place}`,
        'A place is a whole number from 1, such as the number of the request.',
      );
    }
    this.drop(record, { place, by });
    const file = this.#files.get(record) ?? [];
    let at = file.length; // mostly a change is the newest
    while (at > 0 && comesAfter(file[at - 1]!, { place, by })) at--;
    file.splice(at, 0, { place, by, change });
    this.#files.set(record, file);
  }

  /** Takes a change out; whether there was one. */
  drop(record: string, { place, by }: Pick<PlacedChange<Change>, 'place' | 'by'>): boolean {
    const file = this.#files.get(record);
    const at = file?.findIndex((one) => one.place === place && one.by === by) ?? -1;
    if (file === undefined || at < 0) return false;
    file.splice(at, 1);
    if (file.length === 0) this.#files.delete(record);
    return true;
  }

  /** The change that shows: the one with the greatest place. */
  last(record: string): PlacedChange<Change> | undefined {
    return this.#files.get(record)?.at(-1);
  }

  /** What all changes make of a first value, in the order of their places. */
  fold<Value>(record: string, first: Value, apply: (value: Value, change: Change) => Value): Value {
    return (this.#files.get(record) ?? []).reduce((value, { change }) => apply(value, change), first);
  }

  /**
   * Forgets the changes below a place, except the last of them: they can neither be undone any more nor show again. For
   * changes that replace one another; a record that is folded needs them all.
   */
  prune(record: string, belowPlace: number): void {
    const file = this.#files.get(record);
    if (file === undefined) return;
    const keptFrom = file.findLastIndex(({ place }) => place < belowPlace);
    if (keptFrom > 0) file.splice(0, keptFrom);
  }
}

function comesAfter(one: Pick<PlacedChange<unknown>, 'place' | 'by'>, other: typeof one): boolean {
  return one.place === other.place ? one.by > other.by : one.place > other.place;
}
