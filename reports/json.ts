// The record itself, for programs: one JSON document on one line.

import type { CompareRecord } from '../simulator/compare-record.ts';
import type { RunRecord } from '../simulator/run-record.ts';
import type { TuneRecord } from '../simulator/tune-record.ts';

/** Renders one record; the text ends in a newline, so that several make NDJSON. */
export function renderJson(record: RunRecord | CompareRecord | TuneRecord): string {
  return `${JSON.stringify(record)}\n`;
}
