// A call through an app with `fetch`: the request that the live engine would send, and what it would make of the answer.

import type { Call, Outcome } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { outcomeOfAnswer } from '../../engine/http/http-outcome.ts';
import { headersOf, pathOf } from '../../engine/http/http-request.ts';
import type { Task } from '../timed-participant.ts';
import type { StartedService } from './started-service.ts';
import { nowMs } from './virtual-time.ts';

/** An answer that is longer counts as none: the default of the live engine. */
const BODY_CHARS_MAX = 1_048_576;

/** Asks the app. What it throws is answered with 500, as a server would. */
export async function throughFetch(
  fetch: NonNullable<StartedService['fetch']>,
  { call, timeoutMs }: Task,
  baseUrl: string,
): Promise<Outcome> {
  const base = new URL(baseUrl);
  const path = pathOf(base.pathname.replace(/\/$/, ''), call.action);
  if (path === undefined)
    return { kind: 'rejected', failure: 'invalid_request', reason: `no action ${call.action}` };
  const request = new Request(new URL(path, base), {
    method: 'POST',
    headers: headersOf(call, timeoutMs),
    body: JSON.stringify(call.payload) ?? 'null',
  });
  return outcomeOf(await answerOf(fetch, request, call));
}

async function answerOf(
  fetch: NonNullable<StartedService['fetch']>,
  request: Request,
  call: Call,
): Promise<Response> {
  let response: unknown;
  try {
    response = await fetch(request);
  } catch (error) {
    if (error instanceof UserError) throw error;
    return new Response(JSON.stringify({ error: String(error) }), { status: 500 });
  }
  if (response instanceof Response) return response;
  throw new UserError(
    'bad-participant',
    `service "${call.service}", asked for "${call.action}", answered with ${typeof response}, not a Response`,
    'Its `fetch` returns a Response, or a promise of one.',
  );
}

async function outcomeOf(response: Response): Promise<Outcome> {
  const text = await response.text();
  const body = text.length > BODY_CHARS_MAX ? undefined : text;
  const retryAfter = response.headers.get('retry-after') ?? undefined;
  return outcomeOfAnswer({ status: response.status, retryAfter, body }, nowMs());
}
