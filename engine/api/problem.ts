// What goes wrong, as it is told over HTTP: problem+json (RFC 9457) with a stable code, one clear sentence, and a hint.
//
// P1. Every answer that is no success is a problem; a browser that opens a page gets it as one. A bug of ours is `internal`, and says nothing about our insides.
// P2. Whoever may ask again later is told when: `Retry-After`.

import { STATUS_CODES } from 'node:http';
import { z } from '@hono/zod-openapi';
import { UserError } from '../core/user-error.ts';

export interface ProblemParts {
  /** 400 to 599. */
  readonly status: number;
  readonly code: string;
  /** One sentence. */
  readonly detail: string;
  readonly hint?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that knows how it is told. */
export class Problem extends UserError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ status, code, detail, hint, headers = {} }: ProblemParts) {
    super(code, detail, hint);
    this.status = status;
    this.headers = headers;
  }
}

/** Those that are not the asker's mistake; all others are 400. */
const STATUS_OF: Readonly<Record<string, number>> = {
  elsewhere: 421,
  overloaded: 503,
  'no-partition': 503,
  stopped: 503,
  fenced: 503,
  'not-started': 503,
  'store-failed': 503,
  'store-busy': 503,
  'store-damaged': 503,
};
const RETRY_AFTER_S = '1';

/** Whatever was thrown, as a problem. P1. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof z.ZodError) return ofZod(error);
  if (!(error instanceof UserError)) return internal();
  const { code, hint } = error;
  const message = code.startsWith('store-') ? 'the store cannot be asked at present' : error.message; // P1
  const status = STATUS_OF[code] ?? 400;
  const headers = status === 503 ? { 'retry-after': RETRY_AFTER_S } : {}; // P2
  return new Problem({ status, code, detail: message, hint, headers });
}

function internal(): Problem {
  const detail = 'The server made a mistake.';
  return new Problem({
    status: 500,
    code: 'internal',
    detail,
    hint: 'Its log says more, under this request id.',
  });
}

function ofZod({ issues }: z.ZodError): Problem {
  const [{ path, message } = { path: [], message: 'is not usable' }] = issues;
  const where = path.length === 0 ? '' : `${path.join('.')}: `;
  return bad(`${where}${message}`, 'See /docs for what is expected.');
}

/** The request itself is wrong. */
export function bad(detail: string, hint?: string, code = 'bad-request'): Problem {
  return new Problem({ status: 400, code, detail, hint });
}

/** Not now: to be asked again after so many seconds. P2. */
export function later(code: string, detail: string, afterS: number, status = 503): Problem {
  const headers = { 'retry-after': String(Math.max(1, Math.ceil(afterS))) };
  return new Problem({ status, code, detail, hint: 'Ask again later.', headers });
}

/** With its full stop. */
export function sentenceOf({ message }: Problem): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** The body of a problem. */
export function problemBody(problem: Problem, requestId?: string): object {
  const { status, code, hint } = problem;
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: sentenceOf(problem),
    ...(hint === undefined ? {} : { hint }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

export const PROBLEM_TYPE = 'application/problem+json';

export function problemResponse(problem: Problem, requestId?: string): Response {
  return new Response(JSON.stringify(problemBody(problem, requestId)), {
    status: problem.status,
    headers: { ...problem.headers, 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store' },
  });
}
