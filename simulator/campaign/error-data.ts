// Errors as data. An error that crosses threads keeps its message and loses its class, and a user's file may
// bring its own copy of this package: so errors are told apart by what they carry.

import { UserError } from '../../engine/core/user-error.ts';
import { thrownAt } from '../thrown-place.ts';

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

/** The run that broke off; without a seed none had begun. */
export interface BrokenOff {
  readonly scenario: string;
  readonly seed: string | undefined;
}

/** Makes data of an error. */
export function toErrorData(error: unknown, { scenario, seed }: BrokenOff): ErrorData {
  const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
  const where = seed === undefined ? scenario : `seed "${seed}" of ${scenario}`;
  if (!isUserError(error)) {
    return { user: false, code: 'internal', message: `${where} broke off: ${firstLine(error)}`, ...stack };
  }
  const message = error.code === AMBIENT_ACCESS ? `${error.message}${thrownAt(error)}` : error.message;
  return {
    user: true,
    code: error.code,
    message: seed === undefined ? message : `${where}: ${message}`,
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
