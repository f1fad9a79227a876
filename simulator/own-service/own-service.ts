// A user's own service as a participant: its code runs unchanged in a thread of its own, on virtual time (S3).

import { existsSync } from 'node:fs';
import type { Call, Ledger, LedgerEntry, Outcome } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Task, TimedParticipant, Turn, TurnTime } from '../timed-participant.ts';
import type { Command, ServiceSource } from './command.ts';
import { ask } from './thread-bridge.ts';

export interface OwnServiceOptions {
  /** What sagas may ask for: each is a `POST <baseUrl>/<action>`. */
  readonly actions: readonly string[];
  /** The function that starts it: see {@link StartService}. Default `start`. */
  readonly export?: string;
  /** Where it believes to be. Default `http://service.invalid`. */
  readonly baseUrl?: string;
  /** Handed to `start`; it must be possible to clone it. */
  readonly data?: unknown;
}

/**
 * Puts a service of your own under the storm: a Hono app, any `(request) => Response`, or an async handler of calls.
 * `module` starts it; it is loaded into a thread in which `Date`, timers and randomness are those of the run, and
 * nothing real can be reached.
 *
 * @throws UserError `bad-service` when the module is no file, or the actions are none
 * @example
 * participants: () => ({
 *   payments: ownService(new URL('./payments-under-storm.ts', import.meta.url), { actions: ['charge', 'refund'] }),
 * }),
 */
export function ownService(module: URL | string, options: OwnServiceOptions): TimedParticipant {
  const { actions, export: exportName = 'start', baseUrl = 'http://service.invalid', data } = options;
  const href = String(module);
  if (!href.startsWith('file:')) {
    throw new UserError(
      'bad-service',
      `${JSON.stringify(href)} is not the module of a service`,
      "Give new URL('./my-service.ts', import.meta.url).",
    );
  }
  if (!Array.isArray(actions) || actions.length === 0 || !URL.canParse(baseUrl)) {
    throw new UserError(
      'bad-service',
      `the service in ${href} has ${URL.canParse(baseUrl) ? 'no actions' : 'no usable baseUrl'}`,
      "Give { actions: ['charge', 'refund'] }, and perhaps baseUrl: 'http://payments.internal/v1'.",
    );
  }
  return new OwnService({ module: asBuilt(href), exportName, baseUrl, data }, actions);
}

/** A URL is not rewritten when TypeScript is built: where `.ts` is not, `.js` may be. */
function asBuilt(href: string): string {
  const built = href.replace(/\.([cm]?)ts$/, '.$1js');
  return !existsSync(new URL(href)) && existsSync(new URL(built)) ? built : href;
}

const NOTHING: Turn = { answers: [], parked: [], nextAtUs: -1 };

class OwnService implements TimedParticipant {
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  readonly #source: ServiceSource;
  #name: string | undefined;
  #entries: LedgerEntry[] = [];
  /** What opening it came to: timers that it set, for the first turn. */
  #first: Turn = NOTHING;

  constructor(source: ServiceSource, actions: readonly string[]) {
    this.#source = source;
    this.actions = actions;
    this.ledger = {
      drain: () => {
        const entries = this.#entries;
        this.#entries = [];
        return entries;
      },
      balances: () => this.#books()?.balances ?? [],
      stock: () => this.#books()?.stock ?? [],
    };
  }

  open({ seed, service }: { readonly seed: string; readonly service: string }): void {
    this.#name = service;
    this.#first = this.#turn({ kind: 'open', service, seed, ...this.#source });
  }

  start(time: TurnTime): Turn {
    const first = this.#first;
    if (first !== NOTHING) {
      this.#first = NOTHING;
      return first;
    }
    return this.#turn({ kind: 'start', service: this.#opened(), ...time });
  }

  begin({ call, ...task }: Task, time: TurnTime): Turn {
    return this.#turn({ kind: 'begin', service: this.#opened(), ...task, call: plain(call), ...time });
  }

  advance(time: TurnTime): Turn {
    return this.#turn({ kind: 'advance', service: this.#opened(), ...time });
  }

  restart(): void {
    this.#first = NOTHING;
    this.#turn({ kind: 'stop', service: this.#opened() });
  }

  handle(call: Call): Outcome {
    throw new UserError(
      'needs-time',
      `service "${call.service}" takes virtual time to answer, which only a simulated run has`,
    );
  }

  #opened(): string {
    if (this.#name !== undefined) return this.#name;
    throw new UserError('needs-time', 'a service of your own runs only inside a simulated run');
  }

  #turn(command: Command): Turn {
    const answer = ask(command);
    if (answer.kind !== 'turn') return NOTHING;
    this.#entries.push(...answer.entries);
    return answer;
  }

  #books() {
    if (this.#name === undefined) return undefined; // no run has begun
    const answer = ask({ kind: 'books', service: this.#name });
    return answer.kind === 'books' ? answer : undefined;
  }
}

/** A call as it crosses threads. */
function plain(call: Call): Call {
  const { saga, step, direction, round, attempt, key, service, action, payload, payloadHash } = call;
  return { kind: 'call', saga, step, direction, round, attempt, key, service, action, payload, payloadHash };
}
