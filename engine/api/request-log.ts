// One line of JSON for each request, for people and their tools.
//
// W1. What a line says is ours: the pattern of the route, never its address; names of tokens, never what was shown; the
//     id of a saga once it is known to be one. So nothing that somebody sent stands in a log, and no secret.
// W2. A request belongs to the trace of its `traceparent` (W3C), or else to that of its saga, which is the one that the
//     participants see.
// W3. Of an error its kind, its place and its codes are told, such as ECONNREFUSED: never its message, which may show what
//     somebody sent, an address, or a password.

import { randomBytes, randomUUID } from 'node:crypto';
import { type Logger, pino } from 'pino';
import { traceIdOf } from '../live/index.ts';
import type { Problem } from './problem.ts';

/** Where lines go, for example `process.stderr`. */
export interface LogSink {
  write(line: string): unknown;
}

/** What is known of a request by its end. */
export class RequestRecord {
  readonly id = randomUUID();
  readonly startedMs = performance.now();
  readonly method: string;
  readonly #traceparent: string | undefined;
  /** Of the endpoint, such as `/api/sagas/{id}`; undefined when there was none. */
  route: string | undefined;
  caller: string | undefined;
  /** Only when there is such a saga. */
  saga: string | undefined;
  problem: Problem | undefined;
  /** What was thrown when it was no problem of the asker's. */
  error: unknown;

  constructor(method: string, traceparent: string | undefined) {
    this.method = method;
    this.#traceparent = traceparent;
  }

  /** W2. 32 hexadecimal digits. */
  get traceId(): string {
    const [, given] =
      /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/.exec(this.#traceparent ?? '') ?? [];
    if (given !== undefined && !/^0+$/.test(given)) return given;
    return this.saga === undefined ? randomBytes(16).toString('hex') : traceIdOf(this.saga);
  }

  get durationMs(): number {
    return Math.round((performance.now() - this.startedMs) * 1_000) / 1_000;
  }
}

/** Writes one line of JSON per request, of which no secret and nothing that somebody sent is a part. */
export class RequestLog {
  readonly #logger: Logger;

  constructor(sink: LogSink | undefined) {
    const options = {
      base: {},
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level: string) => ({ level }) },
      redact: {
        paths: ['authorization', '*.authorization', '*.*.authorization', 'cookie', '*.cookie'],
        censor: '…',
      },
    };
    this.#logger =
      sink === undefined
        ? pino({ enabled: false })
        : pino(options, { write: (line) => void sink.write(line) });
  }

  /** W1. */
  requested(record: RequestRecord, status: number): void {
    const { id, traceId, method, route, durationMs, caller, saga, problem, error } = record;
    const line = {
      requestId: id,
      traceId,
      method,
      route: route ?? 'none',
      status,
      durationMs,
      ...(caller === undefined ? {} : { caller }),
      ...(saga === undefined ? {} : { saga, sagaTraceId: traceIdOf(saga) }),
      ...(problem === undefined ? {} : { code: problem.code }),
    };
    if (status < 500) this.#logger.info(line, 'request');
    else
      this.#logger.error({ ...line, ...(error === undefined ? {} : { error: causeOf(error) }) }, 'request');
  }

  /** A connection that never brought a whole request. */
  garbled(code: string): void {
    this.#logger.info({ code }, 'connection');
  }

  say(what: string, facts: Readonly<Record<string, unknown>> = {}): void {
    this.#logger.info(facts, what);
  }

  trouble(what: string, error: unknown): void {
    this.#logger.error({ error: causeOf(error) }, what);
  }
}

/** Where it happened, and what kind of error it is. W3. */
function causeOf(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const codes = codesOf(error);
  return {
    name: error.name,
    ...(codes.length === 0 ? {} : { codes }),
    at: frames.slice(0, 8).map((line) => line.trim()),
  };
}

const CAUSES_MAX = 8;

/** Of an error and of what caused it: `['store-failed', '57P01']`. W3. */
function codesOf(error: Error): readonly (string | number)[] {
  const codes = new Set<string | number>();
  let cause: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth++) {
    const { code, sqlState, errcode } = cause as CodedError;
    for (const one of [code, sqlState, errcode]) if (isCode(one)) codes.add(one);
    cause = cause.cause;
  }
  return [...codes];
}

/** What systems, PostgreSQL, and SQLite call what went wrong. */
interface CodedError {
  readonly code?: unknown;
  readonly sqlState?: unknown;
  readonly errcode?: unknown;
}

function isCode(value: unknown): value is string | number {
  return Number.isSafeInteger(value) || (typeof value === 'string' && /^[\w-]{1,40}$/.test(value));
}
