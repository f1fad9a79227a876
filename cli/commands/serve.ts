// `sagastorm serve`: what it is called and what it takes. What it does is loaded when somebody serves: see ../serving.ts.

import type { CommandSpec, GivenFlags } from '../command-line.ts';
import type { ExitCode } from '../exit-codes.ts';
import { flagFor, flags } from '../flags.ts';

export const SERVE: CommandSpec = {
  name: 'serve',
  positional: '',
  description: 'Run sagas for real, behind a REST API with a status page',
  flags: [
    ...flags('port', 'host'),
    flagFor('store', 'sqlite, postgres or memory; default sqlite'),
    ...flags('db', 'config'),
    flagFor(
      'policy',
      "For sagas without one of their own: a name, or the path of a JSON file; default the config's",
    ),
    ...flags('definitions', 'mock'),
    {
      name: 'otlp',
      value: 'url',
      description: 'Send the trace of each saga to this collector, e.g. http://localhost:4318',
    },
    flagFor('quiet', 'No log of requests on stderr'),
  ],
  examples: ['serve --mock', 'serve --store postgres --db "$DATABASE_URL" --host 0.0.0.0'],
};

export async function serve(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  return (await import('../serving.ts')).serve(words, given);
}
