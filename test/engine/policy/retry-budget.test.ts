// Retry budgets: what a retry costs, what success gives back, and that retries stay a fraction of the work.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryBudgets } from '../../../engine/policy/index.ts';
import { RetryBudget } from '../../../engine/policy/retry-budget.ts';

test('aws: 500 tokens are a hundred retries, or fifty after timeouts', () => {
  const budget = new RetryBudget(retryBudgets.aws);
  for (let i = 0; i < 100; i++) expect(budget.takeRetry('transient')).toBe(true);
  expect(budget.takeRetry('transient')).toBe(false);
  const slow = new RetryBudget(retryBudgets.aws);
  for (let i = 0; i < 50; i++) expect(slow.takeRetry('timeout')).toBe(true);
  expect(slow.takeRetry('timeout')).toBe(false);
});

test('aws: five successes pay for a retry, and the bucket never overflows', () => {
  const budget = new RetryBudget(retryBudgets.aws);
  for (let i = 0; i < 10; i++) budget.succeeded();
  expect(budget.tokens).toBe(500);
  while (budget.takeRetry('transient'));
  for (let i = 0; i < 4; i++) budget.succeeded();
  expect(budget.takeRetry('transient')).toBe(false);
  budget.succeeded();
  expect(budget.takeRetry('transient')).toBe(true);
});

// gRPC A6: "If token_count is less than or equal to the threshold, defined to be (maxTokens / 2), then RPCs will not be
// retried until token_count rises over the threshold."
test('grpc: every failure costs a token, and at half of them retries stop', () => {
  const budget = new RetryBudget(retryBudgets.grpc);
  for (let i = 0; i < 4; i++) budget.failed('transient');
  expect(budget.takeRetry('transient')).toBe(true);
  budget.failed('transient');
  expect(budget.takeRetry('transient')).toBe(false);
  budget.succeeded();
  expect(budget.takeRetry('transient')).toBe(true);
});

test('retries never pass what the bucket held plus what successes put back', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('success', 'retry'), { maxLength: 2_000 }), (moments) => {
      const budget = new RetryBudget(retryBudgets.tenth);
      let retries = 0;
      let successes = 0;
      for (const moment of moments) {
        if (moment === 'success') {
          budget.succeeded();
          successes++;
        } else if (budget.takeRetry('transient')) retries++;
      }
      expect(retries).toBeLessThanOrEqual(100 + successes / 10);
    }),
  );
});
