// Which reports of a record are printed, and for which terminal.

import { UserError } from '../engine/core/user-error.ts';
import type { PrettyOptions } from '../reports/index.ts';
import type { GivenFlags } from './command-line.ts';
import { choicesOf, isGiven } from './flags.ts';
import { palette, width } from './terminal.ts';

/** A record as text. */
export type Reporter<Told> = (record: Told, options: PrettyOptions) => string;

/** The reports of one kind of record, by what `--reporter` calls them. */
export interface Reporters<Told> {
  readonly pretty: Reporter<Told>;
  readonly json: Reporter<Told>;
  readonly [name: string]: Reporter<Told>;
}

/**
 * The reports that were asked for with `--reporter` and `--json`, in that order; by default the one for people.
 *
 * @throws UserError `bad-choice` or `json-and-reporter`
 */
export function reportersOf<Told>(given: GivenFlags, all: Reporters<Told>): readonly Reporter<Told>[] {
  const chosen = choicesOf(given, 'reporter', Object.keys(all));
  if (!isGiven(given, 'json')) {
    return chosen.length === 0 ? [all.pretty] : [...new Set(chosen)].map((name) => all[name]!);
  }
  if (chosen.length === 0) return [all.json];
  throw new UserError(
    'json-and-reporter',
    '--json prints only the record, so it cannot be combined with --reporter',
    'Write --reporter json beside the others.',
  );
}

/** How a report for people looks here; `stored`: where the record was stored, if it was. */
export function prettyOptions(given: GivenFlags, stored?: string): PrettyOptions {
  const looks = { colors: palette(isGiven(given, 'no-color')), width: width() };
  return stored === undefined ? looks : { ...looks, stored };
}
