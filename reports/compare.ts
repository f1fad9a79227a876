// A comparison of policies on a terminal: what it comes to, then metric by metric, then what it rests on.

import type { CompareRecord } from '../simulator/compare-record.ts';
import { blocksOf, type CompareBlock, type CompareRow, contendersOf, legendOf } from './compare-rows.ts';
import { wrap } from './layout.ts';
import type { PrettyOptions } from './pretty.ts';
import { promiseRowsOf } from './promise-rows.ts';
import { gridsOf, type SensitivityGrid, sensitivityNote, sensitivityVerdicts } from './sensitivity-rows.ts';
import { counted, duration, number } from './wording.ts';

/** Renders one comparison; the text ends in a newline. */
export function renderComparison(record: CompareRecord, options: PrettyOptions): string {
  const { colors, width } = options;
  const all = blocksOf(record);
  const blocks = all.filter(({ nothing }) => nothing === undefined);
  const columns = columnsOf(blocks);
  const indented = (text: string): readonly string[] => wrap(text, width - 1).map((line) => ` ${line}`);
  const lines = [
    ...wrap(title(record), width).map(colors.bold),
    '',
    ...indented(record.sentence).map(colors.bold),
    ...promiseLines(record, columns, options),
    ...blocks.flatMap((block) => ['', ...blockLines(block, columns, options)]),
    '',
    ...leftOut(all).flatMap(indented).map(colors.dim),
    ...indented(legendOf(record)),
    ...pricesOf(record).flatMap(indented),
    ...sensitivityLines(record, options),
    ...verdicts(record).flatMap(indented),
    ...indented(costs(record, options)).map(colors.dim),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function title(record: CompareRecord): string {
  const version = record.version.split('.', 2).join('.');
  const policies = record.policies.filter(({ role }) => role !== 'control').length;
  const extent = `${policies} ${contendersOf(record).many} × ${counted(record.seeds, 'seed')} × ${counted(record.sagasPerRun, 'saga')}`;
  return [
    `sagastorm ${version}`,
    `compare ${record.scenario}`,
    extent,
    `root seed "${record.rootSeed}"`,
    record.profile,
  ].join(' · ');
}

/** What is zero for everybody, or had by nobody, is in the report, and would only be in the way here. */
function leftOut(all: readonly CompareBlock[]): readonly string[] {
  return (['zero', 'none'] as const).flatMap((which) => {
    const titles = all
      .filter(({ nothing }) => nothing === which)
      .map(({ title }) => title.replace(/ \([^)]*\)$/, ''));
    if (titles.length === 0) return [];
    return [`${counted(titles.length, 'metric')} left out, ${which} for all: ${titles.join(', ')}`];
  });
}

type Column = 'policy' | 'value' | 'difference';

function columnsOf(blocks: readonly CompareBlock[]): Readonly<Record<Column, number>> {
  const rows = blocks.flatMap((block) => block.rows);
  const widest = (column: Column): number => Math.max(...rows.map((row) => row[column].length));
  return { policy: widest('policy'), value: widest('value'), difference: widest('difference') };
}

function blockLines(
  { title, rows }: CompareBlock,
  columns: Readonly<Record<Column, number>>,
  { colors }: PrettyOptions,
): readonly string[] {
  const line = (row: CompareRow): string => {
    const name = row.policy.padEnd(columns.policy);
    const value = row.value.padStart(columns.value);
    const difference = row.difference.padStart(columns.difference);
    const painted = row.isDistinguishable ? colors.bold(difference) : colors.dim(difference);
    return `   ${row.role === 'control' ? colors.dim(name) : name}  ${value}  ${painted}  ${colors.dim(row.interval)}`;
  };
  return [` ${colors.bold(title)}`, ...rows.map(line)];
}

/** Which service levels each policy meets; what it misses stands below it. */
function promiseLines(
  record: CompareRecord,
  columns: Readonly<Record<Column, number>>,
  { colors, width }: PrettyOptions,
): readonly string[] {
  const rows = promiseRowsOf(record);
  if (rows.length === 0) return [];
  const below = (sign: string, text: string): readonly string[] =>
    wrap(text, width - 7).map((line, i) => `     ${i === 0 ? sign : ' '} ${line}`);
  const lines = rows.flatMap(({ policy, role, met, sign, isMissed, missed, notMeasured }) => {
    const name = policy.padEnd(columns.policy);
    const said = `${sign} ${met}`;
    return [
      `   ${role === 'control' ? colors.dim(name) : name}  ${isMissed ? colors.red(said) : colors.green(said)}`,
      ...missed.flatMap((text) => below('✗', text)),
      ...notMeasured.flatMap((text) => below('○', text).map(colors.dim)),
    ];
  });
  return ['', ` ${colors.bold('service levels')}`, ...lines];
}

function sensitivityLines(record: CompareRecord, { colors, width }: PrettyOptions): readonly string[] {
  const grids = gridsOf(record);
  if (grids.length === 0) return [];
  const note = wrap(sensitivityNote(record), width - 1).map((line) => ` ${line}`);
  return ['', ...note, ...grids.flatMap((grid) => ['', ...gridLines(grid, colors)]), ''];
}

function gridLines(
  { title, columns, rows }: SensitivityGrid,
  colors: PrettyOptions['colors'],
): readonly string[] {
  const heads = ['faults', ...columns];
  const texts = rows.map(({ name, entries }) => [name, ...entries.map(({ text }) => text)]);
  const widths = heads.map((head, i) => Math.max(head.length, ...texts.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `   ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')}`;
  return [` ${colors.bold(`${title} by call timeout`)}`, colors.dim(line(heads)), ...texts.map(line)];
}

/** What is wrong with the runs themselves. */
export function verdicts(record: Pick<CompareRecord, 'policies' | 'sensitivity'>): readonly string[] {
  const { policies } = record;
  const ofPolicies = policies
    .filter(({ role }) => role !== 'control')
    .flatMap(({ name, runs, violations }) => [
      ...violations.map(
        ({ invariant, seed, runs: times }) =>
          `✗ ${name}: ${invariant} broken in ${number(times)} of ${counted(runs.total, 'run')}, first with seed "${seed}"`,
      ),
      ...(runs.inconclusive > 0
        ? [`? ${name}: ${number(runs.inconclusive)} of ${counted(runs.total, 'run')} inconclusive`]
        : []),
    ]);
  return [...ofPolicies, ...sensitivityVerdicts(record)];
}

/** What the dollars are. */
function pricesOf({ assumptions }: CompareRecord): readonly string[] {
  return assumptions.filter((assumption) => assumption.includes('$'));
}

function costs({ policies, sensitivity, meta }: CompareRecord, { stored, page }: PrettyOptions): string {
  const cells = (sensitivity?.cells.flat().length ?? 0) * (sensitivity?.seeds ?? 0);
  const runs = policies.reduce((sum, policy) => sum + policy.runs.total, cells);
  return [
    counted(runs, 'run'),
    duration(meta.wallMs * 1000),
    ...(stored === undefined ? [] : [stored]),
    ...(page === undefined ? [] : [`report ${page}`]),
  ].join(' · ');
}
