// The first thing that a service did which no run can go on after. Kept until the turn is over: code that catches
// everything cannot hide it.

import { UserError } from '../../engine/core/user-error.ts';
import { owners } from './virtual-time.ts';

let first: UserError | undefined;

/** Remembers a mistake, and returns it to be thrown. */
export function fail(error: UserError): UserError {
  first ??= error;
  return error;
}

/** What has gone wrong since it was asked for last. */
export function takeFault(): UserError | undefined {
  const fault = first;
  first = undefined;
  return fault;
}

/** Who is at work, in words: `service "shop", handling "charge" (saga s-3, step pay)`. */
export function whoIsAtWork(): string {
  const owner = owners.getStore();
  if (owner === undefined) return 'a service';
  const { life, task } = owner;
  if (task === undefined) return `service "${life.service}"`;
  const { action, saga, step } = task.call;
  return `service "${life.service}", handling "${action}" (saga ${saga}, step ${step})`;
}

/** The real world was asked for something: the run would not repeat. */
export function realWorld(call: string): UserError {
  return fail(
    new UserError(
      'real-io',
      `${whoIsAtWork()}, called ${call}: nothing outside of a simulated run can be reached`,
      'Give the service a stand-in for it, or a database in memory such as node:sqlite.',
    ),
  );
}
