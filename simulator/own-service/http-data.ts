// Requests and responses as plain data, and back.

import type { Call } from '../../engine/core/protocol.ts';
import { UserError } from '../../engine/core/user-error.ts';
import { hashOf, headerText, payloadIn } from '../../engine/http/wire-call.ts';
import type { HttpRequest, HttpResponse } from '../http-message.ts';

export async function requestData(request: Request): Promise<HttpRequest> {
  const { method, url, headers } = request;
  return { method, url, headers: [...headers], body: new Uint8Array(await request.arrayBuffer()) };
}

export function requestOf({ method, url, headers, body }: HttpRequest): Request {
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const init = { method, headers: headersOf(headers) };
  return new Request(url, hasBody ? { ...init, body: Buffer.from(body) } : init);
}

export async function responseData(response: Response): Promise<HttpResponse> {
  const { status, headers } = response;
  return { status, headers: [...headers], body: new Uint8Array(await response.arrayBuffer()) };
}

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

export function responseOf({ status, headers, body }: HttpResponse): Response {
  return new Response(WITHOUT_BODY.has(status) ? null : Buffer.from(body), {
    status,
    headers: headersOf(headers),
  });
}

/** A pair each: so those that come several times stay apart. */
function headersOf(list: HttpRequest['headers']): Headers {
  const headers = new Headers();
  for (const [name, value] of list) headers.append(name, value);
  return headers;
}

/** The value of a header, by its name in lower case. */
export function headerOf({ headers }: HttpRequest, name: string): string | undefined {
  return headers.find(([one]) => one === name)?.[1];
}

/**
 * What a request for a call asks for, read as the engine's own: `POST <anything>/<action>`, the payload as JSON, the key in
 * `idempotency-key`, or that of the call where there is none. Undefined when it is no such request.
 */
export function readsAs(
  http: HttpRequest,
  call: Call,
): Pick<Call, 'action' | 'key' | 'payload' | 'payloadHash'> | undefined {
  if (http.method !== 'POST') return undefined;
  try {
    const { pathname } = new URL(http.url);
    const action = decodeURIComponent(pathname.slice(pathname.lastIndexOf('/') + 1));
    const payload = payloadIn(Buffer.from(http.body).toString('utf8'));
    const key = headerText((name) => headerOf(http, name), 'idempotency-key') ?? call.key;
    return { action, key, payload, payloadHash: hashOf(payload) };
  } catch (error) {
    if (error instanceof UserError || error instanceof URIError) return undefined;
    throw error;
  }
}
