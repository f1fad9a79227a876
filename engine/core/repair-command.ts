// The command by which a person repairs a saga, as it is shown to be copied; the rest of it is in docs/on-call.md.

import type { RepairKind } from './repair-act.ts';

/** The server that `sagastorm repair` asks when it is not told another. */
export const SERVER_URL_DEFAULT = 'http://127.0.0.1:8080';

/** `sagastorm repair resume order-7 --by NAME`. */
export function repairCommand(act: RepairKind, saga: string): string {
  return `sagastorm repair ${act} ${saga} --by NAME`;
}

/** A command that asks the server at this address: what is the default is not said. */
export function commandAt(command: string, url: string): string {
  return url === SERVER_URL_DEFAULT ? command : `${command} --url ${url}`;
}
