// Where results are stored: `<out>/run.json`, or `<out>/<scenario>/run.json` when there are several; a comparison in
// `<out>/compare.json`.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../engine/core/user-error.ts';
import { firstLine, shownPath } from '../simulator/campaign/index.ts';
import type { CompareRecord } from '../simulator/compare-record.ts';
import type { RunRecord } from '../simulator/run-record.ts';

/**
 * Makes the folder for results: before the campaign, not after it.
 *
 * @throws UserError `cannot-write`
 */
export function prepareFolder(out: string): void {
  attempt(out, () => mkdirSync(out, { recursive: true }));
}

/**
 * Stores a record; returns the path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function storeRecord(record: RunRecord, out: string, several: boolean): string {
  const folder = several ? join(out, record.scenario) : out;
  const file = join(folder, 'run.json');
  attempt(file, () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
  });
  return shownPath(file);
}

/**
 * Stores a comparison; returns the path as people read it.
 *
 * @throws UserError `cannot-write`
 */
export function storeComparison(record: CompareRecord, out: string): string {
  const file = join(out, 'compare.json');
  attempt(file, () => writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`));
  return shownPath(file);
}

function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UserError('cannot-write', `cannot write ${path}: ${firstLine(error)}`, 'Choose another --out.');
  }
}
