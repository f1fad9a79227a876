// A policy set: a named value that says how long to wait, how often to try and when to give up. A scenario or the
// CLI can swap one for another; nothing else of a run changes.

import type { FailedAttempt, PolicedSaga, Policy } from '../core/policy.ts';
import { type Direction, FAILURE_CLASSES, type FailureClass } from '../core/protocol.ts';
import { UserError } from '../core/user-error.ts';
import { refuseShortDeadline } from './deadline.ts';
import {
  backoffUs,
  honouredRetryAfterUs,
  type JitterPermille,
  jittered,
  longestWaitsUs,
  type RetryRule,
} from './retry.ts';
import {
  type RetryRow,
  STANDARD_CALL_TIMEOUT_MS,
  STANDARD_COMPENSATION,
  STANDARD_JITTER_PERMILLE,
  STANDARD_TABLE,
} from './retry-table.ts';

/**
 * A policy as a person writes it. What is left out is taken from the standard table.
 *
 * A participant may ask for a longer wait than its row gives (`retryAfterUs`). That is honoured up to one hour, or up
 * to the row's `maxMs` if that is longer, so that no participant can stall a saga for ever.
 */
export interface PolicySpec {
  /** Letters, digits, `-`, `_`; how the CLI and reports call it. */
  readonly name: string;
  /** How long one call may take, 1 ms to one day. Default 10,000. */
  readonly callTimeoutMs?: number;
  readonly retry?: Readonly<Partial<Record<FailureClass, RetryRow>>>;
  readonly compensation?: RetryRow;
  /** Waits are multiplied by something between these, in thousandths; 0 to 10,000. Default `[1000, 1100]`. */
  readonly jitterPermille?: JitterPermille;
}

/** A policy with its whole table, for reports. */
export interface PolicySet extends Policy {
  toJSON(): Required<PolicySpec>;
}

const DAY_MS = 86_400_000;

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
  const full = {
    name: spec.name,
    callTimeoutMs: spec.callTimeoutMs ?? STANDARD_CALL_TIMEOUT_MS,
    retry: { ...STANDARD_TABLE, ...spec.retry },
    compensation: spec.compensation ?? STANDARD_COMPENSATION,
    jitterPermille: spec.jitterPermille ?? STANDARD_JITTER_PERMILLE,
  };
  checkSpec(full);
  return new TablePolicy(full);
}

type FullSpec = Required<PolicySpec> & { readonly retry: Readonly<Record<FailureClass, RetryRow>> };

class TablePolicy implements PolicySet {
  readonly name: string;
  readonly callTimeoutUs: number;
  readonly #spec: FullSpec;
  readonly #forward: Readonly<Record<FailureClass, RetryRule>>;
  readonly #compensation: RetryRule;

  constructor(spec: FullSpec) {
    this.name = spec.name;
    this.callTimeoutUs = spec.callTimeoutMs * 1000;
    this.#spec = spec;
    this.#forward = Object.fromEntries(
      FAILURE_CLASSES.map((failure) => [failure, ruleOf(spec.retry[failure])]),
    ) as Record<FailureClass, RetryRule>;
    this.#compensation = ruleOf(spec.compensation);
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
    const rule = direction === 'forward' ? this.#forward[failure] : this.#compensation;
    if (!endless && attempt >= Math.min(rule.attemptsMax, attemptsMax ?? rule.attemptsMax)) return -1;
    const waitUs = jittered(backoffUs(rule, attempt), this.#spec.jitterPermille, jitterKey, attempt);
    return Math.max(waitUs, honouredRetryAfterUs(rule, retryAfterUs));
  }

  /** Timeouts cost the calls themselves as well; other failures answer at once, and only the last call may hang. */
  budgetUs(direction: Direction, callTimeoutUs: number, attemptsMax: number | undefined): number {
    const timeout = direction === 'forward' ? this.#forward.timeout : this.#compensation;
    const transient = direction === 'forward' ? this.#forward.transient : this.#compensation;
    const timeouts = Math.min(timeout.attemptsMax, attemptsMax ?? timeout.attemptsMax);
    const failures = Math.min(transient.attemptsMax, attemptsMax ?? transient.attemptsMax);
    const { jitterPermille } = this.#spec;
    return Math.max(
      timeouts * callTimeoutUs + longestWaitsUs(timeout, timeouts, jitterPermille),
      callTimeoutUs + longestWaitsUs(transient, failures, jitterPermille),
    );
  }

  check(saga: PolicedSaga): void {
    refuseShortDeadline(this, saga);
  }

  toJSON(): FullSpec {
    return this.#spec;
  }
}

function ruleOf({ attemptsMax, initialMs, maxMs, factorPermille }: RetryRow): RetryRule {
  return { attemptsMax, initialUs: initialMs * 1000, maxUs: maxMs * 1000, factorPermille };
}

function checkSpec({ name, callTimeoutMs, retry, compensation, jitterPermille }: FullSpec): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name)) {
    throw new UserError(
      'bad-policy',
      `policy name ${JSON.stringify(name)} is not usable`,
      'Use letters, digits, "-" and "_".',
    );
  }
  const check = checker(name);
  check('callTimeoutMs', callTimeoutMs, 1, DAY_MS);
  for (const [failure, row] of Object.entries(retry)) {
    if (!(FAILURE_CLASSES as readonly string[]).includes(failure)) {
      throw new UserError(
        'bad-policy',
        `policy "${name}": "${failure}" is no failure class`,
        `The classes are ${FAILURE_CLASSES.join(', ')}.`,
      );
    }
    checkRow(`retry.${failure}`, row, check);
  }
  checkRow('compensation', compensation, check);
  check('jitterPermille[0]', jitterPermille[0], 0, 10_000);
  check('jitterPermille[1]', jitterPermille[1], jitterPermille[0], 10_000);
}

type Check = (field: string, value: number, min: number, max: number) => void;

function checker(policy: string): Check {
  return (field, value, min, max) => {
    if (Number.isInteger(value) && value >= min && value <= max) return;
    throw new UserError(
      'bad-policy',
      `policy "${policy}": ${field} is ${value}; it must be a whole number from ${min} to ${max}`,
    );
  };
}

function checkRow(where: string, row: RetryRow, check: Check): void {
  check(`${where}.attemptsMax`, row.attemptsMax, 1, 1000);
  check(`${where}.initialMs`, row.initialMs, 0, DAY_MS);
  check(`${where}.maxMs`, row.maxMs, row.initialMs, DAY_MS);
  check(`${where}.factorPermille`, row.factorPermille, 1000, 10_000);
}
