// A call through an app with `fetch`: the request that the live engine would send, or that the caller's own client sent, and
// what the engine would make of the answer.

import type { Call, Outcome } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { headersOf, pathOf } from '../../engine/http/http-request.ts';
import { outcomeOfResponse } from '../../engine/live/service-client.ts';
import type { Answered, Task } from '../timed-participant.ts';
import { requestOf, responseData } from './http-data.ts';
import type { StartedService } from './started-service.ts';

type Fetch = NonNullable<StartedService['fetch']>;

/** Asks the app. What it throws is answered with 500, as a server would. */
export async function throughFetch(
  fetch: Fetch,
  { call, timeoutMs, http }: Task,
  baseUrl: string,
): Promise<Omit<Answered, 'task'>> {
  if (http !== undefined) {
    const answer = await answerOf(fetch, requestOf(http), call);
    return { response: await responseData(answer.clone()), outcome: await outcomeOfResponse(answer) };
  }
  const base = new URL(baseUrl);
  const path = pathOf(base.pathname.replace(/\/$/, ''), call.action);
  if (path === undefined) return { outcome: noAction(call) };
  const request = new Request(new URL(path, base), {
    method: 'POST',
    headers: headersOf(call, timeoutMs),
    body: JSON.stringify(call.payload) ?? 'null',
  });
  return { outcome: await outcomeOfResponse(await answerOf(fetch, request, call)) };
}

function noAction({ action }: Call): Outcome {
  return { kind: 'rejected', failure: 'invalid_request', reason: `no action ${action}` };
}

async function answerOf(fetch: Fetch, request: Request, call: Call): Promise<Response> {
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
