// Where the sagas of several workers are: a database, and a schema in it.

import { UserError } from '../core/user-error.ts';

/** The schema where sagas are kept when nobody says otherwise. */
export const SAGAS_SCHEMA = 'sagastorm';

export interface PostgresAddress {
  /** `postgres://user:password@host:port/database`; never logged. */
  readonly url: string;
  /** See {@link checkSchema}. */
  readonly schema: string;
}

/** A name that needs no escaping, and leaves room for more in names made of it. @throws UserError `bad-option` */
export function checkSchema(name: string): void {
  if (/^[a-z_][a-z0-9_]{0,39}$/.test(name)) return;
  const hint = 'Use at most 40 lower case letters, digits and _, not beginning with a digit.';
  throw new UserError('bad-option', `${JSON.stringify(name)} is no name for a schema`, hint);
}

/** What a plain host on this schema holds, shared, as long as it is connected: the name of an advisory lock. */
export function engineLock(schema: string): string {
  return `sagastorm-engine:${schema}`;
}
