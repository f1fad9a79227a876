// A search for a policy on a terminal: what it comes to, the front, how it was found, where the recommended policy loses,
// and the policy itself.

import type { TuneRecord } from '../simulator/tune-record.ts';
import { verdicts } from './compare.ts';
import { labelled, wrap } from './layout.ts';
import type { PrettyOptions } from './pretty.ts';
import { drawFront } from './tune-front.ts';
import { evidenceOf, faultsOf, frontRowsOf, lossesText, lossText, marksOf, searchText } from './tune-rows.ts';
import { counted, duration } from './wording.ts';

const LABEL_WIDTH = 12;

/** Renders one search; the text ends in a newline. */
export function renderTuning(record: TuneRecord, options: PrettyOptions): string {
  const { colors, width } = options;
  const under = (label: string, text: string): readonly string[] =>
    labelled(` ${label}`, text, LABEL_WIDTH, width);
  const lines = [
    ...wrap(title(record), width).map(colors.bold),
    '',
    ...wrap(record.sentence, width - 1).map((line) => colors.bold(` ${line}`)),
    ...table(record, options),
    ...drawing(record),
    '',
    ...under('SEARCH', searchText(record)),
    ...evidence(record, options),
    ...losing(record, options),
    ...policy(record, options),
    ...problems(record).flatMap((line) => wrap(line, width - 1).map((part) => ` ${part}`)),
    '',
    ...wrap(costs(record, options), width - 1).map((line) => colors.dim(` ${line}`)),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function title({ version, scenario, sagasPerRun, rootSeed, profile, candidates }: TuneRecord): string {
  return [
    `sagastorm ${version.split('.', 2).join('.')}`,
    `tune ${scenario}`,
    `${counted(candidates.length, 'candidate')}`,
    `${counted(sagasPerRun, 'saga')} per run`,
    `root seed "${rootSeed}"`,
    profile,
  ].join(' · ');
}

function table(record: TuneRecord, { colors }: PrettyOptions): readonly string[] {
  const rows = frontRowsOf(record);
  if (rows.length === 0) return [];
  const columns = ['name', 'notCompleted', 'p99', 'calls'] as const;
  const heads = { name: 'policy', notCompleted: 'not completed', p99: 'p99', calls: 'calls per saga' };
  const widths = columns.map((column) =>
    Math.max(heads[column].length, ...rows.map((row) => row[column].length)),
  );
  const line = (mark: string, cells: readonly string[], note: string): string => {
    const padded = cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    return ` ${mark} ${padded.join('  ')}  ${note}`;
  };
  const head = line(
    ' ',
    columns.map((column) => heads[column]),
    '',
  );
  return [
    '',
    colors.dim(head),
    ...rows.map((row) => {
      const text = line(
        row.mark,
        columns.map((column) => row[column]),
        row.note,
      );
      return row.isRecommended ? colors.bold(text) : text;
    }),
  ];
}

function drawing(record: TuneRecord): readonly string[] {
  const lines = drawFront(marksOf(record));
  return lines.length === 0 ? [] : ['', ...lines];
}

function evidence(record: TuneRecord, { width }: PrettyOptions): readonly string[] {
  const lines = evidenceOf(record);
  const head = `"${record.recommended}" against "${record.baseline}", with 95 % intervals:`;
  if (lines.length === 0) return [];
  return [...labelled(' EVIDENCE', head, LABEL_WIDTH, width), ...lines.map((line) => `   ${line}`)];
}

function losing(record: TuneRecord, { width, colors }: PrettyOptions): readonly string[] {
  const { losses, recommended, baseline } = record;
  if (recommended === baseline || losses.total === 0) return [];
  return [
    ...labelled(' LOSES', `${lossesText(record)}:`, LABEL_WIDTH, width),
    ...losses.worst.flatMap((loss) => [`   ${lossText(loss)}`, colors.dim(`     ${loss.command}`)]),
  ];
}

function policy(
  { definition, front, recommended }: TuneRecord,
  { colors }: PrettyOptions,
): readonly string[] {
  if (definition === undefined) return [];
  const file = front.find(({ name }) => name === recommended)?.policy;
  const head = `${' POLICY'.padEnd(LABEL_WIDTH)}${file === undefined ? '' : `--policy ${file}, or`}`;
  return ['', head, ...definition.split('\n').map((line) => colors.dim(`   ${line}`))];
}

/** What is wrong with the runs themselves. */
function problems(record: TuneRecord): readonly string[] {
  const { comparison } = record;
  const found = [...faultsOf(record), ...(comparison === undefined ? [] : verdicts(comparison))];
  return found.length === 0 ? [] : ['', ...found];
}

function costs({ budget, meta }: TuneRecord, { stored }: PrettyOptions): string {
  const parts = [counted(budget.used, 'run'), duration(meta.wallMs * 1000)];
  return [...parts, ...(stored === undefined ? [] : [stored])].join(' · ');
}
