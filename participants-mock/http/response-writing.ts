// From what a participant said to what goes over the wire: to a plain client. What an engine gets is in
// engine/http/http-response.ts.

import type { Outcome } from '../../engine/core/protocol.ts';
import { json, retryAfterOf, statusOf } from '../../engine/http/http-response.ts';
import type { PlainAnswer } from './plain-desk.ts';
import { problem } from './problem.ts';

/** To a plain client: a status in words, or a problem. */
export function plainResponseTo({ manner, outcome }: PlainAnswer): Response {
  if (manner === 'other-payload') return problem(422, sentence(outcome));
  if (outcome.kind !== 'applied') {
    return problem(statusOf(outcome), sentence(outcome), retryAfterOf(outcome));
  }
  const { result } = outcome;
  switch (manner) {
    case 'repeated':
      return json(200, { status: 'success', message: 'already processed' });
    case 'nothing-to-undo':
      return json(200, { status: 'success', message: 'nothing to undo' });
    default:
      return json(200, {
        status: 'success',
        message: 'processed',
        ...(result === undefined ? {} : { result }),
      });
  }
}

function sentence(outcome: Outcome): string {
  const text = outcome.kind === 'applied' ? '' : outcome.reason;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
