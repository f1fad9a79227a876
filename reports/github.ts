// Run records for GitHub Actions: an annotation per distinct failure, and a job summary.
//
// H1. Ten annotations at most: GitHub shows no more of one step. When there are more failures, the tenth counts the rest.
// H2. The summary stays under the 1 MiB that GitHub takes from one step, or it would take nothing.

import type { RunRecord } from '../simulator/run-record.ts';
import { fileOf, findingsOf } from './findings.ts';
import { NOT_RUN, type NotRun, whyNotRun } from './not-run.ts';
import { renderRunMarkdownWithin } from './run-markdown.ts';
import { counted } from './wording.ts';

export const ANNOTATIONS_MAX = 10;
export const SUMMARY_BYTES_MAX = 1_000_000;

interface Annotation {
  readonly level: 'error' | 'warning';
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly title: string;
  readonly message: string;
}

/**
 * Renders the records of one command, and the scenarios that came to none, as workflow commands, a line each; `folder` is
 * where the command ran, from the repository's root. Empty when there is nothing to say.
 */
export function renderAnnotations(
  records: readonly RunRecord[],
  folder?: string,
  notRun: readonly NotRun[] = [],
): string {
  const all = [
    ...notRun.map(notRunAnnotation),
    ...records.flatMap((record) => annotationsOf(record, folder)),
  ];
  const shown = all.length <= ANNOTATIONS_MAX ? all : all.slice(0, ANNOTATIONS_MAX - 1);
  const rest = all.slice(shown.length);
  const more: readonly Annotation[] =
    rest.length === 0
      ? []
      : [
          {
            level: rest.some(({ level }) => level === 'error') ? 'error' : 'warning',
            title: 'sagastorm',
            message: `and ${counted(rest.length, 'further distinct failure')}: see the job summary or the run record`,
          },
        ];
  return [...shown, ...more].map((annotation) => `${command(annotation)}\n`).join('');
}

/** Renders the records of one command as a job summary. */
export function renderJobSummary(records: readonly RunRecord[], notRun: readonly NotRun[] = []): string {
  return renderRunMarkdownWithin(records, SUMMARY_BYTES_MAX, notRun);
}

/** It has no place: the scenario may be one that is known by its name. */
function notRunAnnotation(one: NotRun): Annotation {
  return { level: 'error', title: `${NOT_RUN} (${one.scenario})`, message: whyNotRun(one) };
}

function annotationsOf(record: RunRecord, folder: string | undefined): readonly Annotation[] {
  const { scenario, verdict, inconclusive, source } = record;
  const file = fileOf(record, folder);
  const failures = findingsOf(record).map(
    ({ rule, message, file: place, line, details }): Annotation => ({
      level: 'error',
      file: fileOf(record, folder, place),
      line,
      title: `${rule} (${scenario})`,
      message: [message, ...details.map(([label, text]) => `${label}: ${text}`)].join('\n'),
    }),
  );
  if (verdict !== 'inconclusive') return failures;
  const [first] = inconclusive;
  const reason = first === undefined ? '' : `: seed ${first.seed}: ${first.reason}`;
  const message = `${counted(inconclusive.length, 'thing')} left open${reason}`;
  const open = {
    level: 'warning',
    file,
    line: source?.line,
    title: `inconclusive (${scenario})`,
    message,
  } as const;
  return [...failures, open];
}

function command({ level, file, line, title, message }: Annotation): string {
  const place =
    file === undefined ? [] : [['file', file], ...(line === undefined ? [] : [['line', String(line)]])];
  const properties = [...place, ['title', title]].map(([name, value]) => `${name}=${property(value!)}`);
  return `::${level} ${properties.join(',')}::${data(message)}`;
}

/** The message of a command: only the sign of the escapes, and what would end the line. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a command, which a colon or a comma would end. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
