// `sagastorm reconcile`: what it is called and what it takes. What it does is loaded when it is needed: see ../reconciling.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flagFor, flags } from '../flags.ts';

/** Whose books a store is compared with. */
export const AGAINST = {
  ...flagFor(
    'against',
    "A service's books, several times: its URL, its file, or its entries as .ndjson; default those of the config, or of serve --mock",
  ),
  value: 'service=where',
};

export const RECONCILE: CommandSpec = {
  name: 'reconcile',
  positional: '',
  description: 'Compare the log of a store with the books of the services: what differs, and what settles it',
  flags: [
    AGAINST,
    ...flags('store', 'db', 'config', 'definitions'),
    flagFor('json', 'As JSON, one line: every difference and what settles it'),
    ...flags('no-color'),
  ],
  examples: [
    'reconcile',
    'reconcile --against bank=http://127.0.0.1:7001 --against stock=.sagastorm/mock/inventory.db',
    'reconcile --store postgres --db "$DATABASE_URL" --json',
  ],
};

export async function reconcile(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  return (await import('../reconciling.ts')).reconcileStoreWithBooks(words, given);
}
