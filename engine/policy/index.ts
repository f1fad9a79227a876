// Policies: when to try again, how long to wait, when to give up.

export { type AdaptiveRetrySpec, adaptiveRetries } from './adaptive-retry.ts';
export type { BulkheadSpec } from './bulkhead.ts';
export { type CircuitBreakerSpec, circuitBreakers } from './circuit-breaker.ts';
export { forwardBudgetUs } from './deadline.ts';
export { defineSaga, sagaFromJson } from './define-saga.ts';
export type { AdmissionSpec, GovernedSpec, HedgeSpec } from './governor.ts';
export { definePolicy, type PolicySet } from './policy-set.ts';
export type { FullPolicySpec, Jitter, PolicySpec } from './policy-spec.ts';
export type { Backoff, JitterPermille } from './retry.ts';
export { type RetryBudgetSpec, retryBudgets } from './retry-budget.ts';
export { type RetryRow, type RetryTable, STANDARD_TABLE } from './retry-table.ts';
export { policies } from './standard.ts';
