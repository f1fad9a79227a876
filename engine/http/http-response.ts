// An outcome as an HTTP answer. The twin of http-outcome.ts, which takes an outcome in the body at its word; the status is for
// everybody else.
//
// | outcome            | class                                  | status |
// |--------------------|----------------------------------------|--------|
// | applied            |                                        | 200    |
// | rejected           | business                               | 422    |
// | rejected           | invalid_request                        | 400    |
// | rejected, unknown  | rate_limited                           | 429    |
// | unknown            | timeout                                | 504    |
// | unknown            | every other                            | 500    |
// | rejected, unknown  | resource_exhausted, circuit_open       | 503    |
// | rejected           | every other                            | 503    |

import type { Outcome, Rejected, Unknown } from '../core/protocol.ts';

const SECOND_US = 1_000_000;

/** The result as the body, which is empty when there is none; or the outcome itself. */
export function responseTo(outcome: Outcome): Response {
  if (outcome.kind !== 'applied') {
    return json(statusOf(outcome), outcome, retryAfterOf(outcome));
  }
  return outcome.result === undefined ? new Response('') : json(200, outcome.result);
}

/** By the table above. */
export function statusOf({ kind, failure }: Rejected | Unknown): number {
  if (failure === 'rate_limited') return 429;
  if (failure === 'resource_exhausted' || failure === 'circuit_open') return 503;
  if (kind === 'unknown') return failure === 'timeout' ? 504 : 500;
  if (failure === 'business') return 422;
  return failure === 'invalid_request' ? 400 : 503;
}

/** The header Retry-After in seconds, rounded up: never earlier than was asked for. */
export function retryAfterOf({ retryAfterUs }: Rejected | Unknown): Record<string, string> {
  return retryAfterUs === undefined ? {} : { 'retry-after': `${Math.ceil(retryAfterUs / SECOND_US)}` };
}

/** An answer of JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}
