// A policy set: a named value that says how long to wait, how often to try and when to give up. A scenario or the
// CLI can swap one for another; nothing else of a run changes.

import type { FailedAttempt, PolicedSaga, Policy } from '../core/policy.ts';
import { type Direction, FAILURE_CLASSES, type FailureClass } from '../core/protocol.ts';
import { refuseShortDeadline } from './deadline.ts';
import { type GovernedSpec, ProcessGovernor, type TableRules } from './governor.ts';
import { checkPolicySpec, type FullPolicySpec, JITTERS, type PolicySpec } from './policy-spec.ts';
import {
  honouredRetryAfterUs,
  type JitterPermille,
  longestWaitsUs,
  type RetryRule,
  waitUs,
} from './retry.ts';
import {
  type RetryRow,
  STANDARD_CALL_TIMEOUT_MS,
  STANDARD_COMPENSATION,
  STANDARD_JITTER,
  STANDARD_TABLE,
} from './retry-table.ts';

/** A policy with its whole table, for reports. */
export interface PolicySet extends Policy {
  toJSON(): FullPolicySpec;
}

/**
 * Checks a policy and makes it ready for use.
 *
 * @throws UserError `bad-policy` that names the policy and the value.
 * @example
 * const eager = definePolicy({
 *   name: 'eager',
 *   callTimeoutMs: 1_000,
 *   retry: { transient: { attemptsMax: 8, initialMs: 50, maxMs: 1_000, factorPermille: 1_500 } },
 * });
 */
export function definePolicy(spec: PolicySpec): PolicySet {
  const full: FullPolicySpec = {
    ...spec,
    callTimeoutMs: spec.callTimeoutMs ?? STANDARD_CALL_TIMEOUT_MS,
    retry: { ...STANDARD_TABLE, ...spec.retry },
    compensation: spec.compensation ?? STANDARD_COMPENSATION,
    jitter: spec.jitter ?? STANDARD_JITTER,
  };
  checkPolicySpec(full);
  return new TablePolicy(full);
}

class TablePolicy implements PolicySet, TableRules {
  readonly name: string;
  readonly callTimeoutUs: number;
  /** Undefined when nothing has to be remembered, so that nothing is. */
  readonly govern: NonNullable<Policy['govern']> | undefined;
  readonly #spec: FullPolicySpec;
  readonly #forward: Readonly<Record<FailureClass, RetryRule>>;
  readonly #compensation: RetryRule;
  readonly #jitter: JitterPermille;

  constructor(spec: FullPolicySpec) {
    this.name = spec.name;
    this.callTimeoutUs = spec.callTimeoutMs * 1000;
    this.#spec = spec;
    this.#jitter = typeof spec.jitter === 'string' ? JITTERS[spec.jitter] : spec.jitter;
    this.#forward = Object.fromEntries(
      FAILURE_CLASSES.map((failure) => [failure, ruleOf(spec.retry[failure])]),
    ) as Record<FailureClass, RetryRule>;
    this.#compensation = ruleOf(spec.compensation);
    this.govern = isGoverned(spec) ? (report) => new ProcessGovernor(spec, this, report) : undefined;
  }

  retryDelayUs({
    direction,
    failure,
    attempt,
    endless,
    attemptsMax,
    retryAfterUs,
    jitterKey,
  }: FailedAttempt): number {
    const rule = this.#rule(direction, failure);
    if (!endless && attempt >= Math.min(rule.attemptsMax, attemptsMax ?? rule.attemptsMax)) return -1;
    return Math.max(waitUs(rule, attempt, this.#jitter, jitterKey), honouredRetryAfterUs(rule, retryAfterUs));
  }

  longestWaitUs(direction: Direction, failure: FailureClass): number {
    return this.#rule(direction, failure).maxUs;
  }

  /** Timeouts cost the calls themselves as well; other failures answer at once, and only the last call may hang. */
  budgetUs(direction: Direction, callTimeoutUs: number, attemptsMax: number | undefined): number {
    const timeout = this.#rule(direction, 'timeout');
    const transient = this.#rule(direction, 'transient');
    const timeouts = Math.min(timeout.attemptsMax, attemptsMax ?? timeout.attemptsMax);
    const failures = Math.min(transient.attemptsMax, attemptsMax ?? transient.attemptsMax);
    return Math.max(
      timeouts * callTimeoutUs + this.#waitsUs(timeout, timeouts),
      callTimeoutUs + this.#waitsUs(transient, failures),
    );
  }

  /** An adaptive retry may stretch every wait to the longest. */
  #waitsUs(rule: RetryRule, attempts: number): number {
    if (this.#spec.adaptiveRetry === undefined) return longestWaitsUs(rule, attempts, this.#jitter);
    const longestUs = Math.ceil((rule.maxUs * Math.max(1000, this.#jitter[1])) / 1000);
    return longestUs * (attempts - 1);
  }

  #rule(direction: Direction, failure: FailureClass): RetryRule {
    return direction === 'forward' ? this.#forward[failure] : this.#compensation;
  }

  check(saga: PolicedSaga): void {
    refuseShortDeadline(this, saga);
  }

  toJSON(): FullPolicySpec {
    return this.#spec;
  }
}

function isGoverned(spec: GovernedSpec): boolean {
  const { retryBudget, circuitBreaker, bulkhead, adaptiveRetry, hedge, admission } = spec;
  return [retryBudget, circuitBreaker, bulkhead, adaptiveRetry, hedge, admission].some(
    (part) => part !== undefined,
  );
}

function ruleOf({
  attemptsMax,
  initialMs,
  maxMs,
  factorPermille,
  backoff = 'exponential',
}: RetryRow): RetryRule {
  return { attemptsMax, initialUs: initialMs * 1000, maxUs: maxMs * 1000, factorPermille, backoff };
}
