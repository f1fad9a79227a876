// `sagastorm store`: what it is called and what it takes. What it does is loaded when it is needed: see ../store-upkeep.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flags } from '../flags.ts';
import { AGAINST } from './reconcile.ts';

export const STORE: CommandSpec = {
  name: 'store',
  positional: '<backup|restore|export|import|retire|rebuild> [file]',
  description:
    'Copy, export or shorten a store of sagas, while a server goes on with it; restore or rebuild one that was lost',
  flags: [...flags('store', 'db', 'days', 'definitions', 'inputs', 'config', 'no-color'), AGAINST],
  examples: [
    'store backup backups/sagas.db',
    'store export sagas.ndjson',
    'store retire archive.ndjson --days 30',
    'store restore backups/sagas.db --against bank=http://127.0.0.1:7001 --definitions sagas.ts',
    'store rebuild --db new.db --inputs asked.ndjson --definitions sagas.ts',
    'store export --store postgres --db "$DATABASE_URL"',
  ],
};

export async function store(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  return (await import('../store-upkeep.ts')).store(words, given);
}
