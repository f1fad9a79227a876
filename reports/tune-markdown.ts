// A search for a policy as Markdown, for pull requests and job summaries.

import type { TuneRecord } from '../simulator/tune-record.ts';
import { verdicts } from './compare.ts';
import { code, escaped, row } from './markdown.ts';
import { evidenceOf, faultsOf, frontRowsOf, lossesText, lossText, searchText } from './tune-rows.ts';
import { counted } from './wording.ts';

/** Renders one search; the text ends in a newline. */
export function renderTuningMarkdown(record: TuneRecord): string {
  const { scenario, rootSeed, profile, sagasPerRun, sentence, assumptions, comparison } = record;
  const rows = frontRowsOf(record);
  const lines = [
    `## A policy for ${escaped(scenario)}`,
    '',
    `**${escaped(sentence)}**`,
    '',
    `${escaped(searchText(record))}; ${counted(sagasPerRun, 'saga')} per run, root seed ${code(rootSeed)}, profile ${profile}.`,
    ...(rows.length === 0
      ? []
      : [
          '',
          row(['Policy', 'Not completed', 'p99', 'Calls per saga', '']),
          '| --- | ---: | ---: | ---: | --- |',
        ]),
    ...rows.map(({ name, notCompleted, p99, calls, note }) => row([name, notCompleted, p99, calls, note])),
    ...evidence(record),
    ...losing(record),
    ...defined(record),
    ...[...faultsOf(record), ...(comparison === undefined ? [] : verdicts(comparison))].flatMap((line) => [
      '',
      escaped(line),
    ]),
    '',
    'Assumptions:',
    '',
    ...assumptions.map((assumption) => `- ${escaped(assumption)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function evidence(record: TuneRecord): readonly string[] {
  const lines = evidenceOf(record);
  if (lines.length === 0) return [];
  return [
    '',
    `${escaped(record.recommended)} against ${escaped(record.baseline)}, with 95 % intervals:`,
    '',
    '```',
    ...lines,
    '```',
  ];
}

function losing(record: TuneRecord): readonly string[] {
  const { losses, recommended, baseline } = record;
  if (recommended === baseline || losses.total === 0) return [];
  return [
    '',
    `It loses ${lossesText(record)}:`,
    '',
    ...losses.worst.map((loss) => `- ${escaped(lossText(loss))}: ${code(loss.command)}`),
  ];
}

function defined({ definition }: TuneRecord): readonly string[] {
  return definition === undefined ? [] : ['', '```ts', definition, '```'];
}
