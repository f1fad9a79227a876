// What must be true at least once. Invariants say that nothing bad happens; these say that the runs came to where it
// could have. A campaign in which one of them was never true has not tested what its author thinks.
//
// The idea, and the word, are Antithesis's "sometimes assertions".

import type { Protocol } from '../protocol-names.ts';
import type { CaseFile, Ending, LogView } from './invariant.ts';
import { asking } from './scenario-mistake.ts';

/** A saga that has just ended, or asked for a person. */
export interface EndedSaga {
  readonly ending: Ending;
  readonly log: LogView;
  readonly file: CaseFile;
}

/** Something that must happen at least once in a campaign, so that what is checked is also met. */
export interface Sometimes {
  /** What is true then, as the end of "at least once …". */
  readonly name: string;
  isTrue(saga: EndedSaga): boolean;
  /** See {@link SometimesOptions}. */
  readonly under?: readonly Protocol[];
}

/** Where something must happen. */
export interface SometimesOptions {
  /** Only under these protocols is it demanded, because it cannot happen under the others. One at least. Default: under all. */
  readonly under?: readonly Protocol[];
}

/**
 * Declares that something must happen in a campaign: of one saga at least, in one run at least.
 *
 * @param name what happens, in words
 * @param isTrue asked of every saga when it ends; must be pure
 * @example
 * sometimes: [
 *   sometimes('the refund is needed', ({ file }) => file.undone(2) > 0),
 *   sometimes('a person is asked for', ({ ending }) => ending.status === 'compensation_failed', { under: ['saga', '2pc'] }),
 * ]
 */
export function sometimes(
  name: string,
  isTrue: (saga: EndedSaga) => boolean,
  options: SometimesOptions = {},
): Sometimes {
  return { ...options, name, isTrue };
}

/** Whether it is demanded under a protocol. */
export function isDemanded({ under }: Sometimes, protocol: Protocol): boolean {
  return under?.includes(protocol) ?? true;
}

/**
 * How often each was true in one run. A scenario that was brought under a protocol demands what it then has in any case; one
 * that was not runs as sagas do.
 */
export class Occasions {
  readonly #all: readonly Sometimes[];
  readonly #times: number[];

  constructor(all: readonly Sometimes[]) {
    this.#all = all.filter((one) => isDemanded(one, 'saga'));
    this.#times = this.#all.map(() => 0);
  }

  ended(ending: Ending, log: LogView, file: CaseFile): void {
    if (this.#all.length === 0) return;
    const saga = { ending, log, file };
    for (const [i, { name, isTrue }] of this.#all.entries()) {
      if (asking(`\`sometimes\` "${name}"`, () => isTrue(saga))) this.#times[i]!++;
    }
  }

  /** By name. */
  get times(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#all.map(({ name }, i) => [name, this.#times[i]!]));
  }
}
