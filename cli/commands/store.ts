// `sagastorm store`: what it is called and what it takes. What it does is loaded when it is needed: see ../store-upkeep.ts
// and ../store-restore.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flagFor, flags } from '../flags.ts';
import { AGAINST } from './reconcile.ts';

export const STORE: CommandSpec = {
  name: 'store',
  positional: '<act> [file]',
  description:
    'summary, backup, export or retire: look at, copy or shorten a store while a server goes on; restore, import or rebuild one that was lost',
  flags: [
    ...flags('store', 'db', 'days', 'from-beginning', 'force', 'definitions', 'inputs', 'config', 'no-color'),
    flagFor('json', 'For summary: as JSON, one line'),
    AGAINST,
  ],
  examples: [
    'store summary',
    'store backup backups/sagas.db',
    'store export sagas.ndjson',
    'store retire archive.ndjson --days 30',
    'store restore backups/sagas.db --against bank=http://127.0.0.1:7001 --definitions sagas.ts',
    'store rebuild --db new.db --inputs asked.ndjson --definitions sagas.ts',
    'store restore backups/sagas.ndjson --store postgres --db "$DATABASE_URL"',
    'store export --store postgres --db "$DATABASE_URL"',
  ],
};

const AFTER_A_LOSS = ['restore', 'rebuild', 'import'];

export async function store(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  if (AFTER_A_LOSS.includes(words[0] ?? '')) {
    return (await import('../store-restore.ts')).storeAfterLoss(words, given);
  }
  if (words[0] === 'summary') return (await import('../store-summary.ts')).storeSummary(words, given);
  return (await import('../store-upkeep.ts')).store(words, given);
}
