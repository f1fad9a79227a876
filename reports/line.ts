// The report in one line: for logs, and for many scenarios at once.

import type { RunRecord } from '../simulator/run-record.ts';
import { extent } from './pretty.ts';
import { duration, number } from './wording.ts';

/** Renders one record as one line; the text ends in a newline. */
export function renderLine(record: RunRecord): string {
  const { verdict, scenario, rootSeed, profile, runs, fingerprint, meta } = record;
  const parts = [
    verdict,
    scenario,
    extent(record),
    `seed "${rootSeed}"`,
    profile,
    `${number(runs.violated)} violated`,
    `fingerprint ${fingerprint}`,
    duration(meta.wallMs * 1000),
  ];
  return `${parts.join(' · ')}\n`;
}
