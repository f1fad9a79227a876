// JSON that a user wrote, and where it is wrong, by line and column.

import { readFileSync, statSync } from 'node:fs';
import { UserError } from '../../engine/core/user-error.ts';

/**
 * Reads a file and parses it as JSON. `what` says what it should be, for the message.
 *
 * @throws UserError `file-not-found` or `bad-json`; the latter names line and column
 */
export function readJson(path: string, what: string): unknown {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) {
    const wrong = found?.isDirectory() === true ? `${path} is a folder` : `there is no file ${path}`;
    throw new UserError('file-not-found', wrong, `Give the path of ${what}.`);
  }
  const text = readFileSync(path, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UserError(
      'bad-json',
      `${path} is not JSON: ${jsonFault(text, error)}`,
      `It should be ${what}.`,
    );
  }
}

/** What is wrong with the text and where, by line and column. V8 leaves the place out for a stray token. */
function jsonFault(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (text.trim() === '') return 'it is empty';
  const said = message.split(/ in JSON|, (?:\.\.\.)?"/, 1)[0]!;
  const position = message.match(/at position (\d+)/)?.[1];
  const at = isStrayToken(error) ? strayToken(text) : position === undefined ? text.length : Number(position);
  const before = text.slice(0, at).split('\n');
  return `${said} at line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

function isStrayToken(error: unknown): boolean {
  return error instanceof SyntaxError && error.message.startsWith('Unexpected token');
}

/** The index of the stray token: every text cut before it is merely unfinished, so it can be searched for. */
function strayToken(text: string): number {
  let [clean, stray] = [0, text.length];
  while (stray - clean > 1) {
    const middle = (clean + stray) >> 1;
    if (hasStrayToken(text.slice(0, middle))) stray = middle;
    else clean = middle;
  }
  return stray - 1;
}

function hasStrayToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return isStrayToken(error);
  }
}
