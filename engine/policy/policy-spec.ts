// A policy as a person writes it: plain JSON of whole numbers, and the check of it.

import { nearest } from '../core/nearest.ts';
import { FAILURE_CLASSES, type FailureClass } from '../core/protocol.ts';
import { checkMembers } from '../core/step-shape.ts';
import { UserError } from '../core/user-error.ts';
import type { GovernedSpec } from './governor.ts';
import { BACKOFFS, type JitterPermille } from './retry.ts';
import type { RetryRow, RetryTable } from './retry-table.ts';

/** `none`: as the table says. `full`: anything from nothing to that. `equal`: from half of it to all of it. */
export type Jitter = keyof typeof JITTERS | JitterPermille;

export const JITTERS = {
  none: [1_000, 1_000],
  full: [0, 1_000],
  equal: [500, 1_000],
} as const satisfies Record<string, JitterPermille>;

/**
 * A policy as a person writes it. What is left out of the retry table is taken from the standard one; what is left out
 * below that is not done.
 *
 * A participant may ask for a longer wait than its row gives (`retryAfterUs`). That is honoured up to one hour, or up
 * to the row's `maxMs` if that is longer, so that no participant can stall a saga for ever.
 */
export interface PolicySpec extends GovernedSpec {
  /** Letters, digits, `-`, `_`; how the CLI and reports call it. */
  readonly name: string;
  /** How long one call may take, 1 ms to one day. Default 10,000. */
  readonly callTimeoutMs?: number;
  readonly retry?: Readonly<Partial<Record<FailureClass, RetryRow>>>;
  readonly compensation?: RetryRow;
  /** A pair scales waits by something between these thousandths, 0 to 10,000. Default `[1000, 1100]`. */
  readonly jitter?: Jitter;
}

/** A policy with its whole table. */
export interface FullPolicySpec extends PolicySpec {
  readonly callTimeoutMs: number;
  readonly retry: RetryTable;
  readonly compensation: RetryRow;
  readonly jitter: Jitter;
}

const DAY_MS = 86_400_000;
const MILLION = 1_000_000;

type Bounds = Readonly<Record<string, readonly [min: number, max: number]>>;

/** The members of each part that governs the calls of a process, with their bounds. */
const GOVERNED: Readonly<Record<keyof GovernedSpec, Bounds>> = {
  retryBudget: {
    tokensMax: [1, MILLION],
    cost: [1, 1_000],
    timeoutCost: [1, 1_000],
    gainPermille: [0, MILLION],
  },
  circuitBreaker: {
    windowCalls: [1, 10_000],
    callsMin: [1, 10_000],
    failurePermille: [1, 1_000],
    recoveryMs: [1, DAY_MS],
    probes: [1, 1_000],
    successesToClose: [1, 1_000],
  },
  bulkhead: { callsMax: [1, MILLION], queueMax: [0, MILLION] },
  adaptiveRetry: {
    windowCalls: [1, 10_000],
    successPermille: [0, 1_000],
    lowSuccessFactorPermille: [1_000, 10_000],
    recentFailures: [0, 20],
    recentFailuresFactorPermille: [1_000, 10_000],
  },
  hedge: { afterMs: [1, DAY_MS] },
  admission: { sagasMax: [1, MILLION], queueMax: [0, MILLION] },
};

const MEMBERS = ['name', 'callTimeoutMs', 'retry', 'compensation', 'jitter', ...Object.keys(GOVERNED)];
const ROW: Bounds = {
  attemptsMax: [1, 1_000],
  initialMs: [0, DAY_MS],
  maxMs: [0, DAY_MS],
  factorPermille: [1_000, 10_000],
};

/** @throws UserError `bad-policy` that names the policy, the member and its bounds. */
export function checkPolicySpec(spec: FullPolicySpec): void {
  const { name } = spec;
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name)) {
    throw refused(`policy name ${JSON.stringify(name)} is not usable`, 'Use letters, digits, "-" and "_".');
  }
  const where = `policy "${name}"`;
  checkMembers(where, spec, MEMBERS, 'bad-policy');
  checkNumber(where, 'callTimeoutMs', spec.callTimeoutMs, [1, DAY_MS]);
  for (const [failure, row] of Object.entries(spec.retry)) {
    if (!(FAILURE_CLASSES as readonly string[]).includes(failure)) {
      throw refused(
        `${where}: "${failure}" is no failure class`,
        `The classes are ${FAILURE_CLASSES.join(', ')}.`,
      );
    }
    checkRow(where, `retry.${failure}`, row);
  }
  checkRow(where, 'compensation', spec.compensation);
  checkJitter(where, spec.jitter);
  for (const [part, bounds] of Object.entries(GOVERNED)) {
    const value = spec[part as keyof GovernedSpec];
    if (value !== undefined) checkPart(where, part, value, bounds, part === 'retryBudget' ? ['charge'] : []);
  }
  checkAgainstEachOther(where, spec);
}

function checkAgainstEachOther(where: string, { circuitBreaker, retryBudget }: PolicySpec): void {
  if (circuitBreaker !== undefined && circuitBreaker.callsMin > circuitBreaker.windowCalls) {
    const { callsMin, windowCalls } = circuitBreaker;
    throw refused(
      `${where}: circuitBreaker.callsMin is ${callsMin}, more than its windowCalls, ${windowCalls}: it would never open`,
    );
  }
  const charge: string | undefined = retryBudget?.charge;
  if (charge === undefined || charge === 'retries' || charge === 'failures') return;
  throw refused(
    `${where}: retryBudget.charge is ${JSON.stringify(charge)}`,
    'It is "retries" or "failures".',
  );
}

function checkRow(where: string, path: string, row: RetryRow): void {
  checkPart(where, path, row, ROW, ['backoff']);
  const { backoff, initialMs, maxMs } = row;
  if (maxMs < initialMs) {
    throw refused(`${where}: ${path}.maxMs is ${maxMs}, less than its initialMs, ${initialMs}`);
  }
  if (backoff === undefined || BACKOFFS.includes(backoff)) return;
  const near = nearest(String(backoff), BACKOFFS);
  throw refused(
    `${where}: ${path}.backoff is ${JSON.stringify(backoff)}`,
    near === undefined ? `It is one of ${BACKOFFS.join(', ')}.` : `Did you mean "${near}"?`,
  );
}

function checkPart(
  where: string,
  path: string,
  value: unknown,
  bounds: Bounds,
  others: readonly string[],
): void {
  if (typeof value !== 'object' || value === null) {
    throw refused(`${where}: ${path} is ${JSON.stringify(value)}; it must be an object`);
  }
  checkMembers(`${where}: ${path}`, value, [...Object.keys(bounds), ...others], 'bad-policy');
  for (const [member, range] of Object.entries(bounds)) {
    checkNumber(where, `${path}.${member}`, (value as Readonly<Record<string, unknown>>)[member], range);
  }
}

function checkJitter(where: string, jitter: unknown): void {
  if (typeof jitter === 'string' && jitter in JITTERS) return;
  if (!Array.isArray(jitter) || jitter.length !== 2) {
    throw refused(
      `${where}: jitter is ${JSON.stringify(jitter)}`,
      `It is "none", "full", "equal", or a pair of thousandths such as [1000, 1100].`,
    );
  }
  const [least, most]: readonly unknown[] = jitter;
  checkNumber(where, 'jitter[0]', least, [0, 10_000]);
  checkNumber(where, 'jitter[1]', most, [least as number, 10_000]);
}

function checkNumber(
  where: string,
  path: string,
  value: unknown,
  [min, max]: readonly [number, number],
): void {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw refused(`${where}: ${path} is ${String(value)}; it must be a whole number from ${min} to ${max}`);
}

function refused(message: string, hint?: string): UserError {
  return new UserError('bad-policy', message, hint);
}
