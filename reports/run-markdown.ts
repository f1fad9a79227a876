// Run records as Markdown, for pull requests and job summaries: the verdict, each distinct failure, what was left open, and
// what was checked.
//
// M1. Under a limit, whole blocks are left out and counted, never cut; verdict and summary come before what may be left out.

import type { RunRecord } from '../simulator/run-record.ts';
import { type Finding, findingsOf } from './findings.ts';
import { unmarked } from './layout.ts';
import { code, fenced, inline, row } from './markdown.ts';
import { NOT_RUN, type NotRun, whyNotRun } from './not-run.ts';
import { extent, summaryRows, VERDICTS } from './pretty.ts';
import { counted, duration, number, percent } from './wording.ts';

const OPEN_SHOWN_MAX = 20;
/** Of one text; a message may hold anything. */
const WORDS_MAX = 2_000;

/** Renders the records of one command, and the scenarios that came to none; the text ends in a newline. */
export function renderRunMarkdown(records: readonly RunRecord[], notRun: readonly NotRun[] = []): string {
  return renderRunMarkdownWithin(records, Number.POSITIVE_INFINITY, notRun);
}

/** The same in at most so many bytes; what is left out is counted. */
export function renderRunMarkdownWithin(
  records: readonly RunRecord[],
  bytesMax: number,
  notRun: readonly NotRun[] = [],
): string {
  const heads = records.map((record) => joined([...heading(record), ...checked(record)]));
  let left = bytesMax - NOTE_BYTES;
  let dropped = 0;
  const kept = (text: string): boolean => {
    const bytes = bytesOf(text) + 1;
    if (bytes > left) {
      dropped++;
      return false;
    }
    left -= bytes;
    return true;
  };
  const broken = notRun.map((one) => joined(headingNotRun(one))).filter(kept);
  const keptHeads = new Set(heads.filter(kept));
  const parts = records.flatMap((record, i) => {
    const details = [...findingsOf(record).map(finding), ...open(record)].map(joined);
    return [...(keptHeads.has(heads[i]!) ? [heads[i]!] : []), ...details.filter(kept)];
  });
  const note = dropped === 0 ? [] : [`… and ${counted(dropped, 'further part')}, all in the run record\n`];
  return [...broken, ...parts, ...note].join('\n');
}

/** Room for the sentence that says what was left out. */
const NOTE_BYTES = 200;

function heading(record: RunRecord): readonly string[] {
  const { mark, words } = VERDICTS[record.verdict];
  const { rootSeed, profile, protocol, policy, sagas, latencyUs, live } = record;
  const share = (count: number): string => percent(sagas.started === 0 ? 0 : count / sagas.started);
  const { count, p50, p99 } = latencyUs.saga;
  const times = `p50 ${duration(p50)}, p99 ${duration(p99)} (${live === undefined ? 'virtual' : 'real'})`;
  return [
    `## ${mark} ${inline(record.scenario)}: ${words.toLowerCase()}`,
    '',
    `${extent(record)} · root seed ${code(rootSeed)} · ${profile}${protocol === undefined ? '' : ` · ${protocol}`} · policy ${inline(policy)}`,
    '',
    `Completed ${share(sagas.completed)}, compensated ${share(sagas.compensated)}${count === 0 ? '' : ` · ${times}`}`,
    '',
  ];
}

function headingNotRun(one: NotRun): readonly string[] {
  return [`## ✗ ${inline(one.scenario)}: ${NOT_RUN}`, '', inline(short(whyNotRun(one))), ''];
}

function checked(record: RunRecord): readonly string[] {
  return [
    row(['', 'Result']),
    '| --- | --- |',
    ...summaryRows(record).map(([label, text]) => row([label, unmarked(text).replace(/\s+/g, ' ')])),
    '',
  ];
}

function finding({ rule, statement, message, details }: Finding): readonly string[] {
  const inFence = new Set(['replay', 'test', 'once', 'again']);
  const commands = details.filter(([label]) => inFence.has(label));
  return [
    `### ✗ ${inline(rule)}`,
    '',
    `**${inline(short(message))}**`,
    '',
    ...(rule === statement ? [] : [`- should hold: ${inline(statement)}`]),
    ...details
      .filter(([label]) => !inFence.has(label))
      .map(([label, text]) => `- ${label}: ${inline(short(text))}`),
    '',
    ...(commands.length === 0
      ? []
      : [
          ...fenced(
            'sh',
            commands.map(([, text]) => short(text)),
          ),
          '',
        ]),
  ];
}

/** What was left open, in blocks of its own. */
function open({ inconclusive }: RunRecord): readonly (readonly string[])[] {
  if (inconclusive.length === 0) return [];
  const more = inconclusive.length - OPEN_SHOWN_MAX;
  return [
    [
      '### ? inconclusive',
      '',
      ...inconclusive
        .slice(0, OPEN_SHOWN_MAX)
        .map(({ seed, reason }) => `- seed ${code(seed)}: ${inline(short(reason))}`),
      ...(more > 0 ? [`- … and ${number(more)} more, all in the run record`] : []),
      '',
    ],
  ];
}

function joined(lines: readonly string[]): string {
  return lines.join('\n');
}

function short(text: string): string {
  return text.length <= WORDS_MAX ? text : `${text.slice(0, WORDS_MAX).toWellFormed()} …`;
}

/** Of the text in UTF-8. */
function bytesOf(text: string): number {
  let bytes = 0;
  for (const sign of text) {
    const point = sign.codePointAt(0)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
