// The first connection to a database of sagas: it makes the tables, brings them up to date or looks at them, and is gone.

import { UserError } from '../core/user-error.ts';
import { checkSchema, type PostgresAddress } from './postgres-address.ts';
import { connectTo, hangUp } from './postgres-line.ts';
import { checkReadable, prepareSchema } from './postgres-schema.ts';
import { STORE_UNREACHABLE } from './unreachable.ts';

/**
 * @param create whether tables are made where there are none, and brought up to date
 * @throws UserError `store-unreachable`, `store-unusable`, `store-newer`, `bad-option`; `no-store`, `store-older`
 */
export async function preparedAddress(address: PostgresAddress, create = true): Promise<PostgresAddress> {
  checkSchema(address.schema);
  try {
    const client = await connectTo(address);
    const prepare = create ? prepareSchema : checkReadable;
    await prepare(client, address.schema).finally(() => hangUp(client));
    return address;
  } catch (error) {
    throw error instanceof UserError ? error : unreachableDatabase(error);
  }
}

/** What is said of a database that cannot be connected to. */
export function unreachableDatabase(error: unknown): UserError {
  const why =
    error instanceof AggregateError
      ? error.errors.join('; ')
      : error instanceof Error
        ? error.message
        : error;
  const hint = 'Look at its address, that it runs, and that its user may make a schema.';
  const shown = String(why).replaceAll(/\S*\.s\.PGSQL\.\d+/g, 'its socket');
  return new UserError(STORE_UNREACHABLE, `the database of sagas cannot be used: ${shown}`, hint);
}
