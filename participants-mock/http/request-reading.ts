// From what came over the wire to what a participant is asked. The twin of engine/http/http-request.ts: the payload is
// the JSON body, everything else stands in headers. Whatever is wrong is refused here, with a sentence.

import type { Call } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { hashOf, headerText, payloadIn, type WireRequest, wireCall } from '../../engine/http/wire-call.ts';
import { PLAIN_PREFIX, type PlainDialect, type PlainRequest } from './plain-desk.ts';
import { RequestRefused } from './problem.ts';

/** The longest body, in bytes. */
export const BODY_BYTES_MAX = 1_048_576;

/** A request as a server hands it over: header names in lower case. */
export interface Incoming extends WireRequest {
  readonly service: string;
}

/**
 * The call of an engine when there is a `sagastorm-saga` header, and a plain request otherwise.
 *
 * @throws RequestRefused 400
 */
export function requestFrom(incoming: Incoming, dialect: PlainDialect): Call | PlainRequest {
  try {
    return read(incoming, dialect);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new RequestRefused(400, sentence(error.message));
  }
}

function read(incoming: Incoming, dialect: PlainDialect): Call | PlainRequest {
  const { service, action, body, header } = incoming;
  const transaction = headerText(header, 'transaction-id');
  if (transaction === undefined) {
    throw new RequestRefused(
      400,
      'The transaction-id header is missing: send one that names the operation, the same at every repetition.',
    );
  }
  const saga = headerText(header, 'sagastorm-saga');
  if (saga?.startsWith(PLAIN_PREFIX)) {
    throw new RequestRefused(
      400,
      `A saga may not be called ${PLAIN_PREFIX}…: such names are for requests without one.`,
    );
  }
  if (saga !== undefined) return { kind: 'call', service, ...wireCall(incoming) };
  const sent = payloadIn(body);
  const payload = dialect.payloadOf?.(action, sent) ?? sent;
  return { kind: 'plain', transaction, action, payload, payloadHash: hashOf(payload) };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
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
