// Where an error was thrown, as its author looks for it: the first place that is not ours.

import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const OURS: readonly string[] = ['engine', 'simulator', 'participants-mock', 'cli', 'reports'].map(
  (name) => `${HERE}${name}${sep}`,
);
const FRAME = /^\s+at .*?(?:file:\/\/)?((?:[a-zA-Z]:)?[^\s()]*[\\/][^\s()]+):(\d+:\d+)\)?$/;

interface Frame {
  readonly file: string;
  /** Line and column. */
  readonly place: string;
}

/**
 * ` (at model/bank.ts:12:5)`, to stand behind what an error says; below the folder of the command relative to it. Empty when
 * nobody knows.
 */
export function thrownAt(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const frames = framesOf(error);
  const found = frames.find(isAnothers) ?? frames[0];
  if (found === undefined) return '';
  const below = relative('', found.file).split(sep).join('/');
  return ` (at ${below.startsWith('..') ? found.file : below}:${found.place})`;
}

/** The place that {@link thrownAt} put into a text, if it is below the folder of the command. */
export function placeIn(text: string): { readonly file: string; readonly line: number } | undefined {
  const [, file, line] = / \(at ([^():]+):(\d+):\d+\)/.exec(text) ?? [];
  return file === undefined || isAbsolute(file) ? undefined : { file, line: Number(line) };
}

/** Whether nobody else's code was there when it was thrown. */
export function isOurs(error: unknown): error is Error {
  return error instanceof Error && framesOf(error).length > 0 && !framesOf(error).some(isAnothers);
}

function framesOf({ stack = '' }: Error): readonly Frame[] {
  return stack.split('\n').flatMap(frameOf);
}

function isAnothers({ file }: Frame): boolean {
  return !OURS.some((own) => file.startsWith(own));
}

/** Without what is Node's own. */
function frameOf(line: string): readonly Frame[] {
  const [, file, place] = FRAME.exec(line) ?? [];
  return file === undefined || place === undefined || file.startsWith('node:') ? [] : [{ file, place }];
}

/** What was thrown, in one line: `RangeError: too far`. */
export function firstLine(error: unknown): string {
  return String(error).split('\n', 1)[0]!;
}
