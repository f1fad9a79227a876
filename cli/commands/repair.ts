// `sagastorm repair`: what it is called and what it takes. What it does is loaded when it is needed: see ../saga-repair.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flagFor, flags } from '../flags.ts';

export const REPAIR: CommandSpec = {
  name: 'repair',
  positional: '[...act-and-sagas]',
  description:
    'Retry, compensate, resume, skip or resolve sagas of a server: an event in the log, with who and why',
  flags: [
    ...flags('by', 'why', 'step', 'act'),
    flagFor('all', 'All sagas that the conditions name; only says what would happen, unless --yes'),
    ...flags('status', 'definition', 'stuck', 'cause', 'dry-run', 'yes', 'url'),
    flagFor('json', 'A line of JSON for each saga'),
    ...flags('no-color'),
  ],
  examples: [
    'repair resume order-4711 --by anna',
    'repair skip order-4711 --step refund --by anna --why "refunded by bank transfer"',
    'repair resume --all --status compensation_failed --stuck 5m --by anna --yes',
  ],
};

export async function repair(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  return (await import('../saga-repair.ts')).repairSagas(words, given);
}
