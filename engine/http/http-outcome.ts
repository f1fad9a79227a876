// What an HTTP answer, or the lack of one, means for a saga: the one table of it. E2 decides every doubt: `rejected` is
// said only of what certainly had no effect, and a final class only of what the participant itself decided.
//
// | what comes back                                | outcome  | class              | because                              |
// |------------------------------------------------|----------|--------------------|--------------------------------------|
// | 2xx with JSON, or with nothing                 | applied  |                    | the body is the result               |
// | 2xx with anything else, or with too much       | unknown  | dependency_failure | it happened, or another server spoke |
// | 202                                            | unknown  | transient          | taken, not done: ask again           |
// | 3xx                                            | unknown  | dependency_failure | not followed (no SSRF); 303 is often "done" |
// | 402, 409, 422                                  | rejected | business           | final                                |
// | 401, 403, 404, 405, 407, 421, 431, 451         | rejected | dependency_failure | what stands before a participant says these too, and remembers nothing: not final |
// | 408                                            | unknown  | timeout            | it waited for us                     |
// | 425                                            | rejected | transient          | not looked at yet                    |
// | 429                                            | rejected | rate_limited       | Retry-After is passed on             |
// | 400 and every other 4xx                        | rejected | invalid_request    | final                                |
// | 503 with Retry-After, 507                      | unknown  | resource_exhausted | a gateway says 503 also after the participant was reached |
// | 504                                            | unknown  | timeout            |                                      |
// | 500, 503 and every other 5xx                   | unknown  | transient          | before or after the effect           |
// | any other status                               | unknown  | dependency_failure | not HTTP as we know it               |
// | no connection: refused, no such host, no route, TLS | rejected | transient     | nothing was sent                     |
// | no time left before there was a connection     | rejected | timeout            | nothing was sent                     |
// | no time left after that                        | unknown  | timeout            |                                      |
// | reset, hung up, half an answer                 | unknown  | transient          |                                      |
// | an answer that is not HTTP                     | unknown  | dependency_failure |                                      |
//
// A 4xx or 5xx whose body is an outcome itself, `{ "kind": "rejected" | "unknown", "failure", "reason", "retryAfterUs"? }`,
// is taken at its word: a participant knows best, and nobody else answers in that form.

import { jsonFault } from '../core/json.ts';
import { FAILURE_CLASSES, type FailureClass, type Outcome } from '../core/protocol.ts';

/** A complete answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Undefined when it was longer than is read. */
  readonly body: string | undefined;
}

/** Why there is no complete answer. */
export type HttpFailure = 'no-connection' | 'late-connection' | 'late-answer' | 'cut' | 'garbled';

type Verdict = readonly [kind: 'rejected' | 'unknown', failure: FailureClass];

const DOUBTFUL: Verdict = ['unknown', 'dependency_failure'];
const NOT_OURS: Verdict = ['rejected', 'dependency_failure'];
const BUSINESS: Verdict = ['rejected', 'business'];

const BY_STATUS: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [202, ['unknown', 'transient']],
  [401, NOT_OURS],
  [402, BUSINESS],
  [403, NOT_OURS],
  [404, NOT_OURS],
  [405, NOT_OURS],
  [407, NOT_OURS],
  [408, ['unknown', 'timeout']],
  [409, BUSINESS],
  [421, NOT_OURS],
  [422, BUSINESS],
  [425, ['rejected', 'transient']],
  [429, ['rejected', 'rate_limited']],
  [431, NOT_OURS],
  [451, NOT_OURS],
  [504, ['unknown', 'timeout']],
  [507, ['unknown', 'resource_exhausted']],
]);

const BY_FAILURE: Readonly<Record<HttpFailure, Verdict>> = {
  'no-connection': ['rejected', 'transient'],
  'late-connection': ['rejected', 'timeout'],
  'late-answer': ['unknown', 'timeout'],
  cut: ['unknown', 'transient'],
  garbled: DOUBTFUL,
};

const REASON_MAX = 200;
const SECOND_US = 1_000_000;

/** @param nowMs for a Retry-After that is a date: milliseconds since 1970 */
export function outcomeOfAnswer(answer: HttpAnswer, nowMs: number): Outcome {
  const { status, body } = answer;
  const isSuccess = status >= 200 && status < 300 && status !== 202;
  const json = jsonIn(body);
  if (isSuccess) return body === '' ? { kind: 'applied' } : outcomeOfResult(status, json);
  const retryAfterUs = retryAfterIn(answer.retryAfter, nowMs);
  const own = status >= 400 && status < 600 ? outcomeIn(json?.value) : undefined;
  if (own !== undefined) return own;
  const detail = detailIn(json?.value);
  return outcome(
    verdictOf(status, retryAfterUs),
    detail === '' ? `answered ${status}` : `answered ${status}: ${detail}`,
    retryAfterUs,
  );
}

/** JSON can say more than a log can hold: numbers beyond all bounds, and lists in lists without end. */
function outcomeOfResult(status: number, json: { readonly value: unknown } | undefined): Outcome {
  const fault = json === undefined ? undefined : jsonFault(json.value);
  if (json !== undefined && fault === undefined) return { kind: 'applied', result: json.value };
  const why =
    fault === undefined ? '' : ` that could be kept: ${printable(`${fault.path} ${fault.what}`.trim())}`;
  return outcome(DOUBTFUL, `answered ${status} with a body that is not JSON${why}`, undefined);
}

/** @param why one or a few words, such as an error's code */
export function outcomeOfFailure(failure: HttpFailure, why: string): Outcome {
  return outcome(BY_FAILURE[failure], why, undefined);
}

function verdictOf(status: number, retryAfterUs: number | undefined): Verdict {
  const known = BY_STATUS.get(status);
  if (known !== undefined) return known;
  if (status === 503 && retryAfterUs !== undefined) return ['unknown', 'resource_exhausted'];
  if (status >= 500 && status < 600) return ['unknown', 'transient'];
  return status >= 400 && status < 500 ? ['rejected', 'invalid_request'] : DOUBTFUL;
}

function outcome([kind, failure]: Verdict, reason: string, retryAfterUs: number | undefined): Outcome {
  return retryAfterUs === undefined ? { kind, failure, reason } : { kind, failure, reason, retryAfterUs };
}

function jsonIn(body: string | undefined): { readonly value: unknown } | undefined {
  try {
    return body === undefined || body === '' ? undefined : { value: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

/** The outcome that a participant wrote out, if it did. */
function outcomeIn(value: unknown): Outcome | undefined {
  const { kind, failure, reason, retryAfterUs } = membersOf(value);
  if (kind !== 'rejected' && kind !== 'unknown') return undefined;
  const known = FAILURE_CLASSES.find((name) => name === failure);
  if (known === undefined || typeof reason !== 'string') return undefined;
  const isTime = Number.isSafeInteger(retryAfterUs) && (retryAfterUs as number) >= 0;
  return outcome([kind, known], printable(reason), isTime ? (retryAfterUs as number) : undefined);
}

/** What problem+json and its relatives say for people. */
function detailIn(value: unknown): string {
  const { detail, message, reason, error, title } = membersOf(value);
  const text = [detail, message, reason, error, title].find((member) => typeof member === 'string');
  return printable(text === undefined ? '' : (text as string));
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Somebody else's text, for our log: one line, not too long. */
function printable(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, REASON_MAX);
}

/** Seconds or a date (RFC 9110, 10.2.3), as microseconds from now. */
function retryAfterIn(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_US;
  const atMs = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN; // it would read a date into anything
  return Number.isNaN(atMs) ? undefined : Math.max(0, Math.ceil(atMs - nowMs)) * 1_000;
}
