// `sagastorm report`: stored results, told again. It ends in 0 when they were told, whatever they say: their verdict was
// given when they were made.

import { UserError } from '../../engine/core/user-error.ts';
import type { CompareRecord } from '../../simulator/compare-record.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import type { GivenFlags } from '../command-line.ts';
import { comparisonPages, keepPagesClear } from '../compare-pages.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { HtmlPages } from '../html-pages.ts';
import { toldFromHere } from '../moved-record.ts';
import {
  COMPARE_EFFECTS,
  COMPARE_REPORTERS,
  RUN_EFFECTS,
  RUN_REPORTERS,
  TUNE_REPORTERS,
} from '../report-tables.ts';
import { type Reporters, Reporting } from '../reporters.ts';
import { readRecord, type StoredRecord } from '../stored-records.ts';

export async function report(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  if (words.length === 0) {
    throw new UserError(
      'missing-argument',
      'report needs a stored record',
      'Give the path of one or more, such as .sagastorm/run.json.',
    );
  }
  const found = words.map(readRecord);
  checkOneKind(found);
  const [first] = found as [StoredRecord, ...StoredRecord[]];
  switch (first.kind) {
    case 'run':
      await tellRuns(found, given);
      break;
    case 'comparison':
      await tellComparisons(found, given);
      break;
    case 'tuning':
      tell(found, given, TUNE_REPORTERS);
      break;
  }
  return EXIT.held;
}

/** All of one kind: the reporters of its table know what to do with them. */
function tell<Told>(found: readonly StoredRecord[], given: GivenFlags, reporters: Reporters<Told>): void {
  const reporting = new Reporting(given, reporters);
  reporting.keepClear(found.map(({ file }) => file));
  for (const { record, file } of found) reporting.add(record as Told, file);
  reporting.end();
}

/** Pages of comparisons are written beside their records. */
async function tellComparisons(found: readonly StoredRecord[], given: GivenFlags): Promise<void> {
  const reporting = new Reporting(given, COMPARE_REPORTERS, COMPARE_EFFECTS);
  keepPagesClear(
    reporting,
    found.map(({ file }) => file),
  );
  for (const { record, file } of found) {
    const comparison = record as CompareRecord;
    reporting.add(comparison, file, await comparisonPages(reporting, comparison, file));
  }
  reporting.end();
}

/** Pages of runs are written beside their records. */
async function tellRuns(found: readonly StoredRecord[], given: GivenFlags): Promise<void> {
  const reporting = new Reporting(given, RUN_REPORTERS, RUN_EFFECTS);
  const pages = new HtmlPages(reporting, found.length > 1);
  pages.keepClear(found.map(({ file }) => file));
  for (const { record: stored, file } of found) {
    const record = toldFromHere(stored as RunRecord, file);
    reporting.add(record, file, await pages.add(record, file));
  }
  reporting.end();
  await pages.end();
}

function checkOneKind([first, ...others]: readonly StoredRecord[]): void {
  const other = others.find(({ kind }) => kind !== first!.kind);
  if (other === undefined) return;
  throw new UserError(
    'different-records',
    `${first!.file} is of a ${first!.kind} and ${other.file} of a ${other.kind}, which have different reports`,
    'Report them one after the other.',
  );
}
