// What a service of a user's own answered, as it would come over a wire. Its types say that it is an outcome, but it may be
// JavaScript, or have made one of what somebody else sent.

import { jsonFault } from './json.ts';
import { FAILURE_CLASSES, type Outcome } from './protocol.ts';

/**
 * The outcome, with its result as JSON gives it back; or, for what is no outcome, what it was, in words that follow "answered".
 *
 * @example
 * overTheWire({ kind: 'applied', result: { at: new Date(0) } }); // … result: { at: '1970-01-01T00:00:00.000Z' }
 * overTheWire({ kind: 'ok' });                                   // '{"kind":"ok"}'
 */
export function overTheWire(answer: Outcome): Outcome | string {
  if (answer?.kind === 'applied') return applied(answer);
  if (answer?.kind !== 'rejected' && answer?.kind !== 'unknown') return wordsFor(answer);
  const { failure, retryAfterUs } = answer;
  if (!FAILURE_CLASSES.includes(failure)) {
    return `the failure class ${wordsFor(failure)}, which is none of ${FAILURE_CLASSES.join(', ')}`;
  }
  if (retryAfterUs === undefined || (Number.isSafeInteger(retryAfterUs) && retryAfterUs >= 0)) return answer;
  return `retryAfterUs ${String(retryAfterUs)}, which is no whole number from 0`;
}

function applied(answer: Extract<Outcome, { kind: 'applied' }>): Outcome | string {
  const { result } = answer;
  const fault = result === undefined ? undefined : jsonFault(result);
  if (fault === undefined) return answer;
  try {
    return { kind: 'applied', result: JSON.parse(JSON.stringify(result)) as unknown };
  } catch {
    const { path, what } = fault;
    return `a result that is not JSON: ${path === '' ? '' : `${path}: `}${what}`;
  }
}

function wordsFor(answer: unknown): string {
  if (answer === undefined) return 'nothing';
  if (answer instanceof Promise) return 'with a Promise';
  return jsonFault(answer) === undefined ? JSON.stringify(answer) : `with a ${typeof answer}`;
}

/** E2: an answer that says nothing may stand for an effect. */
export function outcomeOrUnknown(service: string, answer: Outcome): Outcome {
  const heard = overTheWire(answer);
  if (typeof heard !== 'string') return heard;
  return { kind: 'unknown', failure: 'dependency_failure', reason: `${service} answered ${heard}` };
}
