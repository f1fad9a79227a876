// A user's own client of a service, and what becomes of a call that it is asked for: the same for the live engine
// (transport-client.ts) and for a simulated run, where its clock and its timers are virtual.
//
// C1. A call is answered once, at the latest when nobody waits for it any longer; then its client is told to stop.
// C2. What a client throws is `unknown`, unless it certainly never reached anybody: E2 decides every doubt.
// C3. So is what it answers when that is no outcome, or has a result that a log cannot hold.

import { outcomeOrUnknown } from '../core/over-the-wire.ts';
import type { Call, Outcome } from '../core/protocol.ts';
import { type HttpFailure, outcomeOfAnswer, outcomeOfFailure } from '../http/http-outcome.ts';
import { headersOf } from '../http/http-request.ts';

const BODY_BYTES_MAX = 1_048_576;

/** What a client needs to send a call as {@link HttpTransport} would. */
export interface ClientContext {
  /** Aborted when nobody waits for the answer any longer. */
  readonly signal: AbortSignal;
  /** Those that the engine's own transport would send: the idempotency key, the attempt, the trace, … */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Asks one service. Answers with a `Response`, which is read and understood as by the engine's own transport, or with an outcome
 * of its own making. The key of the call must reach the service: without it, a repetition is a second effect (E4).
 */
export type ServiceClient = (call: Call, context: ClientContext) => Promise<Response | Outcome>;

/** Asks (C1). `timeoutMs`: how long the answer is waited for, in milliseconds. */
export async function askClient(client: ServiceClient, call: Call, timeoutMs: number): Promise<Outcome> {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => {
      resolve(outcomeOfFailure('late-answer', `no answer within ${timeoutMs} ms`));
      abort.abort();
    }, timeoutMs);
  });
  const answered = answerOf(client, call, { signal: abort.signal, headers: headersOf(call, timeoutMs) });
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}

async function answerOf(client: ServiceClient, call: Call, context: ClientContext): Promise<Outcome> {
  try {
    const answer = await client(call, context);
    return answer instanceof Response
      ? await outcomeOfResponse(answer)
      : outcomeOrUnknown(call.service, answer); // C3
  } catch (error) {
    return outcomeOfFailure(failureOf(error), wordsOf(error));
  }
}

/** What an answer means for a saga. A body of more than 1 MiB counts as none. */
export async function outcomeOfResponse(response: Response): Promise<Outcome> {
  const { status, headers } = response;
  const retryAfter = headers.get('retry-after') ?? undefined;
  return outcomeOfAnswer({ status, retryAfter, body: await bodyOf(response) }, Date.now());
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
