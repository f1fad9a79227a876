// Where results are stored: `<out>/run.json`, or `<out>/<scenario>/run.json` when there are several; a comparison in
// `<out>/compare.json`, a search for a policy in `<out>/tune.json`.

import { join } from 'node:path';
import { makeFolder, shownPath, writeText } from '../simulator/campaign/index.ts';
import type { CompareRecord } from '../simulator/compare-record.ts';
import type { RunRecord } from '../simulator/run-record.ts';
import type { TuneRecord } from '../simulator/tune-record.ts';

/**
 * Stores a record; returns the path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function storeRecord(record: RunRecord, out: string, several: boolean): string {
  return store(record, several ? join(out, record.scenario) : out, 'run.json');
}

/**
 * Stores a comparison; returns the path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function storeComparison(record: CompareRecord, out: string): string {
  return store(record, out, 'compare.json');
}

/**
 * Stores a search for a policy; returns the path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function storeTuning(record: TuneRecord, out: string): string {
  return store(record, out, 'tune.json');
}

function store(record: RunRecord | CompareRecord | TuneRecord, folder: string, name: string): string {
  makeFolder(folder);
  const file = join(folder, name);
  writeText(file, `${JSON.stringify(record, undefined, 2)}\n`);
  return shownPath(file);
}
