// The two streams of the process: results to stdout, everything else to stderr.
//
// T1. A reader that goes away (`| head`) ends the output, not the command: the exit code stays true.

import { clearLine, cursorTo } from 'node:readline';
import pc from 'picocolors';
import type { Palette } from '../reports/pretty.ts';
import { EXIT } from './exit-codes.ts';

/** Where progress goes. */
export interface ProgressSink {
  /** Whether a line replaces the one before. */
  readonly live: boolean;
  line(text: string): void;
  /** Removes the live line. */
  clear(): void;
}

const WIDTH_MIN = 60;
const WIDTH_MAX = 120;
const WIDTH_UNKNOWN = 100;
/** Columns of a report in a file: every terminal has them. */
export const FILE_WIDTH = 80;

/** Lets the process outlive whoever reads it (T1); what cannot be written for another reason ends it (a full disk). */
export function tolerateLostReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      if (stream === process.stdout) remark(`sagastorm: cannot write the result: ${error.message}.\n`);
      process.exit(EXIT.internal);
    });
  }
}

/** Writes a result. False when nobody reads any more. */
export function print(text: string): boolean {
  if (process.stdout.writable) process.stdout.write(text);
  return process.stdout.writable;
}

/** Writes a remark. */
export function remark(text: string): void {
  if (process.stderr.writable) process.stderr.write(text);
}

/** Columns to fill on stdout. */
export function width(): number {
  const columns = process.stdout.columns || WIDTH_UNKNOWN;
  return Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, columns));
}

/** Colours for stdout, or none: `--no-color`, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether it is a terminal. */
export function palette(noColor: boolean): Palette {
  // A pipe has no `isTTY` at all, whatever its type says; and `undefined` would leave the choice to picocolors.
  return pc.createColors(!noColor && wantsColor(process.env, process.stdout.isTTY === true));
}

/** Whether an environment asks for colours. */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { NO_COLOR = '', FORCE_COLOR, TERM } = env;
  if (NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  return isTerminal && TERM !== 'dumb';
}

/** Where progress is drawn: one live line on a terminal, plain lines elsewhere. */
export function progressSink(): ProgressSink {
  const { stderr } = process;
  if (!stderr.isTTY || process.env.TERM === 'dumb') {
    return { live: false, line: (text) => remark(`${text}\n`), clear: () => undefined };
  }
  const clear = (): void => {
    clearLine(stderr, 0);
    cursorTo(stderr, 0);
  };
  return {
    live: true,
    line: (text) => {
      clear();
      stderr.write(text.slice(0, (stderr.columns || WIDTH_UNKNOWN) - 1));
    },
    clear,
  };
}
