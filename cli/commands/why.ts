// `sagastorm why`: what it is called and what it takes. What it does is loaded when it is needed: see ../waiting-sagas.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flagFor, flags } from '../flags.ts';

export const WHY: CommandSpec = {
  name: 'why',
  positional: '[saga]',
  description: 'On what a saga waits, since when, and what can be done; without one, all that have not ended',
  flags: [...flags('store', 'db'), flagFor('json', 'As JSON, one line for each saga'), ...flags('no-color')],
  examples: ['why', 'why order-4711', 'why --store postgres --db "$DATABASE_URL"'],
};

export async function why(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  return (await import('../waiting-sagas.ts')).why(words, given);
}
