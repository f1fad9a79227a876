// How a request is refused for its form, before any participant has seen it: problem+json (RFC 9457), one sentence.

import { STATUS_CODES } from 'node:http';

/** Thrown by whoever reads a request; the app answers with it. */
export class RequestRefused extends Error {
  override name = 'RequestRefused';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /** @param detail one sentence that says what is wrong, for the caller */
  constructor(status: number, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }
}

/** The answer of that status; `detail` is one sentence. */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const title = STATUS_CODES[status] ?? 'Problem';
  return new Response(JSON.stringify({ title, status, detail }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}
