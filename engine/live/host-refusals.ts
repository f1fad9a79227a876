// Why a live host does not do what it was asked, in words for people.

import { UserError } from '../core/user-error.ts';

/** Letters, digits and a few signs: an id stands in keys, headers and addresses. */
const SAGA_ID = /^[A-Za-z0-9][A-Za-z0-9._:@~-]{0,199}$/;

/** @throws UserError `bad-id` */
export function checkSagaId(id: string): void {
  if (SAGA_ID.test(id)) return;
  const hint = 'Use 1 to 200 letters, digits and . _ : @ ~ -, beginning with a letter or digit.';
  throw new UserError('bad-id', `${JSON.stringify(id.slice(0, 80))} is no id of a saga`, hint);
}

/**
 * A copy of an input, as the log will give it back.
 *
 * @throws UserError `bad-input` when it is not JSON
 */
export function jsonOf(input: unknown): unknown {
  try {
    return input === undefined ? undefined : JSON.parse(JSON.stringify(input));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'bad-input',
      `the input is not JSON: ${why}`,
      'Send numbers, text, lists and records.',
    );
  }
}

export function overloaded(sagasMax: number): UserError {
  const hint = 'Ask again later, or raise sagasMax.';
  return new UserError('overloaded', `${sagasMax} sagas are under way, which is the most`, hint);
}

export function notStarted(): UserError {
  return new UserError('not-started', 'this host has not been started', 'Wait for its start() first.');
}

export function stopped(): UserError {
  return new UserError(
    'stopped',
    'this host has stopped',
    'Ask again, with the same id, when one is running.',
  );
}

export function fenced(partition: string, saga: string): UserError {
  return new UserError(
    'fenced',
    `another host has opened the partition "${partition}", as saga ${saga} shows`,
    'Let one host at a time open a partition; this one must be started anew.',
  );
}
