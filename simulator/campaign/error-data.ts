// Errors as data. An error that crosses threads keeps its message and loses its class, and a user's file may
// bring its own copy of this package: so errors are told apart by what they carry.

import { UserError } from '../../engine/core/user-error.ts';

/** An error on its way between threads. `user`: the user can mend it; otherwise it is ours. */
export interface ErrorData {
  readonly user: boolean;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly stack?: string;
}

/** The code of AmbientAccessError: the run asked the real world for time or chance. */
export const AMBIENT_ACCESS = 'ambient-access';

/** Something of ours broke: not the user's to mend. */
export class InternalError extends Error {
  override name = 'InternalError';

  constructor(message: string, stack?: string) {
    super(message);
    if (stack !== undefined) this.stack = stack;
  }
}

/** Whether the error is a UserError, of this copy of the package or another. */
export function isUserError(error: unknown): error is UserError {
  if (error instanceof UserError) return true;
  return error instanceof Error && 'code' in error && 'hint' in error && typeof error.code === 'string';
}

/** The first line of what an error, or anything else that was thrown, says. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const line = text.split('\n', 1)[0]!.trim();
  return line === '' ? 'no message' : line;
}

/** Makes data of an error. `where` says what was going on, for errors that are not the user's. */
export function toErrorData(error: unknown, where: string): ErrorData {
  const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
  if (!isUserError(error)) {
    return { user: false, code: 'internal', message: `${where}: ${firstLine(error)}`, ...stack };
  }
  const place = error.code === AMBIENT_ACCESS ? placeOf(error) : undefined;
  return {
    user: true,
    code: error.code,
    message: place === undefined ? error.message : `${error.message} (${place})`,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...stack,
  };
}

/** Makes an error of its data. */
export function fromErrorData({ user, code, message, hint, stack }: ErrorData): UserError | InternalError {
  if (!user) return new InternalError(message, stack);
  const error = new UserError(code, message, hint);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The first place outside the guard itself: `scenarios/ride.ts:12:5`. */
function placeOf({ stack = '' }: Error): string | undefined {
  const frame = stack
    .split('\n')
    .find((line) => /^\s*at .*file:/.test(line) && !/\/sandbox\.[jt]s:/.test(line));
  const url = frame?.match(/file:\/\/(\S+?:\d+:\d+)/)?.[1];
  if (url === undefined) return undefined;
  const here = `${process.cwd()}/`;
  return url.startsWith(here) ? url.slice(here.length) : url;
}
