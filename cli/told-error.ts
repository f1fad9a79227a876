// What is said of an error: whatever the user can mend, in one sentence and a hint on stderr. A stack is only printed with
// --debug, or with DEBUG set.

import { UserError } from '../engine/core/user-error.ts';
import { AMBIENT_ACCESS, firstLine, isUserError } from '../simulator/campaign/error-data.ts';
import { codeOfError, type ExitCode } from './exit-codes.ts';
import { remark } from './terminal.ts';

const TROUBLE: Readonly<Record<string, string>> = {
  EACCES: 'may not be read or written by this user',
  EPERM: 'may not be read or written by this user',
  EISDIR: 'is a folder',
  ENOTDIR: 'stands below something that is no folder',
  ENAMETOOLONG: 'is too long a name',
  EROFS: 'is on a disk that nothing can be written to',
  ENOSPC: 'could not be written: the disk is full',
  ELOOP: 'is a link in a circle',
};

/** What the system says of a file that somebody named, in words; undefined for anything else. */
function ofFiles(error: unknown): UserError | undefined {
  if (!(error instanceof Error) || isUserError(error)) return undefined;
  const { code, path } = error as { readonly code?: unknown; readonly path?: unknown };
  const trouble = typeof code === 'string' ? TROUBLE[code] : undefined;
  if (trouble === undefined || typeof path !== 'string') return undefined;
  return new UserError('file-unusable', `${path} ${trouble}`, 'Mend that, or name another file.');
}

/** An error in the words of a report. */
export function wordsOf(caught: unknown): { readonly message: string; readonly hint: string | undefined } {
  const error = ofFiles(caught) ?? caught;
  if (!isUserError(error))
    return {
      message: `internal error: ${firstLine(error)}`,
      hint: 'Run it again with --debug to see where.',
    };
  const hint = error.code === AMBIENT_ACCESS ? `Not deterministic. ${error.hint}` : error.hint;
  return { message: error.message, hint };
}

/**
 * Tells an error on stderr.
 *
 * @param debug whether its stack is wanted, as with DEBUG set
 * @returns how a process ends in which nothing worse happens
 */
export function tellError(caught: unknown, debug = process.argv.includes('--debug')): ExitCode {
  const error = ofFiles(caught) ?? caught;
  const { message, hint } = wordsOf(error);
  remark(`sagastorm: ${/[.!?]$/.test(message) ? message : `${message}.`}\n`);
  if (hint !== undefined) remark(`  ${hint}\n`);
  if ((debug || process.env.DEBUG) && error instanceof Error) remark(`${error.stack}\n`);
  return codeOfError(error);
}
