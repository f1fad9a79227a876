// From what came over the wire to what a participant is asked. The twin of engine/http/http-request.ts: the payload is
// the JSON body, everything else stands in headers. Whatever is wrong is refused here, with a sentence.

import { payloadHash } from '../../engine/core/payload-hash.ts';
import type { Call, Direction } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { PLAIN_PREFIX, type PlainDialect, type PlainRequest } from './plain-desk.ts';
import { RequestRefused } from './problem.ts';

/** The longest body, in bytes. */
export const BODY_BYTES_MAX = 1_048_576;

/** A request as a server hands it over: header names in lower case. */
export interface Incoming {
  readonly service: string;
  readonly action: string;
  readonly body: string;
  header(name: string): string | undefined;
}

/**
 * The call of an engine when there is a `sagastorm-saga` header, and a plain request otherwise.
 *
 * @throws RequestRefused 400
 */
export function requestFrom(incoming: Incoming, dialect: PlainDialect): Call | PlainRequest {
  const transaction = textIn(incoming, 'transaction-id');
  if (transaction === undefined) {
    throw new RequestRefused(
      400,
      'The transaction-id header is missing: send one that names the operation, the same at every repetition.',
    );
  }
  const payload = payloadIn(incoming.body);
  const saga = textIn(incoming, 'sagastorm-saga');
  if (saga !== undefined) return callFrom(incoming, transaction, saga, payload);
  const { action } = incoming;
  const read = dialect.payloadOf?.(action, payload) ?? payload;
  return { kind: 'plain', transaction, action, payload: read, payloadHash: hashOf(read) };
}

/**
 * Reads a body to its end.
 *
 * @throws RequestRefused 413 when it is longer than {@link BODY_BYTES_MAX}, 400 when it is not UTF-8.
 */
export async function bodyOf(request: Request): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? Number.NaN);
  if (declared > BODY_BYTES_MAX) throw tooLarge();
  const bytes = await bytesOf(request, Number.isNaN(declared)).catch((error: unknown) => {
    throw error instanceof RequestRefused ? error : new RequestRefused(400, 'The body was cut off.');
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestRefused(400, 'The body is not UTF-8.');
  }
}

function callFrom(incoming: Incoming, key: string, saga: string, payload: unknown): Call {
  const idempotencyKey = textIn(incoming, 'idempotency-key');
  if (idempotencyKey !== undefined && idempotencyKey !== key) {
    throw new RequestRefused(400, 'The headers idempotency-key and transaction-id differ.');
  }
  if (saga.startsWith(PLAIN_PREFIX)) {
    throw new RequestRefused(
      400,
      `A saga may not be called ${PLAIN_PREFIX}…: such names are for requests without one.`,
    );
  }
  const hash = hashOf(payload);
  const said = countIn(incoming, 'sagastorm-payload-hash', 0);
  if (said !== undefined && said !== hash) {
    throw new RequestRefused(400, 'The payload is not the one that sagastorm-payload-hash was taken of.');
  }
  return {
    kind: 'call',
    saga,
    step: needed(incoming, 'sagastorm-step'),
    direction: directionIn(incoming),
    round: countIn(incoming, 'sagastorm-round', 0) ?? 0,
    attempt: countIn(incoming, 'sagastorm-attempt', 1) ?? 1,
    key,
    service: incoming.service,
    action: incoming.action,
    payload,
    payloadHash: hash,
  };
}

function directionIn(incoming: Incoming): Direction {
  const text = needed(incoming, 'sagastorm-direction');
  if (text === 'forward' || text === 'compensation') return text;
  throw new RequestRefused(400, 'The header sagastorm-direction is neither "forward" nor "compensation".');
}

function needed(incoming: Incoming, name: string): string {
  const text = textIn(incoming, name);
  if (text === undefined) throw new RequestRefused(400, `The header ${name} is missing.`);
  return text;
}

function countIn(incoming: Incoming, name: string, least: number): number | undefined {
  const text = textIn(incoming, name);
  if (text === undefined) return undefined;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (count < least) throw new RequestRefused(400, `The header ${name} is not a whole number from ${least}.`);
  return count;
}

/** A header's value, decoded; one that is empty counts as missing. */
function textIn(incoming: Incoming, name: string): string | undefined {
  const text = incoming.header(name) ?? '';
  if (text === '') return undefined;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RequestRefused(
      400,
      `The header ${name} is not percent-encoded as it should be; a % itself is %25.`,
    );
  }
}

function payloadIn(body: string): unknown {
  try {
    return body === '' ? null : JSON.parse(body);
  } catch {
    throw new RequestRefused(400, 'The body is not JSON.');
  }
}

/** Also makes sure that the payload is one: whole numbers, not too deep. */
function hashOf(payload: unknown): number {
  try {
    return payloadHash(payload);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new RequestRefused(
      400,
      `The payload cannot be taken: ${error.message}. ${error.hint ?? ''}`.trim(),
    );
  }
}

/** Of a body whose length was not declared, what comes is counted; a declared one cannot be longer than that. */
async function bytesOf(request: Request, isCounted: boolean): Promise<Uint8Array> {
  if (!isCounted) return new Uint8Array(await request.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): RequestRefused {
  return new RequestRefused(413, `The body is longer than ${BODY_BYTES_MAX} bytes.`);
}
