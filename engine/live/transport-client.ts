// Calls through a user's own clients: `fetch`, an SDK, whatever answers with a promise. The twin of transport-http.ts, with
// the same table of what an answer means (http-outcome.ts). How one is asked is in service-client.ts.

import type { InputSink, Transport } from '../core/ports.ts';
import type { Call, Outcome } from '../core/protocol.ts';
import { SentCall } from '../core/saga-slot.ts';
import { UserError } from '../core/user-error.ts';
import { liveNowUs } from './clock.ts';
import { askClient, type ServiceClient } from './service-client.ts';

const TIMEOUT_MS = 30_000;

/** The clients of a {@link ClientTransport}, and how long their answers are waited for. */
export interface ClientTransportOptions {
  /** By the name of their service. */
  readonly services: Readonly<Record<string, ServiceClient>>;
  /** The host's clock. Default: that of a {@link LiveClock}. */
  readonly clock?: { nowUs(): number };
  /** How long to wait for a call that does not say, in milliseconds, from 1; default 30,000. */
  readonly timeoutMs?: number;
}

/**
 * Reaches services by clients of your own, one function per service: for SDKs, gRPC, or HTTP of another shape.
 * @throws UserError `bad-option`
 * @example
 * const transport = new ClientTransport({
 *   services: {
 *     payment: ({ action, payload }, { signal, headers }) =>
 *       fetch(`https://pay.example/v1/${action}`, { method: 'POST', headers, signal, body: JSON.stringify(payload) }),
 *   },
 * });
 */
export class ClientTransport implements Transport {
  readonly services: readonly string[];
  readonly #clients: ReadonlyMap<string, ServiceClient>;
  readonly #nowUs: () => number;
  readonly #timeoutMs: number;

  constructor({ services, clock, timeoutMs = TIMEOUT_MS }: ClientTransportOptions) {
    if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1) {
      throw new UserError('bad-option', `timeoutMs is ${timeoutMs}`, 'Give a whole number from 1.');
    }
    this.#clients = new Map(Object.entries(services));
    this.services = [...this.#clients.keys()];
    this.#nowUs = clock === undefined ? liveNowUs : () => clock.nowUs();
    this.#timeoutMs = timeoutMs;
  }

  send(call: Call, answers: InputSink): void {
    const client = this.#clients.get(call.service);
    if (client === undefined) {
      const reason = `no service ${call.service}`;
      const outcome: Outcome = { kind: 'rejected', failure: 'dependency_failure', reason };
      return answers.input({ kind: 'reply', call, outcome });
    }
    void askClient(client, call, this.#timeoutOf(call)).then((outcome) =>
      answers.input({ kind: 'reply', call, outcome }),
    );
  }

  #timeoutOf(call: Call): number {
    if (!(call instanceof SentCall)) return this.#timeoutMs;
    return Math.max(1, Math.ceil((call.timeoutAtUs - this.#nowUs()) / 1_000));
  }
}
