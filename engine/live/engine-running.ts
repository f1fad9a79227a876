// What is said to who would restore or rebuild a store that an engine runs on.

import { UserError } from '../core/user-error.ts';

/** @param what who runs, and on what */
export function engineRunning(what: string): UserError {
  const hint =
    'Stop it, and wait as long as a call may take. If it cannot be stopped, add --force: it is fenced, but what it has sent may still arrive.';
  return new UserError('engine-running', what, hint);
}
