// One participant as a process: `node participants-mock/http/main.ts --service bank --file bank.db --port 7001`.
// Says one line of JSON on stdout when it can be called, and ends well on SIGTERM or SIGINT.

import { parseArgs } from 'node:util';
import { UserError } from '../../engine/core/user-error.ts';
import { type ChaosKnobs, knobsFrom } from './chaos.ts';
import { KNOWN_SERVICES } from './known-services.ts';
import { type ServeParticipantOptions, serveParticipant } from './server.ts';

/** As of the command line: wrong usage, and a bug or a file that cannot be gone on with. */
const EXIT_USAGE = 64;
const EXIT_INTERNAL = 70;

const USAGE = `usage: main.ts --service <name> --file <path> [--port 7001] [--host 127.0.0.1]
         [--options '{…}'] [--chaos '{…}'] [--chaos-control]
services: ${KNOWN_SERVICES.join(', ')}
`;

function optionsOf(args: readonly string[]): ServeParticipantOptions | undefined {
  const { values } = parsed(args);
  const { service, file, port, host, options, chaos } = values;
  if (values.help === true) return undefined;
  if (service === undefined) throw missing('service');
  if (file === undefined) throw missing('file');
  return {
    service,
    file,
    ...(port === undefined ? {} : { port: /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN }),
    ...(host === undefined ? {} : { host }),
    ...(options === undefined ? {} : { options: jsonOf('options', options) }),
    ...(chaos === undefined ? {} : { chaos: knobsFrom(jsonOf('chaos', chaos)) satisfies ChaosKnobs }),
    chaosControl: values['chaos-control'] === true,
    onBroken: broken,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        service: { type: 'string' },
        file: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        options: { type: 'string' },
        chaos: { type: 'string' },
        'chaos-control': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new UserError('bad-usage', sentence!, '--help shows all flags.');
  }
}

function jsonOf(flag: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError('bad-usage', `--${flag} is not JSON`, `Write --${flag} '{"name": value}'.`);
  }
}

function missing(flag: string): UserError {
  return new UserError('bad-usage', `--${flag} is missing`, '--help shows all flags.');
}

/** A file that cannot be gone on with ends the process: who started it decides what comes next. */
function broken(error: Error): void {
  say(error);
  process.exit(EXIT_INTERNAL);
}

function say(error: unknown): void {
  const { message, hint } = error instanceof UserError ? error : { message: String(error), hint: undefined };
  process.stderr.write(`${message}\n${hint === undefined ? '' : `${hint}\n`}`);
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const { service, url, close } = await serveParticipant(options);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void close();
    });
  }
  process.stdout.write(`${JSON.stringify({ service, url })}\n`);
}

try {
  await main();
} catch (error) {
  say(error);
  process.exitCode = error instanceof UserError ? EXIT_USAGE : EXIT_INTERNAL;
}
