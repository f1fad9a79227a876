// Which store a command is about, by `--store` and `--db`.

import { UserError } from '../engine/core/user-error.ts';
import { SAGAS_FILE } from '../engine/live/index.ts';
import type { GivenFlags } from './command-line.ts';
import { choicesOf, textOf } from './flags.ts';
import type { StoreChoice } from './served-engine.ts';

const STORES = ['sqlite', 'postgres', 'memory'] as const;

/**
 * Never shows the address of a database: it may hold a password.
 *
 * @throws UserError `bad-db`
 */
export function storeChoice(given: GivenFlags, databaseUrl: string | undefined): StoreChoice {
  const db = textOf(given, 'db');
  textOf(given, 'store');
  const isUrl = db !== undefined && /^postgres(ql)?:/.test(db);
  const [kind = isUrl ? 'postgres' : 'sqlite'] = choicesOf(given, 'store', STORES);
  if (kind === 'postgres') {
    const url = db ?? databaseUrl;
    if (url !== undefined && /^postgres(ql)?:/.test(url)) return { kind, url };
    const what = url ? 'is no postgres:// address' : 'is not said';
    throw new UserError(
      'bad-db',
      `the address of the database ${what}`,
      'Give --db postgres://…, or set DATABASE_URL.',
    );
  }
  if (isUrl || (kind === 'memory' && db !== undefined)) {
    throw new UserError('bad-db', `--db does not go with --store ${kind}`, 'Leave one of them out.');
  }
  return kind === 'memory' ? { kind } : { kind, file: db ?? SAGAS_FILE };
}
