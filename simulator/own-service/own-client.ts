// A user's own client of a service, between the engine and the simulated network: its code runs unchanged in the thread of the
// services, on virtual time (S3).

import type { Call } from '../../engine/core/protocol.ts';
import type { Asked, ClientSource, ClientTurn, Heard, TimedClient } from '../timed-client.ts';
import type { Task, TurnTime } from '../timed-participant.ts';
import { type Command, NO_TURN, type Source } from './command.ts';
import { sourceOf } from './source.ts';
import { ask } from './thread-bridge.ts';

/** What a client of a user's own is told. */
export interface OwnClientOptions {
  /** The function that makes it: see {@link StartClient}. Default `client`. */
  readonly export?: string;
  /** Where it believes the service to be. Default `http://service.invalid`. */
  readonly baseUrl?: string;
  /** Handed to that function; it must be possible to clone it. */
  readonly data?: unknown;
}

/**
 * Puts a client of your own under the storm: the code with which your engine asks a service, with its own retries, timeouts
 * and headers, on the global fetch or node:http (axios, got). `module` makes it; each process of the engine has one, which
 * dies with it. Faults strike each of its requests.
 *
 * @throws UserError `bad-client` when the module is no file, or `baseUrl` no URL
 * @example
 * participants: () => ({ payments: payment() }),
 * clients: { payments: ownClient(new URL('./payment-client-under-storm.ts', import.meta.url)) },
 */
export function ownClient(module: URL | string, options: OwnClientOptions = {}): ClientSource {
  return new OwnClientSource(sourceOf(module, { kind: 'client', ...options }));
}

class OwnClientSource implements ClientSource {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  open({ seed, service, process }: Parameters<ClientSource['open']>[0]): TimedClient {
    const slot = `the client of service "${service}" in ${process}`;
    ask({ kind: 'open', role: 'client', slot, service, seed, ...this.#source });
    return new OwnClient(slot);
  }
}

class OwnClient implements TimedClient {
  readonly #slot: string;

  constructor(slot: string) {
    this.#slot = slot;
  }

  begin({ call, ...task }: Task, time: TurnTime): ClientTurn {
    return turn({ kind: 'begin', slot: this.#slot, ...task, call: plain(call), ...time });
  }

  hear(request: Asked['request'], heard: Heard, time: TurnTime): ClientTurn {
    return turn({ kind: 'hear', slot: this.#slot, request, heard, ...time });
  }

  advance(time: TurnTime): ClientTurn {
    return turn({ kind: 'advance', slot: this.#slot, ...time });
  }

  close(): void {
    ask({ kind: 'stop', slot: this.#slot });
  }
}

function turn(command: Command): ClientTurn {
  const answer = ask(command);
  return answer.kind === 'turn' ? answer : NO_TURN;
}

/** A call as it crosses threads. */
export function plain(call: Call): Call {
  const { saga, step, direction, round, attempt, key, service, action, payload, payloadHash } = call;
  return { kind: 'call', saga, step, direction, round, attempt, key, service, action, payload, payloadHash };
}
