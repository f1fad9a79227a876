// The policies that come with the engine. `default` is the standard table; the others are there to be compared.

import { circuitBreakers } from './circuit-breaker.ts';
import { definePolicy, type PolicySet } from './policy-set.ts';
import { retryBudgets } from './retry-budget.ts';
import { type RetryRow, STANDARD_TABLE } from './retry-table.ts';

/** Gives up early: for calls that a person waits for. */
const impatient = definePolicy({
  name: 'impatient',
  callTimeoutMs: 2_000,
  retry: {
    transient: { attemptsMax: 3, initialMs: 200, maxMs: 2_000, factorPermille: 2_000 },
    rate_limited: { attemptsMax: 3, initialMs: 1_000, maxMs: 5_000, factorPermille: 1_500 },
    circuit_open: { attemptsMax: 2, initialMs: 5_000, maxMs: 5_000, factorPermille: 1_000 },
    timeout: { attemptsMax: 2, initialMs: 500, maxMs: 2_000, factorPermille: 2_000 },
    resource_exhausted: { attemptsMax: 2, initialMs: 1_000, maxMs: 5_000, factorPermille: 2_000 },
    dependency_failure: { attemptsMax: 3, initialMs: 500, maxMs: 2_000, factorPermille: 2_000 },
  },
});

/** Rides out long outages: for work that nobody waits for. */
const patient = definePolicy({
  name: 'patient',
  callTimeoutMs: 15_000,
  retry: {
    transient: { ...STANDARD_TABLE.transient, attemptsMax: 6 },
    circuit_open: { ...STANDARD_TABLE.circuit_open, attemptsMax: 6 },
    timeout: { ...STANDARD_TABLE.timeout, attemptsMax: 4 },
    resource_exhausted: { ...STANDARD_TABLE.resource_exhausted, attemptsMax: 6 },
    dependency_failure: { ...STANDARD_TABLE.dependency_failure, attemptsMax: 6 },
  },
  compensation: { attemptsMax: 10, initialMs: 2_000, maxMs: 60_000, factorPermille: 2_000 },
});

const AT_ONCE: RetryRow = { attemptsMax: 3, initialMs: 100, maxMs: 100, factorPermille: 1_000 };

/** What people write first: three times, a short fixed pause, no jitter. There to be beaten. */
const naive = definePolicy({
  name: 'naive',
  callTimeoutMs: 1_000,
  retry: {
    transient: AT_ONCE,
    rate_limited: AT_ONCE,
    circuit_open: AT_ONCE,
    timeout: AT_ONCE,
    resource_exhausted: AT_ONCE,
    dependency_failure: AT_ONCE,
  },
  compensation: AT_ONCE,
  jitter: 'none',
});

/**
 * Gets through outages at load and does not prolong them: what fails is tried again later and later and never together,
 * retries are a tenth of the work, a service that is down is left alone, and one that is slow has a bounded queue here
 * instead of an endless one there.
 */
const resilient = definePolicy({
  name: 'resilient',
  callTimeoutMs: 5_000,
  retry: {
    transient: { attemptsMax: 12, initialMs: 500, maxMs: 10_000, factorPermille: 2_000 },
    timeout: { attemptsMax: 8, initialMs: 1_000, maxMs: 10_000, factorPermille: 2_000 },
    rate_limited: { attemptsMax: 20, initialMs: 1_000, maxMs: 30_000, factorPermille: 1_500 },
    circuit_open: { attemptsMax: 20, initialMs: 2_000, maxMs: 20_000, factorPermille: 1_500 },
    resource_exhausted: { attemptsMax: 10, initialMs: 2_000, maxMs: 30_000, factorPermille: 2_000 },
    dependency_failure: { attemptsMax: 12, initialMs: 500, maxMs: 10_000, factorPermille: 2_000 },
  },
  compensation: { attemptsMax: 10, initialMs: 1_000, maxMs: 20_000, factorPermille: 2_000 },
  jitter: 'equal',
  retryBudget: { ...retryBudgets.tenth, tokensMax: 500 },
  circuitBreaker: circuitBreakers.halfOfFifty,
  bulkhead: { callsMax: 20, queueMax: 10_000 },
  hedge: { afterMs: 300 },
});

/**
 * The policies that come with the engine, by name.
 *
 * @example
 * definePolicy({ ...policies.default.toJSON(), name: 'mine', callTimeoutMs: 3_000 });
 */
export const policies = {
  default: definePolicy({ name: 'default' }),
  impatient,
  patient,
  naive,
  resilient,
} satisfies Readonly<Record<string, PolicySet>>;
