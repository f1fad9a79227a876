// E12: a saga whose retries cannot fit in its deadline does not start. Otherwise it would end between two attempts,
// by a limit that nobody chose. What counts are timeouts and transient failures; who is rate limited, or refused by a
// circuit, was told to come back later, and may run into the deadline.

import type { PolicedSaga, Policy } from '../core/policy.ts';
import { UserError } from '../core/user-error.ts';

const SECOND_US = 1_000_000;

type Budget = Pick<Policy, 'name' | 'callTimeoutUs' | 'budgetUs'>;

/**
 * The longest that forward work may take when each step on its longest path needs all of its retries, in
 * microseconds. Retriable steps come after the point of no return, where the deadline no longer counts.
 */
export function forwardBudgetUs(policy: Budget, { steps }: PolicedSaga): number {
  const ends: (number | undefined)[] = [];
  const endOf = (index: number): number => {
    const known = ends[index];
    if (known !== undefined) return known;
    const { kind, timeoutUs, attemptsMax, after } = steps[index]!;
    const begin = Math.max(0, ...after.map(endOf));
    const own =
      kind === 'retriable' ? 0 : policy.budgetUs('forward', timeoutUs ?? policy.callTimeoutUs, attemptsMax);
    ends[index] = begin + own;
    return begin + own;
  };
  return Math.max(0, ...steps.map((_, index) => endOf(index)));
}

/** @throws UserError `deadline-too-short` with both times and what to change. */
export function refuseShortDeadline(policy: Budget, saga: PolicedSaga): void {
  if (saga.deadlineUs === undefined) return;
  const neededUs = forwardBudgetUs(policy, saga);
  if (neededUs <= saga.deadlineUs) return;
  throw new UserError(
    'deadline-too-short',
    `saga "${saga.name}": its steps may need ${neededUs / SECOND_US} s under policy "${policy.name}", its deadline is ${saga.deadlineUs / SECOND_US} s`,
    'Give it a longer deadline, shorter timeouts, or a policy with fewer attempts.',
  );
}
