// What both comparisons share: the arguments, medians, ratios round by round, and tables.

import { cpus, release, type } from 'node:os';
import { parseArgs } from 'node:util';
import { Contender } from './contender-process.ts';
import type { Side } from './orders.ts';

export interface Options {
  readonly rounds: number;
  /** At most so many sagas in a measurement. */
  readonly sagasMax: number;
  /** Ids of the contenders, ours first. */
  readonly ids: readonly string[];
}

/** Ends the process with code 64 and the usage when the arguments are wrong. */
export function options(side: Side, known: readonly string[], ours: readonly string[]): Options {
  const usage = `npm run ${side} -- [--rounds 5] [--sagas N] [--only ${known.slice(-2).join(',')}]
Contenders: ${known.join(', ')}. Those of sagastorm always run: the ratios are theirs.`;
  const refuse = (why: string): never => {
    console.error(`${why}\nUsage: ${usage}`);
    process.exit(64);
  };
  const values = ((): { rounds: string; sagas?: string; only?: string } => {
    try {
      return parseArgs({
        options: {
          rounds: { type: 'string', default: '5' },
          sagas: { type: 'string' },
          only: { type: 'string' },
        },
      }).values;
    } catch (error) {
      return refuse((error as Error).message);
    }
  })();
  const rounds = Number(values.rounds);
  const sagasMax = values.sagas === undefined ? Number.POSITIVE_INFINITY : Number(values.sagas);
  if (!Number.isInteger(rounds) || rounds < 1)
    refuse(`--rounds ${values.rounds} is not a whole number from 1.`);
  if (values.sagas !== undefined && (!Number.isInteger(sagasMax) || sagasMax < 1))
    refuse(`--sagas ${values.sagas} is not a whole number from 1.`);
  const only = values.only?.split(',');
  const unknown = only?.find((id) => !known.includes(id));
  if (unknown !== undefined) refuse(`There is no contender ${unknown}.`);
  return {
    rounds,
    sagasMax,
    ids: known.filter((id) => ours.includes(id) || only === undefined || only.includes(id)),
  };
}

/** One after the other: the start of one does not slow down the next. */
export async function introduced(side: Side, ids: readonly string[]): Promise<readonly Contender[]> {
  const contenders: Contender[] = [];
  for (const id of ids) {
    const contender = new Contender(side, id);
    await contender.introduce();
    contenders.push(contender);
  }
  return contenders;
}

export function machine(): string {
  const cores = cpus();
  return `Node ${process.version}, ${cores.length} cores (${cores[0]?.model.trim()}), ${type()} ${release()}`;
}

/** The middle one; of an even number the upper of the two. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

/** Median over the rounds of `ours / theirs`, for the rounds that both have. */
export function ratio(ours: readonly number[], theirs: readonly number[]): number | undefined {
  const both = Math.min(ours.length, theirs.length);
  return both === 0 ? undefined : median(theirs.slice(0, both).map((value, round) => ours[round]! / value));
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en');
}

/** `× 12`, `× 1.3`, `× 0.056`. */
export function times(value: number | undefined): string {
  if (value === undefined) return '–';
  return `× ${value >= 10 ? whole(value) : value.toPrecision(2)}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A line on standard error that the next one replaces; nothing when nobody looks. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
}
