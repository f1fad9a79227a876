// Run records as SARIF 2.1.0, for code scanning: a rule per invariant and per promise, a result per distinct failure, with
// the scenario's file as its place.
//
// A1. One run for all records: where results are uploaded, several runs of one tool count as one another's replacement.
// A2. A failure keeps its fingerprint from one campaign to the next: it is made from its signature, not from seed or time.

import type { RunRecord } from '../simulator/run-record.ts';
import { DETERMINISTIC, type Finding, fileOf, findingsOf, occasionRule } from './findings.ts';
import { NOT_RUN, type NotRun, whyNotRun } from './not-run.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

interface Rule {
  readonly id: string;
  readonly statement: string;
}

/** A finding, and the scenario that it is about. */
interface Result {
  readonly record: RunRecord;
  readonly finding: Finding;
}

/**
 * Renders the records of one command, and the scenarios that came to none; `folder` is where it ran, from the repository's
 * root. Ends in a newline.
 */
export function renderSarif(
  records: readonly RunRecord[],
  folder?: string,
  notRun: readonly NotRun[] = [],
): string {
  const rules = rulesOf(records);
  const indexOf = (id: string): number => rules.findIndex((rule) => rule.id === id);
  const results = records.flatMap((record) => findingsOf(record).map((finding) => ({ record, finding })));
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'sagastorm',
            ...(records[0] === undefined ? {} : { semanticVersion: records[0].version }),
            rules: rules.map(({ id, statement }) => ({
              id,
              shortDescription: { text: statement },
              defaultConfiguration: { level: 'error' },
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: notRun.length === 0,
            toolExecutionNotifications: [
              ...records.flatMap(notifications),
              ...notRun.map(notRunNotification),
            ],
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: results.map((result) => resultOf(result, indexOf(ruleId(result)), folder)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** Built-in invariants are the same in every scenario; what a scenario adds or promises is its own. */
function rulesOf(records: readonly RunRecord[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const record of records) {
    const { scenario, invariants, sometimes = [], slo = [] } = record;
    const own = [...sometimes.map(({ name }) => occasionRule(name)), ...slo.map(promise)];
    const all: readonly Rule[] = [
      ...invariants.map(({ id, statement, line }) => ({
        id: line === undefined ? id : `${scenario}/${id}`,
        statement,
      })),
      ...own.map(({ rule, statement }) => ({ id: `${scenario}/${rule}`, statement })),
      { id: DETERMINISTIC.rule, statement: DETERMINISTIC.statement },
      ...findingsOf(record).map((finding) => ({
        id: ruleId({ record, finding }),
        statement: finding.statement,
      })),
    ];
    for (const rule of all) if (!rules.has(rule.id)) rules.set(rule.id, rule);
  }
  return [...rules.values()];
}

function promise({ id, statement }: NonNullable<RunRecord['slo']>[number]) {
  return { rule: id, statement };
}

function ruleId({ record, finding: { kind, rule } }: Result): string {
  if (kind === 'nondeterministic') return rule;
  const isOwn = record.invariants.some(({ id, line }) => id === rule && line !== undefined);
  return kind !== 'violation' || isOwn ? `${record.scenario}/${rule}` : rule;
}

function resultOf({ record, finding }: Result, ruleIndex: number, folder: string | undefined): object {
  const { message, signature, details, seed, file, line } = finding;
  const uri = fileOf(record, folder, file);
  const region = line === undefined ? {} : { region: { startLine: line } };
  const words = details.map(([label, text]) => `${label}: ${text}`);
  return {
    ruleId: ruleId({ record, finding }),
    ruleIndex,
    level: 'error',
    message: { text: [`${record.scenario}: ${message}`, ...words].join('\n') },
    ...(uri === undefined
      ? {}
      : {
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encoded(uri), uriBaseId: '%SRCROOT%' },
                ...region,
              },
            },
          ],
        }),
    partialFingerprints: { 'sagastormSignature/v1': `${record.scenario}:${signature}` },
    properties: {
      scenario: record.scenario,
      rootSeed: record.rootSeed,
      ...(seed === undefined ? {} : { seed }),
      ...Object.fromEntries(details.filter(([label]) => label === 'replay')),
    },
  };
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** What kept a campaign from proving anything is told of the tool, not of the code. */
function notifications({ scenario, inconclusive }: RunRecord): readonly object[] {
  return inconclusive.map(({ seed, reason }) => ({
    level: 'warning',
    message: { text: `${scenario}: inconclusive, seed ${seed}: ${reason}` },
  }));
}

function notRunNotification(one: NotRun): object {
  return { level: 'error', message: { text: `${one.scenario}: ${NOT_RUN}: ${whyNotRun(one)}` } };
}
