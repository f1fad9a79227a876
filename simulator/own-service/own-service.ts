// A user's own service as a participant: its code runs unchanged in a thread of its own, on virtual time (S3).

import type { Call, Ledger, LedgerEntry, Outcome } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import type { Task, TimedParticipant, Turn, TurnTime } from '../timed-participant.ts';
import { type Command, NO_TURN, type Source } from './command.ts';
import { plain } from './own-client.ts';
import { sourceOf } from './source.ts';
import { ask } from './thread-bridge.ts';

/** What a run knows of a service of one's own: what it can be asked, and how its module is started. */
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
  const { actions, ...rest } = options;
  const source = sourceOf(module, { kind: 'service', ...rest });
  if (!Array.isArray(actions) || actions.length === 0) {
    throw new UserError(
      'bad-service',
      `the service in ${source.module} has no actions`,
      "Give { actions: ['charge', 'refund'] }.",
    );
  }
  return new OwnService(source, actions);
}

class OwnService implements TimedParticipant {
  readonly actions: readonly string[];
  readonly ledger: Ledger;
  readonly #source: Source;
  /** Who it is, in words; undefined as long as no run has begun. */
  #slot: string | undefined;
  #entries: LedgerEntry[] = [];
  /** What opening it came to: timers that it set, for the first turn. */
  #first: Turn = NO_TURN;

  constructor(source: Source, actions: readonly string[]) {
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
    this.#slot = `service "${service}"`;
    this.#first = this.#turn({
      kind: 'open',
      role: 'service',
      slot: this.#slot,
      service,
      seed,
      ...this.#source,
    });
  }

  start(time: TurnTime): Turn {
    const first = this.#first;
    if (first !== NO_TURN) {
      this.#first = NO_TURN;
      return first;
    }
    return this.#turn({ kind: 'start', slot: this.#opened(), ...time });
  }

  begin({ call, ...task }: Task, time: TurnTime): Turn {
    return this.#turn({ kind: 'begin', slot: this.#opened(), ...task, call: plain(call), ...time });
  }

  advance(time: TurnTime): Turn {
    return this.#turn({ kind: 'advance', slot: this.#opened(), ...time });
  }

  restart(): void {
    this.#first = NO_TURN;
    this.#turn({ kind: 'stop', slot: this.#opened() });
  }

  handle(call: Call): Outcome {
    throw new UserError(
      'needs-time',
      `service "${call.service}" takes virtual time to answer, which only a simulated run has`,
    );
  }

  #opened(): string {
    if (this.#slot !== undefined) return this.#slot;
    throw new UserError('needs-time', 'a service of your own runs only inside a simulated run');
  }

  #turn(command: Command): Turn {
    const answer = ask(command);
    if (answer.kind !== 'turn') return NO_TURN;
    this.#entries.push(...answer.entries);
    return answer;
  }

  #books() {
    if (this.#slot === undefined) return undefined; // no run has begun
    const answer = ask({ kind: 'books', slot: this.#slot });
    return answer.kind === 'books' ? answer : undefined;
  }
}
