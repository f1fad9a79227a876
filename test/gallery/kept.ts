// What was found of the planted bugs and is kept. To search for a small plan is dear; to show that one still fails, and
// that nothing can be left out of it, takes a few runs.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { UserError } from '../../engine/core/user-error.ts';
import type { Reproduction } from '../../simulator/explore/shrink.ts';
import type { RunResult, Violation } from '../../simulator/index.ts';

/** A small failing run. */
export interface Small extends Reproduction {
  readonly seed: string;
  /** See {@link Violation.signature}. */
  readonly signature: string;
}

/** What a file keeps, by the name of the bug. */
export type Kept<Thing> = Readonly<Record<string, Thing>>;

/** The text of a file that keeps things: stable, and as the formatter would have it. */
function keptText(kept: Kept<unknown>): string {
  const text = JSON.stringify(kept, undefined, 2);
  return `${text.replace(/\[\s+(\d+(?:,\s+\d+)*)\s+\]/g, (_, numbers: string) => `[${numbers.replace(/\s+/g, ' ')}]`)}\n`;
}

/** Keeps things in a file. */
export function keep(path: string, kept: Kept<unknown>): void {
  writeFileSync(path, keptText(kept));
}

/** What a file keeps. @throws UserError `bad-file` when it is not there, or is no JSON. */
export function readKept<Thing>(path: string): Kept<Thing> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Kept<Thing>;
  } catch (error) {
    throw new UserError('bad-file', `${path} cannot be read: ${(error as Error).message}`);
  }
}

/** As {@link readKept}, for a command; ends the process when there is nothing to read, and says how to make it anew. */
export function keptFrom<Thing>(path: string, remedy: string): Kept<Thing> {
  try {
    return readKept(path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`${error.message}: ${remedy}`);
    process.exit(1);
  }
}

/** Whether a file keeps just this. */
export function isKept(path: string, kept: Kept<unknown>): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === keptText(kept);
}

/** Runs a small run, or one that is smaller still. */
export type Runner = (candidate: Reproduction) => RunResult;

/**
 * What is wrong with a run that is kept: that it does not fail as it did, or was not to be caught so.
 *
 * @param caughtBy the invariants of which one must catch it
 * @returns the end of a sentence about the run, or undefined
 */
export function wrongWith(small: Small, caughtBy: readonly string[], run: Runner): string | undefined {
  try {
    const violation = failure(small, run);
    if (violation === undefined) return 'does not fail as it did';
    return caughtBy.includes(violation.invariant)
      ? undefined
      : `breaks ${violation.invariant}: that is another bug`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `cannot be run: ${error.message}`; // a fault may have another name by now
  }
}

/** Which fault can be left out (X3); the end of a sentence about the run, or undefined. */
export function spareFault(small: Small, run: Runner): string | undefined {
  const spare = small.plan.find((_, i) => failure({ ...small, plan: small.plan.toSpliced(i, 1) }, run));
  return spare && `is not minimal: it fails without ${spare.kind} at ${spare.at}, too`;
}

/** Which saga can be left out (X3); the end of a sentence about the run, or undefined. */
export function spareSaga(small: Small, run: Runner): string | undefined {
  if (small.only.length === 1) return undefined; // a run without a saga breaks nothing
  const spare = small.only.find((_, i) => failure({ ...small, only: small.only.toSpliced(i, 1) }, run));
  return spare === undefined ? undefined : `is not minimal: it fails without saga ${spare}, too`;
}

function failure({ only, plan, signature }: Small, run: Runner): Violation | undefined {
  return run({ only, plan }).violations.find((violation) => violation.signature === signature);
}
