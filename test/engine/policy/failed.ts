// A failed attempt, with all that does not matter filled in.

import type { FailedAttempt } from '../../../engine/core/policy.ts';

/** The first attempt of forward work timed out, and nobody asked to wait. */
export function failed(change: Partial<FailedAttempt> = {}): FailedAttempt {
  return {
    service: 'bank',
    direction: 'forward',
    failure: 'timeout',
    attempt: 1,
    endless: false,
    attemptsMax: undefined,
    retryAfterUs: 0,
    jitterKey: 7,
    ...change,
  };
}
