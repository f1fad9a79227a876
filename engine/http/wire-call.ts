// The call that a request of an engine is: what http-request.ts wrote into its headers, read back. Whatever is wrong is
// refused here, in one sentence.

import { payloadHash } from '../core/payload-hash.ts';
import type { Call, Direction } from '../core/protocol.ts';
import { UserError } from '../core/user-error.ts';

/** A value of a header, by its name in lower case. */
export type HeaderOf = (name: string) => string | undefined;

/** A request as a server hands it over. */
export interface WireRequest {
  /** The last part of the path. */
  readonly action: string;
  readonly body: string;
  readonly header: HeaderOf;
}

/** What a request says of its call. The key may stand in `idempotency-key`, in `transaction-id`, or in both. */
export type WireCall = Omit<Call, 'kind' | 'service'>;

/**
 * Reads a request.
 *
 * @throws UserError `bad-call` in one sentence for whoever sent it
 */
export function wireCall({ action, body, header }: WireRequest): WireCall {
  const payload = payloadIn(body);
  const hash = hashOf(payload);
  const said = countIn(header, 'sagastorm-payload-hash', 0);
  if (said !== undefined && said !== hash)
    throw bad('the payload is not the one that sagastorm-payload-hash was taken of');
  return {
    saga: needed(header, 'sagastorm-saga'),
    step: needed(header, 'sagastorm-step'),
    key: keyIn(header) ?? needed(header, 'idempotency-key'),
    direction: directionIn(header),
    round: countIn(header, 'sagastorm-round', 0) ?? 0,
    attempt: countIn(header, 'sagastorm-attempt', 1) ?? 1,
    action,
    payload,
    payloadHash: hash,
  };
}

/**
 * A header's value, decoded: values that are not plain ASCII come percent-encoded. An empty one counts as missing.
 *
 * @throws UserError `bad-call`
 */
export function headerText(header: HeaderOf, name: string): string | undefined {
  const text = header(name) ?? '';
  if (text === '') return undefined;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad(`the header ${name} is not percent-encoded as it should be; a % itself is %25`);
  }
}

/**
 * The payload in a body; an empty one is `null`.
 *
 * @throws UserError `bad-call` when it is not JSON
 */
export function payloadIn(body: string): unknown {
  try {
    return body === '' ? null : JSON.parse(body);
  } catch {
    throw bad('the body is not JSON');
  }
}

/**
 * The hash of a payload, which only one of whole numbers and little depth has.
 *
 * @throws UserError `bad-call`
 */
export function hashOf(payload: unknown): number {
  try {
    return payloadHash(payload);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const hint = error.hint === undefined ? '' : `. ${error.hint.replace(/\.$/, '')}`;
    throw bad(`the payload cannot be taken: ${error.message}${hint}`);
  }
}

function keyIn(header: HeaderOf): string | undefined {
  const key = headerText(header, 'idempotency-key');
  const transaction = headerText(header, 'transaction-id');
  if (key !== undefined && transaction !== undefined && key !== transaction)
    throw bad('the headers idempotency-key and transaction-id differ');
  return key ?? transaction;
}

function directionIn(header: HeaderOf): Direction {
  const text = needed(header, 'sagastorm-direction');
  if (text === 'forward' || text === 'compensation') return text;
  throw bad('the header sagastorm-direction is neither "forward" nor "compensation"');
}

function countIn(header: HeaderOf, name: string, least: number): number | undefined {
  const text = headerText(header, name);
  if (text === undefined) return undefined;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (count < least) throw bad(`the header ${name} is not a whole number from ${least}`);
  return count;
}

function needed(header: HeaderOf, name: string): string {
  const text = headerText(header, name);
  if (text === undefined) throw bad(`the header ${name} is missing: only engines of sagas may call this`);
  return text;
}

function bad(message: string): UserError {
  return new UserError('bad-call', message);
}
