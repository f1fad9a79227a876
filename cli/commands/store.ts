// `sagastorm store`: what it is called and what it takes. What it does is loaded when it is needed: see ../store-upkeep.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flags } from '../flags.ts';

export const STORE: CommandSpec = {
  name: 'store',
  positional: '<backup|export|retire> [file]',
  description: 'Copy, export or shorten a store of sagas, while a server goes on with it',
  flags: flags('store', 'db', 'days'),
  examples: [
    'store backup backups/sagas.db',
    'store export sagas.ndjson',
    'store retire archive.ndjson --days 30',
    'store export --store postgres --db "$DATABASE_URL"',
  ],
};

export async function store(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  return (await import('../store-upkeep.ts')).store(words, given);
}
