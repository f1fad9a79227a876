// `sagastorm diagnose`: what it is called and what it takes. What it does is loaded when it is needed: see ../saga-diagnosis.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flagFor, flags } from '../flags.ts';
import { AGAINST } from './reconcile.ts';

export const DIAGNOSE: CommandSpec = {
  name: 'diagnose',
  positional: '[saga]',
  description:
    'Why a saga went wrong: the root cause, what speaks for it, and what helps; or all of the last day',
  flags: [
    ...flags('all', 'store', 'db', 'definitions'),
    {
      ...AGAINST,
      ...flagFor(
        'against',
        "A service's books, several times: what it did counts; of one saga its stock and payments are told",
      ),
      value: AGAINST.value,
    },
    flagFor('json', 'As JSON, one line: a summary and each diagnosis'),
    ...flags('no-color'),
  ],
  examples: [
    'diagnose order-4711',
    'diagnose order-4711 --against stock=http://127.0.0.1:7002 --against bank=.sagastorm/mock/bank.db',
    'diagnose --all --store postgres --db "$DATABASE_URL"',
  ],
};

export async function diagnose(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  return (await import('../saga-diagnosis.ts')).diagnoseSagas(words, given);
}
