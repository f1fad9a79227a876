// What a planted bug is: a scenario that is wrong on purpose, and its corrected twin. One file each in this folder.
//
// A checker that has never failed proves nothing: `npm run gallery` runs them all under the default storm and before
// the default invariants, and fails when one of them escapes or a twin is accused. `npm run bugs` makes a page of each in
// docs/bugs: of the comment that its file begins with, of these fields, and of the smallest run that shows it.

import type { Scenario } from '../../simulator/index.ts';

/** How many sagas a run of the gallery has, the same for all: no bug has a tuning of its own. */
export const SAGAS = 10;

export interface PlantedBug {
  /** What goes wrong, in one sentence. */
  readonly how: string;
  /** What the twin does instead, where its title does not say. */
  readonly mended?: string;
  /** How to look for it in a system of one's own: what to search for, to ask or to try. */
  readonly lookFor: string;
  /** Where it, or what it offends against, is written about. */
  readonly reading?: string;
  /** The invariants of which at least one must catch it. */
  readonly caughtBy: readonly string[];
  /** The kinds of faults that bring it out, each by itself or together; empty when it needs none. */
  readonly trigger: readonly string[];
  /** Where it was seen in the wild. */
  readonly seenIn: string;
  readonly wrong: Scenario;
  /** The same without the mistake; no invariant may accuse it. */
  readonly right: Scenario;
}

/** Declares a planted bug; only there for the types. */
export function plantedBug(bug: PlantedBug): PlantedBug {
  return bug;
}
