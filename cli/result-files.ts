// Where results are stored: `<out>/run.json`, or `<out>/<scenario>/run.json` when there are several; a comparison in
// `<out>/compare.json`, a search for a policy in `<out>/tune.json`.

import { dirname, join } from 'node:path';
import { UserError } from '../engine/core/user-error.ts';
import { makeFolder, writeText } from '../simulator/campaign/folder.ts';
import { shownPath } from '../simulator/campaign/load-scenario.ts';
import type { CompareRecord } from '../simulator/compare-record.ts';
import type { RunRecord } from '../simulator/run-record.ts';
import type { TuneRecord } from '../simulator/tune-record.ts';

/** Where the record of a scenario is stored. */
export function recordFile(scenario: string, out: string, several: boolean): string {
  return join(several ? join(out, scenario) : out, 'run.json');
}

/** Where a comparison is stored. */
export function comparisonFile(out: string): string {
  return join(out, 'compare.json');
}

/** Where a search for a policy is stored. */
export function tuningFile(out: string): string {
  return join(out, 'tune.json');
}

/**
 * Refuses scenarios of the same name: the results of one would take the place of the other's.
 *
 * @param scenarios what each was called on the command line, and its own name
 * @throws UserError `same-scenario`
 */
export function checkNamesDiffer(
  scenarios: readonly { readonly given: string; readonly name: string }[],
): void {
  const at = scenarios.findIndex(({ name }, i) => scenarios.findIndex((one) => one.name === name) < i);
  const twice = scenarios[at];
  if (twice === undefined) return;
  const first = scenarios.find(({ name }) => name === twice.name)!;
  throw new UserError(
    'same-scenario',
    first.given === twice.given
      ? `${twice.given} is given twice`
      : `${first.given} and ${twice.given} are both called "${twice.name}", so their results would go to the same place`,
    'Take them one after the other, each with an --out of its own.',
  );
}

/**
 * Stores a record; returns the path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function storeRecord(record: RunRecord, out: string, several: boolean): string {
  return store(record, recordFile(record.scenario, out, several));
}

/**
 * Stores a comparison; returns the path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function storeComparison(record: CompareRecord, out: string): string {
  return store(record, comparisonFile(out));
}

/**
 * Stores a search for a policy; returns the path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function storeTuning(record: TuneRecord, out: string): string {
  return store(record, tuningFile(out));
}

function store(record: RunRecord | CompareRecord | TuneRecord, file: string): string {
  makeFolder(dirname(file));
  writeText(file, `${JSON.stringify(record, undefined, 2)}\n`);
  return shownPath(file);
}
