// Which act settles a difference between a log and the books: one of the engine's repairs where there is one, otherwise a call
// to the service under the operation's own key, otherwise somebody who mends the books by hand.

import { type Direction, idempotencyKey } from '../core/protocol.ts';
import type { SagaStatus } from '../core/saga-event.ts';
import type { OperationId } from './books.ts';

/**
 * How a log and a book can disagree about an operation.
 *
 * - `done-not-logged`: it took effect, and the log does not intend it, says that it was refused, or has ended without undoing it.
 * - `logged-not-done`: the log says that it applied, the book has nothing of it.
 * - `undone-not-logged`: an undo took effect that the log never intended.
 * - `undone-not-done`: an undo took effect, and what it undoes did not.
 * - `done-twice`: it took effect more than once.
 * - `amount-differs`: an entry does not add up, is not of the amount that the log says, or the undo did not give all back.
 * - `unknown-saga`: the log knows nothing of the saga.
 */
export type DifferenceKind =
  | 'done-not-logged'
  | 'logged-not-done'
  | 'undone-not-logged'
  | 'undone-not-done'
  | 'done-twice'
  | 'amount-differs'
  | 'unknown-saga';

/**
 * `wait`: the engine settles it. `resume`, `compensate`: repairs of the saga. `call`: the operation, or its undo, is sent once
 * more under its key, past the engine. `restore`: the log is brought up to the books. `mend`: the books are corrected by hand.
 */
export type SettlingAct = 'wait' | 'resume' | 'compensate' | 'call' | 'restore' | 'mend';

/** The act that settles a difference, and how. */
export interface Settlement {
  readonly act: SettlingAct;
  /** What to do, as a sentence. */
  readonly how: string;
}

/** The act for a difference of a saga that stands so. */
export function settlementOf(
  kind: DifferenceKind,
  operation: OperationId,
  status: SagaStatus | undefined,
): Settlement {
  switch (kind) {
    case 'unknown-saga':
      return {
        act: 'restore',
        how: 'Bring the log up to the books (store restore, or rebuild), and let an engine end the saga.',
      };
    case 'done-twice':
      return { act: 'mend', how: 'Take one of them back in the books of the service, by hand.' };
    case 'amount-differs':
      return { act: 'mend', how: 'Find out which amount is right, and correct the books by hand.' };
    case 'undone-not-done':
      return { act: 'mend', how: 'The undo gave back what was never taken: correct the books by hand.' };
    case 'done-not-logged':
      return standing(operation, status);
    case 'logged-not-done':
      return missing(operation, status);
    default:
      return isOpen(status)
        ? { act: 'compensate', how: 'Its effect is gone: compensate the saga, so that the others go, too.' }
        : { act: 'mend', how: 'The tombstone keeps the call from being done again: enter it by hand.' };
  }
}

/** For an operation of which the log does not say yet how it ended. */
export function settlementOfDoubt(status: SagaStatus): Settlement {
  if (status === 'compensation_failed')
    return { act: 'resume', how: 'Mend the service, and resume the saga: the undo is sent under its key.' };
  return { act: 'wait', how: 'The engine sends the call again, under its key, until it knows.' };
}

function standing(operation: OperationId, status: SagaStatus | undefined): Settlement {
  if (isOpen(status))
    return { act: 'restore', how: 'Bring the log up to the books, or it may end without this.' };
  if (status === 'completed')
    return { act: 'mend', how: 'The saga completed without it: find out who asked.' };
  const key = keyOf(operation, 'compensation');
  return { act: 'call', how: `Send its compensation to the service under the key ${key}.` };
}

function missing(operation: OperationId, status: SagaStatus | undefined): Settlement {
  const key = keyOf(operation, operation.direction);
  if (isOpen(status) && operation.direction === 'forward')
    return { act: 'compensate', how: 'Compensate the saga, and find out why the service said otherwise.' };
  const again = operation.direction === 'forward' ? 'call' : 'compensation';
  return {
    act: 'call',
    how: `Send its ${again} to the service again, under the key ${key}; when it answers without doing it, enter it by hand.`,
  };
}

function keyOf({ saga, step, round }: OperationId, direction: Direction): string {
  return idempotencyKey(saga, step, direction, round);
}

function isOpen(status: SagaStatus | undefined): boolean {
  return (
    status === 'created' ||
    status === 'running' ||
    status === 'compensating' ||
    status === 'compensation_failed'
  );
}
