// Promises that code of a scenario left alone, and that were rejected: in production the process would end of it. A run is
// over before anybody can be told, so a thread that runs scenarios listens, and asks between two runs.

import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../engine/core/user-error.ts';
import { firstLine, isOurs, thrownAt } from '../thrown-place.ts';
import { InternalError } from './error-data.ts';

let isListening = false;
let first: { readonly error: unknown } | undefined;

/** From now on a rejection that nobody caught does not end this thread. */
export function listenForRejections(): void {
  if (isListening) return;
  isListening = true;
  process.on('unhandledRejection', (error) => {
    first ??= { error };
  });
}

/**
 * Lets this thread hear of what was rejected since the last time.
 *
 * @throws UserError `rejected-unheard`; InternalError when nobody else's code was there
 */
export async function checkRejections(): Promise<void> {
  await setImmediate();
  if (first === undefined) return;
  const { error } = first;
  first = undefined;
  const message = `a promise was rejected, and nobody caught it: ${firstLine(error)}${thrownAt(error)}`;
  if (isOurs(error)) throw new InternalError(message, error.stack);
  throw new UserError(
    'rejected-unheard',
    message,
    'What follows an await happens after the run. Let a model answer at once, or bring the service itself: see ownService.',
  );
}
