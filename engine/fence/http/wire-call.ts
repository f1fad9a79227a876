// The call that a request of an engine is: what engine/http/http-request.ts wrote into its headers, read back.

import { payloadHash } from '../../core/payload-hash.ts';
import type { Call } from '../../core/protocol.ts';
import { UserError } from '../../core/user-error.ts';

/** A request as a server hands it over. */
export interface WireRequest {
  /** The last part of the path. */
  readonly action: string;
  readonly body: string;
  header(name: string): string | undefined;
}

/** What a fence needs to know of a call. */
export type WireCall = Omit<Call, 'kind' | 'service' | 'attempt'>;

/**
 * Reads a request.
 *
 * @throws UserError `bad-call` in one sentence for whoever sent it
 */
export function wireCall({ action, body, header }: WireRequest): WireCall {
  const payload = parsed(body);
  const hash = hashOf(payload);
  const said = optional(header, 'sagastorm-payload-hash');
  if (said !== undefined && said !== String(hash))
    throw bad('the payload is not the one that sagastorm-payload-hash was taken of');
  const direction = needed(header, 'sagastorm-direction');
  if (direction !== 'forward' && direction !== 'compensation')
    throw bad('the header sagastorm-direction is neither "forward" nor "compensation"');
  const round = optional(header, 'sagastorm-round') ?? '0';
  if (!/^\d{1,9}$/.test(round)) throw bad('the header sagastorm-round is not a whole number from 0');
  return {
    saga: needed(header, 'sagastorm-saga'),
    step: needed(header, 'sagastorm-step'),
    key: needed(header, 'idempotency-key'),
    direction,
    round: Number(round),
    action,
    payload,
    payloadHash: hash,
  };
}

function parsed(body: string): unknown {
  try {
    return body === '' ? null : JSON.parse(body);
  } catch {
    throw bad('the body is not JSON');
  }
}

/** Also makes sure that the payload is one: whole numbers, not too deep. */
function hashOf(payload: unknown): number {
  try {
    return payloadHash(payload);
  } catch (error) {
    throw error instanceof UserError ? bad(`the payload cannot be taken: ${error.message}`) : error;
  }
}

function needed(header: WireRequest['header'], name: string): string {
  const text = optional(header, name);
  if (text === undefined) throw bad(`the header ${name} is missing: only engines of sagas may call this`);
  return text;
}

/** Values that are not plain ASCII come percent-encoded. */
function optional(header: WireRequest['header'], name: string): string | undefined {
  const text = header(name) ?? '';
  if (text === '') return undefined;
  try {
    return text.includes('%') ? decodeURIComponent(text) : text;
  } catch {
    throw bad(`the header ${name} is not percent-encoded as it should be`);
  }
}

function bad(message: string): UserError {
  return new UserError('bad-call', message);
}
