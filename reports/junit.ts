// Run records as JUnit XML, for CI servers: a suite per scenario; a case per invariant, per thing that must happen, per
// service level, one for determinism, and one for what kept the campaign from proving anything.
//
// J1. A case that had nothing to judge is skipped, never passed.
// J2. One failure per case: what reads this shows the first only. Its text holds all distinct failures of the case.
// J3. The elements, and the order of elements and attributes, are those that the schemas of Ant, Jenkins and Surefire have in
//     common.

import type { RunRecord } from '../simulator/run-record.ts';
import { DETERMINISTIC, type Finding, findingsOf, occasionRule } from './findings.ts';
import { renderLine } from './line.ts';
import { NOT_RUN, type NotRun, whyNotRun } from './not-run.ts';
import { objectiveText } from './objectives.ts';
import { counted, number } from './wording.ts';
import { element, text } from './xml.ts';

type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly message: string }
  | {
      readonly kind: 'failure' | 'error';
      readonly type: string;
      readonly message: string;
      readonly body: string;
    };

interface Case {
  readonly group: string;
  readonly name: string;
  readonly outcome: Outcome;
}

const PASSED = { kind: 'passed' } as const;
const REASONS_SHOWN_MAX = 20;

/** Renders the records of one command, and the scenarios that came to none; the text ends in a newline. */
export function renderJunit(records: readonly RunRecord[], notRun: readonly NotRun[] = []): string {
  const suites = records.map((record) => ({ record, cases: casesOf(record) }));
  const all = [...suites.flatMap(({ cases }) => cases), ...notRun.map(notRunCase)];
  const totals = {
    name: 'sagastorm',
    tests: all.length,
    failures: count(all, 'failure'),
    errors: count(all, 'error'),
    time: seconds(records.reduce((sum, { meta }) => sum + meta.wallMs, 0)),
  };
  const body = element('testsuites', totals, [
    ...suites.map(({ record, cases }, index) => `\n${suite(record, cases, index)}`),
    ...notRun.map((one, i) => `\n${suiteNotRun(one, suites.length + i)}`),
    '\n',
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`;
}

function suite(record: RunRecord, cases: readonly Case[], index: number): string {
  const { scenario, meta } = record;
  return suiteElement(scenario, index, meta.startedAt, meta.wallMs, cases, {
    properties: properties(record),
    out: [text(renderLine(record))],
    err: [],
  });
}

function suiteNotRun(one: NotRun, index: number): string {
  return suiteElement(one.scenario, index, one.at, 0, [notRunCase(one)], {
    properties: propertyList({ verdict: NOT_RUN }),
    out: [],
    err: [text(whyNotRun(one))],
  });
}

interface SuiteTexts {
  readonly properties: readonly string[];
  readonly out: readonly string[];
  readonly err: readonly string[];
}

function suiteElement(
  name: string,
  id: number,
  startedAt: string,
  wallMs: number,
  cases: readonly Case[],
  { properties, out, err }: SuiteTexts,
): string {
  const attributes = {
    name,
    package: 'sagastorm',
    id,
    timestamp: startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length), // UTC; the schemas allow no zone
    hostname: 'localhost',
    tests: cases.length,
    failures: count(cases, 'failure'),
    errors: count(cases, 'error'),
    skipped: count(cases, 'skipped'),
    time: seconds(wallMs),
  };
  return element('testsuite', attributes, [
    ...properties,
    ...cases.map((one) => `\n${caseElement(one)}`),
    `\n${element('system-out', {}, out)}`,
    `\n${element('system-err', {}, err)}\n`,
  ]);
}

/** What broke off proves nothing either way: an error of the campaign. */
function notRunCase(one: NotRun): Case {
  const { scenario, message } = one;
  const outcome = { kind: 'error', type: NOT_RUN, message, body: whyNotRun(one) } as const;
  return { group: `${scenario}.campaign`, name: 'run: The scenario can be run', outcome };
}

/** What is needed to run it again. */
function properties(record: RunRecord): readonly string[] {
  const { rootSeed, profile, policy, runs, sagasPerRun, fingerprint, version, source } = record;
  return propertyList({
    seed: rootSeed,
    runs: runs.total,
    sagasPerRun,
    profile,
    policy,
    file: source?.file,
    fingerprint,
    version,
    verdict: record.verdict,
  });
}

function propertyList(facts: Readonly<Record<string, string | number | undefined>>): readonly string[] {
  const written = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `\n${element('property', { name, value })}`);
  return [`\n${element('properties', {}, [...written, '\n'])}`];
}

function caseElement({ group, name, outcome }: Case): string {
  const attributes = { name, classname: group, time: 0 };
  switch (outcome.kind) {
    case 'passed':
      return element('testcase', attributes);
    case 'skipped':
      return element('testcase', attributes, [element('skipped', {}, [text(outcome.message)])]);
    case 'failure':
    case 'error': {
      const { kind, message, type, body } = outcome;
      return element('testcase', attributes, [element(kind, { message, type }, [text(body)])]);
    }
  }
}

function casesOf(record: RunRecord): readonly Case[] {
  const findings = findingsOf(record);
  const { scenario } = record;
  return [
    ...invariantCases(record, findings).map((one) => ({ ...one, group: `${scenario}.invariants` })),
    ...occasionCases(record, findings).map((one) => ({ ...one, group: `${scenario}.sometimes` })),
    ...objectiveCases(record, findings).map((one) => ({ ...one, group: `${scenario}.slo` })),
    ...[determinismCase(record, findings), ...verdictCase(record)].map((one) => ({
      ...one,
      group: `${scenario}.campaign`,
    })),
  ];
}

type Ungrouped = Omit<Case, 'group'>;

/** Also those that only a pinned failure broke, and those that the scenario does not know any more. */
function invariantCases({ invariants }: RunRecord, findings: readonly Finding[]): readonly Ungrouped[] {
  const broken = findings.filter(({ kind }) => kind === 'violation');
  const known = new Set(invariants.map(({ id }) => id));
  const strangers = broken.filter(({ rule }) => !known.has(rule)).map(({ rule }) => rule);
  const unknown = [...new Set(strangers)].map((id) => ({
    id,
    statement: broken.find(({ rule }) => rule === id)!.statement,
    state: 'violated' as const,
  }));
  return [...invariants, ...unknown].map(({ id, statement, state }) => {
    const own = broken.filter(({ rule }) => rule === id);
    const others = broken.filter(({ also = [] }) => also.includes(id));
    const name = `${id}: ${statement}`;
    if (own.length + others.length > 0) return { name, outcome: failed([...own, ...others]) };
    if (state === 'violated') return { name, outcome: failure('violation', statement, 'violated') };
    const outcome = state === 'held' ? PASSED : ({ kind: 'skipped', message: 'nothing to judge' } as const);
    return { name, outcome };
  });
}

function occasionCases({ sometimes = [] }: RunRecord, findings: readonly Finding[]): readonly Ungrouped[] {
  return sometimes.map(({ name }) => {
    const { rule, statement } = occasionRule(name);
    return { name: statement, outcome: failed(findings.filter((finding) => finding.rule === rule)) };
  });
}

function objectiveCases({ slo = [] }: RunRecord, findings: readonly Finding[]): readonly Ungrouped[] {
  return slo.map((objective) => {
    const { id, statement, state } = objective;
    const name = `${id}: ${statement}`;
    if (state === 'not-measured')
      return { name, outcome: { kind: 'skipped', message: objectiveText(objective) } };
    return { name, outcome: failed(findings.filter(({ rule }) => rule === id)) };
  });
}

function determinismCase({ determinism, live }: RunRecord, findings: readonly Finding[]): Ungrouped {
  const name = `${DETERMINISTIC.rule}: ${DETERMINISTIC.statement}`;
  if (determinism.checked > 0)
    return { name, outcome: failed(findings.filter(({ kind }) => kind === 'nondeterministic')) };
  const message =
    live === undefined ? 'no run was repeated' : 'a run for real comes out differently every time';
  return { name, outcome: { kind: 'skipped', message } };
}

/** What proves nothing is an error of the campaign, not a failure of the code. */
function verdictCase({ verdict, inconclusive }: RunRecord): readonly Ungrouped[] {
  if (inconclusive.length === 0) return [];
  const [first] = inconclusive;
  const shown = inconclusive.slice(0, REASONS_SHOWN_MAX).map(({ seed, reason }) => `seed ${seed}: ${reason}`);
  const more = inconclusive.length - shown.length;
  const body = [...shown, ...(more > 0 ? [`and ${number(more)} more, all in the run record`] : [])].join(
    '\n',
  );
  const message = `${counted(inconclusive.length, 'thing')} left open: ${first!.reason}`;
  const outcome =
    verdict === 'inconclusive'
      ? ({ kind: 'error', type: 'inconclusive', message, body } as const)
      : ({ kind: 'skipped', message } as const); // there is worse to tell
  return [{ name: 'verdict: The campaign proves something', outcome }];
}

function failed(findings: readonly Finding[]): Outcome {
  const [first, ...more] = findings;
  if (first === undefined) return PASSED;
  const message = more.length === 0 ? first.message : `${first.message} (and ${more.length} more, distinct)`;
  return failure(first.kind, message, findings.map(block).join('\n\n'));
}

function failure(type: string, message: string, body: string): Outcome {
  return { kind: 'failure', type, message, body };
}

/** One finding on lines of its own. */
function block({ rule, message, details }: Finding): string {
  return [`${rule}: ${message}`, ...details.map(([label, words]) => `${label}: ${words}`)].join('\n');
}

function count(cases: readonly Case[], kind: Outcome['kind']): number {
  return cases.filter(({ outcome }) => outcome.kind === kind).length;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
