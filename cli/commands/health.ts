// `sagastorm health`: what it is called and what it takes. What it does is loaded when it is needed: see ../saga-health.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flagFor, flags } from '../flags.ts';

export const HEALTH: CommandSpec = {
  name: 'health',
  positional: '',
  description: 'How the sagas of a store fare: the last day, what is stuck, where time goes, what to do',
  flags: [...flags('store', 'db'), flagFor('json', 'As JSON, one line'), ...flags('no-color')],
  examples: ['health', 'health --store postgres --db "$DATABASE_URL"'],
};

export async function health(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  return (await import('../saga-health.ts')).health(words, given);
}
