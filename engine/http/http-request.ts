// What a call looks like on the wire: `POST <base>/<action>`, the payload as JSON, everything else in headers.

import type { Call } from '../core/protocol.ts';
import { attemptSpanIdOf, traceIdOf } from './trace-ids.ts';

/**
 * The path of an action below the path of its service; undefined for `.` and `..`, which would lead out of it.
 *
 * @param base without a slash at its end
 */
export function pathOf(base: string, action: string): string | undefined {
  return action === '.' || action === '..' ? undefined : `${base}/${escaped(action)}`;
}

/**
 * - `idempotency-key`, `transaction-id`: the key of the operation, the same for every attempt (E4)
 * - `sagastorm-attempt`, `sagastorm-payload-hash`: beside it; and `-saga`, `-step`, `-direction`, `-round`
 * - `sagastorm-timeout-ms`: how long the answer is waited for, from now; there is no clock to agree about
 * - `traceparent` (W3C): one trace for each saga, one span for each attempt
 */
export function headersOf(call: Call, timeoutMs: number): Record<string, string> {
  const key = inHeader(call.key);
  return {
    accept: 'application/json',
    'content-type': 'application/json',
    'idempotency-key': key,
    'transaction-id': key,
    'sagastorm-saga': inHeader(call.saga),
    'sagastorm-step': inHeader(call.step),
    'sagastorm-direction': call.direction,
    'sagastorm-round': `${call.round}`,
    'sagastorm-attempt': `${call.attempt}`,
    'sagastorm-payload-hash': `${call.payloadHash}`,
    'sagastorm-timeout-ms': `${timeoutMs}`,
    traceparent: traceparentOf(call),
  };
}

function traceparentOf({ saga, key, attempt }: Call): string {
  return `00-${traceIdOf(saga)}-${attemptSpanIdOf(key, attempt)}-01`;
}

/** As it is when it is printable ASCII without `%`, and percent-encoded otherwise: two values never become one. */
function inHeader(value: string): string {
  return /^[!-$&-~]*$/.test(value) ? value : escaped(value);
}

function escaped(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}
