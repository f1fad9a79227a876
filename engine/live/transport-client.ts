// Calls through a user's own clients: `fetch`, an SDK, whatever answers with a promise. The twin of transport-http.ts, with
// the same table of what an answer means (http-outcome.ts).
//
// C1. A call is answered once, at the latest when nobody waits for it any longer; then its client is told to stop.
// C2. What a client throws is `unknown`, unless it certainly never reached anybody: E2 decides every doubt.

import type { InputSink, Transport } from '../core/ports.ts';
import type { Call, Outcome } from '../core/protocol.ts';
import { SentCall } from '../core/saga-slot.ts';
import { UserError } from '../core/user-error.ts';
import { type HttpFailure, outcomeOfAnswer, outcomeOfFailure } from '../http/http-outcome.ts';
import { headersOf } from '../http/http-request.ts';
import { liveNowUs } from './clock.ts';

const TIMEOUT_MS = 30_000;
const BODY_BYTES_MAX = 1_048_576;

export interface ClientContext {
  /** Aborted when nobody waits for the answer any longer. */
  readonly signal: AbortSignal;
  /** Those that {@link HttpTransport} would send: the idempotency key, the attempt, the trace, … */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Asks one service. Answers with a `Response`, which is read and understood as by {@link HttpTransport}, or with an outcome
 * of its own making. The key of the call must reach the service: without it, a repetition is a second effect (E4).
 */
export type ServiceClient = (call: Call, context: ClientContext) => Promise<Response | Outcome>;

export interface ClientTransportOptions {
  /** By the name of their service. */
  readonly services: Readonly<Record<string, ServiceClient>>;
  /** The host's clock. Default: that of a {@link LiveClock}. */
  readonly clock?: { nowUs(): number };
  /** How long to wait for a call that does not say, in milliseconds, from 1; default 30,000. */
  readonly timeoutMs?: number;
}

/**
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
    void this.#ask(client, call).then((outcome) => answers.input({ kind: 'reply', call, outcome }));
  }

  /** C1. */
  async #ask(client: ServiceClient, call: Call): Promise<Outcome> {
    const timeoutMs = this.#timeoutOf(call);
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        resolve(outcomeOfFailure('late-answer', `no answer within ${timeoutMs} ms`));
        abort.abort();
      }, timeoutMs);
    });
    const headers = headersOf(call, timeoutMs);
    const answered = answerOf(client, call, { signal: abort.signal, headers });
    return Promise.race([answered, late]).finally(() => clearTimeout(timer));
  }

  #timeoutOf(call: Call): number {
    if (!(call instanceof SentCall)) return this.#timeoutMs;
    return Math.max(1, Math.ceil((call.timeoutAtUs - this.#nowUs()) / 1_000));
  }
}

async function answerOf(client: ServiceClient, call: Call, context: ClientContext): Promise<Outcome> {
  try {
    const answer = await client(call, context);
    if (!(answer instanceof Response)) return answer;
    const retryAfter = answer.headers.get('retry-after') ?? undefined;
    return outcomeOfAnswer({ status: answer.status, retryAfter, body: await bodyOf(answer) }, Date.now());
  } catch (error) {
    return outcomeOfFailure(failureOf(error), wordsOf(error));
  }
}

/** Undefined when it is longer than is read. */
async function bodyOf({ body }: Response): Promise<string | undefined> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What Node says of a connection that never came about: nothing was sent. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** C2. */
function failureOf(error: unknown): HttpFailure {
  return NEVER_CONNECTED.has(codeOf(error)) ? 'no-connection' : 'cut';
}

/** `fetch` says why in the cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return typeof code === 'string' && code !== '' ? code : codeOf(cause);
}

function wordsOf(error: unknown): string {
  const code = codeOf(error);
  return code === '' ? (error instanceof Error ? error.message : String(error)) : code;
}
