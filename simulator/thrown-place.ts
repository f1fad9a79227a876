// Where an error was thrown, as its author looks for it: the first place that is not ours.

import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const OURS: readonly string[] = ['engine', 'simulator', 'participants-mock'].map(
  (name) => `${HERE}${name}${sep}`,
);
const FRAME = /(?:file:\/\/)?((?:[a-zA-Z]:)?[^\s()]*[\\/][^\s()]+):(\d+:\d+)\)?$/;

/**
 * ` (at model/bank.ts:12:5)`, to stand behind what an error says; below the folder of the command relative to it. Empty when
 * nobody knows.
 */
export function thrownAt(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const frames = (error.stack ?? '')
    .split('\n')
    .flatMap((line) => (/^\s+at /.test(line) ? [FRAME.exec(line)] : []))
    .filter((found) => found !== null);
  const found =
    frames.find(([, file]) => !file!.startsWith('node:') && !OURS.some((own) => file!.startsWith(own))) ??
    frames[0];
  if (found === undefined) return '';
  const [, file, place] = found;
  const below = relative('', file!).split(sep).join('/');
  return ` (at ${below.startsWith('..') ? file : below}:${place})`;
}

/** What was thrown, in one line: `RangeError: too far`. */
export function firstLine(error: unknown): string {
  return String(error).split('\n', 1)[0]!;
}
