// Policies: when to try again, how long to wait, when to give up.

export { forwardBudgetUs } from './deadline.ts';
export { defineSaga, sagaFromJson } from './define-saga.ts';
export { definePolicy, type PolicySet, type PolicySpec } from './policy-set.ts';
export type { JitterPermille } from './retry.ts';
export { type RetryRow, type RetryTable, STANDARD_TABLE } from './retry-table.ts';
export { policies } from './standard.ts';
