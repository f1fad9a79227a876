// Participants in the same process: a call is a function call. For embedding, for tests, and for measuring the engine
// without a network.
//
// T1. What crosses the line is JSON, as over any other transport: a result is copied, since its participant may go on
//     changing it. An answer that is no outcome, or no JSON, is `unknown`.

import { hash32, join32, mix32 } from '../core/mix.ts';
import { outcomeOrUnknown } from '../core/over-the-wire.ts';
import type { InputSink, Transport } from '../core/ports.ts';
import type { Call, Outcome, Participant, ParticipantEnv } from '../core/protocol.ts';
import { liveNowUs } from './clock.ts';

/** The services of a {@link LocalTransport}, in this very process. */
export interface LocalTransportOptions {
  /** By the name of their service. Who owns one also drains its ledger. */
  readonly participants: Readonly<Record<string, Participant>>;
  /** What `env.chance` draws from: the same seed, purpose and subject always fall the same way. Default `''`. */
  readonly seed?: string;
  /** The participants' clock, in microseconds. Default: that of a {@link LiveClock}. */
  nowUs?(): number;
}

/**
 * Calls participants directly. Answers before `send` returns.
 *
 * A participant that throws may have done something or nothing: `unknown`, `dependency_failure`.
 *
 * @example
 * const transport = new LocalTransport({ participants: { bank: bank({ accounts: 2, openingBalance: 100 }) } });
 */
export class LocalTransport implements Transport {
  readonly services: readonly string[];
  readonly #participants: ReadonlyMap<string, Participant>;
  readonly #env: ParticipantEnv;

  constructor({ participants, seed = '', nowUs = liveNowUs }: LocalTransportOptions) {
    this.#participants = new Map(Object.entries(participants));
    this.services = Object.keys(participants);
    const key = hash32(seed);
    this.#env = {
      get nowUs() {
        return nowUs();
      },
      chance: (purpose, subject, permille) =>
        mix32(join32(join32(key, hash32(purpose)), hash32(subject))) % 1_000 < permille,
      commit: () => undefined,
    };
  }

  send(call: Call, answers: InputSink): void {
    answers.input({ kind: 'reply', call, outcome: this.#ask(call) });
  }

  #ask(call: Call): Outcome {
    const participant = this.#participants.get(call.service);
    if (participant === undefined) {
      return { kind: 'rejected', failure: 'dependency_failure', reason: `no service ${call.service}` };
    }
    try {
      const outcome = outcomeOrUnknown(call.service, participant.handle(call, this.#env));
      if (outcome.kind !== 'applied' || outcome.result === undefined) return outcome;
      return { kind: 'applied', result: JSON.parse(JSON.stringify(outcome.result)) as unknown }; // T1
    } catch (error) {
      const reason = `${call.service} threw: ${error instanceof Error ? error.message : String(error)}`;
      return { kind: 'unknown', failure: 'dependency_failure', reason };
    }
  }
}
