// A comparison of policies as Markdown, for pull requests and job summaries.

import type { CompareRecord } from '../simulator/compare-record.ts';
import { verdicts } from './compare.ts';
import { blocksOf, contendersOf, legendOf } from './compare-rows.ts';
import { code, escaped, row } from './markdown.ts';
import { type PromiseRow, promiseRowsOf } from './promise-rows.ts';
import { gridsOf, sensitivityNote } from './sensitivity-rows.ts';
import { counted } from './wording.ts';

/** Renders one comparison; the text ends in a newline. */
export function renderComparisonMarkdown(record: CompareRecord): string {
  const { scenario, rootSeed, profile, seeds, sagasPerRun, sentence, assumptions, policies } = record;
  const rows = blocksOf(record).flatMap((block) =>
    block.rows.map(({ policy, value, difference, interval }, i) =>
      row([i === 0 ? block.title : '', policy, value, difference, interval]),
    ),
  );
  const promises = promiseRowsOf(record);
  const lines = [
    `## ${contendersOf(record).Many} for ${escaped(scenario)}`,
    '',
    `**${escaped(sentence)}**`,
    '',
    `${counted(seeds, 'seed')} of ${counted(sagasPerRun, 'saga')} per ${contendersOf(record).one}, root seed ${code(rootSeed)}, profile ${profile}.`,
    '',
    row(['Metric', contendersOf(record).One, 'Value', `Difference to ${policies[0]!.name}`, '95 % interval']),
    '| --- | --- | ---: | ---: | --- |',
    ...promises.map(({ policy, sign, met }, i) =>
      row([i === 0 ? 'service levels' : '', policy, `${sign} ${met}`, '', '']),
    ),
    ...rows,
    '',
    escaped(legendOf(record)),
    ...promises.flatMap(missedLines),
    ...sensitivityLines(record),
    ...verdicts(record).flatMap((line) => ['', escaped(line)]),
    '',
    'Assumptions:',
    '',
    ...assumptions.map((assumption) => `- ${escaped(assumption)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function missedLines({ policy, missed, notMeasured }: PromiseRow): readonly string[] {
  const all = [...missed.map((text) => `✗ ${text}`), ...notMeasured.map((text) => `○ ${text}`)];
  if (all.length === 0) return [];
  return ['', `Service levels of ${escaped(policy)}:`, '', ...all.map((text) => `- ${escaped(text)}`)];
}

function sensitivityLines(record: CompareRecord): readonly string[] {
  const grids = gridsOf(record);
  if (grids.length === 0) return [];
  return [
    '',
    '### Sensitivity',
    '',
    escaped(sensitivityNote(record)),
    ...grids.flatMap(({ title, columns, rows }) => [
      '',
      row([`${title}: faults`, ...columns]),
      `| --- |${' ---: |'.repeat(columns.length)}`,
      ...rows.map(({ name, entries }) => row([name, ...entries.map(({ text }) => text)])),
    ]),
  ];
}
