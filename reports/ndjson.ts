// A run record as events, one JSON document a line, for programs that read line by line: the start, every finding and
// everything left open, and last the verdict. Every line names its scenario, so that several may follow one another.

import type { RunRecord } from '../simulator/run-record.ts';
import { findingsOf } from './findings.ts';

/** Renders one record; the text ends in a newline. */
export function renderNdjson(record: RunRecord): string {
  const { scenario, scenarioHash, version, rootSeed, profile, policy, sagasPerRun, source } = record;
  const { verdict, runs, sagas, fingerprint, determinism, meta } = record;
  const lines: readonly object[] = [
    {
      kind: 'start',
      schema: 'sagastorm/events@1',
      scenario,
      scenarioHash,
      version,
      rootSeed,
      profile,
      policy,
      runs: runs.total,
      sagasPerRun,
      ...(source === undefined ? {} : { source }),
      startedAt: meta.startedAt,
    },
    ...record.violations.map((violation) => ({ kind: 'violation', scenario, ...violation })),
    ...findingsOf(record)
      .filter(({ kind }) => kind !== 'violation')
      .map(({ kind, rule, statement, message, seed, details }) => ({
        kind,
        scenario,
        rule,
        statement,
        message,
        ...(seed === undefined ? {} : { seed }),
        ...Object.fromEntries(details),
      })),
    ...record.inconclusive.map((open) => ({ kind: 'inconclusive', scenario, ...open })),
    { kind: 'verdict', scenario, verdict, runs, sagas, determinism, fingerprint, meta },
  ];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
