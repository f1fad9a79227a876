// The first thing that a service did which no run can go on after. Kept until the turn is over: code that catches
// everything cannot hide it.

import type { Call } from '../../engine/core/protocol.ts';
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
  if (task === undefined) return life.name;
  return `${life.name}, ${handling(task.call)}`;
}

export function handling({ action, saga, step }: Call): string {
  return `handling "${action}" (saga ${saga}, step ${step})`;
}

const FRAMES = 50;

/** The files from which this was called, among them those of packages that open their own sockets. */
function whoCalls(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  return stack;
}

/** The real world was asked for something: the run would not repeat. */
export function realWorld(call: string): UserError {
  const isUndici = /[\\/]node_modules[\\/]undici[\\/]/.test(whoCalls());
  const by = isUndici ? ' by way of the npm package undici, which cannot be intercepted' : '';
  return fail(
    new UserError(
      'real-io',
      `${whoIsAtWork()}, called ${call}${by}: nothing outside of a simulated run can be reached`,
      isUndici
        ? 'Let it use the global fetch of Node, or node:http (axios, got): these are answered in a run.'
        : 'Give the service a stand-in for it, or a database in memory such as node:sqlite.',
    ),
  );
}
