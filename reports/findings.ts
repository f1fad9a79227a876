// What a run record holds against the code, in one form whatever its nature: what CI reports tell apart and count.
//
// F1. One finding per distinct failure. What only made the campaign inconclusive is none: it proves nothing.
// F2. A record whose verdict is not `held` or `inconclusive` has a finding.

import type { RecordedViolation, RunRecord, ShrunkFailure } from '../simulator/run-record.ts';
import { objectiveText } from './objectives.ts';
import { counted, duration, number } from './wording.ts';

export interface Finding {
  readonly kind: 'violation' | 'never-true' | 'slo-missed' | 'nondeterministic';
  /** What was broken: the invariant, the service level, what must happen, or `deterministic`. */
  readonly rule: string;
  /** What is true when all is well. */
  readonly statement: string;
  readonly message: string;
  /** The same for the same failure, found again another day. */
  readonly signature: string;
  /** Where something was thrown, the rule stands, or else the scenario: in the file of the record's `source`, unless one is named. */
  readonly line?: number;
  readonly file?: string;
  readonly seed?: string;
  /** Further rules that the same faults break. */
  readonly also?: readonly string[];
  /** What else there is to know, as label and text: the seed, the small run, how to see it again. */
  readonly details: readonly (readonly [label: string, text: string])[];
}

/** The rule that a run must come out the same twice. */
export const DETERMINISTIC = {
  rule: 'deterministic',
  statement: 'A seed that is run again gives the same events',
};

/** Everything that failed, the worst first. */
export function findingsOf(record: RunRecord): readonly Finding[] {
  return [...divergence(record), ...violations(record), ...neverTrue(record), ...missed(record)];
}

/** The rule of what must happen at least once. */
export function occasionRule(name: string): { readonly rule: string; readonly statement: string } {
  return { rule: `sometimes/${name}`, statement: `Sometimes true: ${name}` };
}

function divergence(record: RunRecord): readonly Finding[] {
  const { checked, equal, divergence: found } = record.determinism;
  if (equal === checked) return [];
  const first =
    found === undefined ? '' : `; seed "${found.seed}" differs first in event ${number(found.index)}`;
  return [
    {
      kind: 'nondeterministic',
      ...DETERMINISTIC,
      message: `${number(checked - equal)} of ${counted(checked, 'repeated run')} differed${first}`,
      signature: 'nondeterministic',
      ...lineOf(record),
      ...(found === undefined ? {} : { seed: found.seed }),
      details:
        found === undefined
          ? []
          : [
              ['once', found.first],
              ['again', found.second],
            ],
    },
  ];
}

function violations(record: RunRecord): readonly Finding[] {
  const { invariants, runs } = record;
  return record.violations.map((violation) => {
    const { invariant, statement, message, signature, seed, place, also } = violation;
    const line = invariants.find(({ id }) => id === invariant)?.line;
    return {
      kind: 'violation',
      rule: invariant,
      statement,
      message,
      signature,
      ...(place ?? (line === undefined ? lineOf(record) : { line })),
      seed,
      ...(also === undefined ? {} : { also }),
      details: detailsOf(violation, runs.total),
    };
  });
}

function detailsOf(violation: RecordedViolation, runs: number): Finding['details'] {
  const { seed, saga, atUs, also, faults, shrunk, notShrunk, capsule, replay, runTest, debug } = violation;
  const where = `${saga === undefined ? '' : `saga ${saga} `}at ${duration(atUs)}`;
  const struck = faults.length === 0 ? 'none' : listed(faults.map(({ kind, at }) => `${kind} at ${at}`));
  return [
    ['seed', `${seed} (${where}; ${number(violation.runs)} of ${counted(runs, 'run')})`],
    ...(also === undefined ? [] : [['and breaks', also.join(', ')] as const]),
    shrunk === undefined ? ['faults', struck] : ['shrunk', shrunkText(shrunk, capsule)], // which names its faults
    ...(notShrunk === undefined ? [] : [['shrunk', `no: ${notShrunk}`] as const]),
    ['replay', replay],
    ...(runTest === undefined ? [] : [['test', runTest] as const]),
    ...(debug === undefined ? [] : [['debug', debug] as const]),
  ];
}

const FAULTS_LISTED_MAX = 10;

/** The story of one that could be smaller may be as long as a page. */
function shrunkText({ isMinimal, sentence, faults, from }: ShrunkFailure, capsule = '<capsule>'): string {
  if (isMinimal) return sentence;
  const open = `not minimal; \`sagastorm shrink ${capsule}\` goes on`;
  if (faults.length <= FAULTS_LISTED_MAX) return `${sentence} (${open})`;
  return `${number(from.faults)} → ${counted(faults.length, 'fault')} (${open}): ${listed(faults)}`;
}

function listed(faults: readonly string[]): string {
  const more = faults.length - FAULTS_LISTED_MAX;
  const shown = faults.slice(0, FAULTS_LISTED_MAX).join('; ');
  return more > 0 ? `${shown}; and ${number(more)} more` : shown;
}

function neverTrue(record: RunRecord): readonly Finding[] {
  const { sometimes = [], runs } = record;
  return sometimes
    .filter(({ times }) => times === 0)
    .map(({ name }) => ({
      kind: 'never-true',
      ...occasionRule(name),
      message: `never true in ${counted(runs.total, 'run')}: ${name}`,
      signature: `sometimes:${name}`,
      ...lineOf(record),
      details: [],
    }));
}

function missed(record: RunRecord): readonly Finding[] {
  const { slo = [] } = record;
  return slo
    .filter(({ state }) => state === 'missed')
    .map((objective) => ({
      kind: 'slo-missed',
      rule: objective.id,
      statement: objective.statement,
      message: `missed: ${objectiveText(objective)}`,
      signature: `slo:${objective.id}`,
      ...lineOf(record),
      details: [],
    }));
}

function lineOf({ source }: RunRecord): Pick<Finding, 'line'> {
  return source === undefined ? {} : { line: source.line };
}

/** A file, by default the scenario's, as the repository knows it: `folder` is where the command ran, from the repository's root. */
export function fileOf(
  { source }: RunRecord,
  folder = '',
  file: string | undefined = source?.file,
): string | undefined {
  if (file === undefined) return undefined;
  return folder === '' ? file : `${folder}/${file}`;
}
