// E12: the retry budget must fit in the deadline, or the saga does not start.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { definePolicy, forwardBudgetUs, policies, sagaFromJson } from '../../../engine/policy/index.ts';
import order from '../../../scenarios/order.json' with { type: 'json' };
import { anySaga } from '../core/any-saga.ts';
import { type GraphSpec, graph } from '../core/given.ts';
import { failed } from './failed.ts';

const SECOND = 1_000_000;
const STANDARD = policies.default;

/** Call timeout 1 s; after a timeout 2 attempts, after transient failures 3; waits of exactly 1 s. */
const PLAIN = definePolicy({
  name: 'plain',
  callTimeoutMs: 1_000,
  retry: {
    timeout: { attemptsMax: 2, initialMs: 1_000, maxMs: 1_000, factorPermille: 1_000 },
    transient: { attemptsMax: 3, initialMs: 1_000, maxMs: 1_000, factorPermille: 1_000 },
  },
  jitter: [1_000, 1_000],
});

test('E12: a step’s budget is its timeouts with their calls, or its failures with one call, whichever is longer', () => {
  expect(PLAIN.budgetUs('forward', 1 * SECOND, undefined)).toBe(3 * SECOND); // 2 × 1 s + 1 s; 1 s + 2 s
  expect(PLAIN.budgetUs('forward', 5 * SECOND, undefined)).toBe(11 * SECOND); // 2 × 5 s + 1 s
  expect(PLAIN.budgetUs('forward', 1, undefined)).toBe(2 * SECOND + 1); // waits for transient failures
  expect(PLAIN.budgetUs('forward', 5 * SECOND, 1)).toBe(5 * SECOND); // one attempt: no wait
});

test('E12: the standard budget of one step is three calls and their waits, with the most jitter', () => {
  expect(STANDARD.budgetUs('forward', STANDARD.callTimeoutUs, undefined)).toBe(36_600_000);
});

test.each<[what: string, seconds: number, steps: GraphSpec]>([
  ['one step', 3, { a: {} }],
  ['one after another', 9, { a: {}, b: { after: ['a'] }, c: { after: ['b'] } }],
  ['in parallel', 3, { a: {}, b: {}, c: {} }],
  ['a diamond', 9, { a: {}, b: { after: ['a'] }, c: { after: ['a'] }, d: { after: ['b', 'c'] } }],
  [
    'the longest path, not the widest',
    14,
    { a: {}, slow: { timeoutMs: 5_000 }, c: { after: ['a', 'slow'] } },
  ],
  ['a step with an own limit', 4, { a: {}, b: { after: ['a'], attemptsMax: 1 } }],
  ['up to the pivot', 6, { a: {}, p: { kind: 'pivot', after: ['a'] } }],
  ['nothing after it', 3, { p: { kind: 'pivot' }, t: { kind: 'retriable', after: ['p'] } }],
  ['only retriable ones', 0, { t: { kind: 'retriable' } }],
])('E12: the budget is that of the longest path: %s', (_what, seconds, steps) => {
  expect(forwardBudgetUs(PLAIN, graph(steps))).toBe(seconds * SECOND);
});

const TWO: GraphSpec = { a: {}, b: { after: ['a'] } };

test('E12: a deadline that fits to the microsecond is accepted, one millisecond less is not', () => {
  expect(() => PLAIN.check(graph(TWO, { deadlineMs: 6_000 }))).not.toThrow();
  expect(() => PLAIN.check(graph(TWO, { deadlineMs: 5_999 }))).toThrow(UserError);
});

test('E12: the refusal names the saga, both times, and what to change', () => {
  try {
    STANDARD.check(graph(TWO, { name: 'transfer', deadlineMs: 73_199 }));
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({
      code: 'deadline-too-short',
      message: 'saga "transfer": its steps may need 73.2 s under policy "default", its deadline is 73.199 s',
      hint: 'Give it a longer deadline, shorter timeouts, or a policy with fewer attempts.',
    });
  }
});

test('E12: without a deadline everything fits', () => {
  for (const policy of Object.values(policies)) expect(() => policy.check(graph(TWO))).not.toThrow();
});

test('E12: the order of the create request, and a transfer of 300 s, fit under every policy that comes along', () => {
  const transfer = graph({ debit: {}, credit: { after: ['debit'] } }, { deadlineMs: 300_000 });
  const { definition } = sagaFromJson(order);
  expect(definition.deadlineUs).toBe(300 * SECOND);
  for (const policy of Object.values(policies))
    for (const saga of [transfer, definition]) expect(() => policy.check(saga)).not.toThrow();
});

/** The longest that forward work takes when each call fails the same way until the policy gives up. */
function worstCaseUs(
  definition: SagaDefinition,
  failure: 'timeout' | 'transient',
  jitterKey: number,
): number {
  const ends: number[] = [];
  for (const { index, after, kind } of definition.steps) {
    let now = Math.max(0, ...after.map((before) => ends[before]!));
    for (let attempt = 1; kind !== 'retriable'; attempt++) {
      const wait = STANDARD.retryDelayUs(failed({ failure, attempt, jitterKey }));
      if (failure === 'timeout' || wait < 0) now += STANDARD.callTimeoutUs;
      if (wait < 0) break;
      now += wait;
    }
    ends[index] = now;
  }
  return Math.max(0, ...ends);
}

test('E12: what fits in the budget is never cut off by the deadline while it only times out or only blinks', () => {
  fc.assert(
    fc.property(
      anySaga,
      fc.constantFrom('timeout' as const, 'transient' as const),
      fc.nat(0xffff_ffff),
      (definition, failure, jitterKey) => {
        const worst = worstCaseUs(definition, failure, jitterKey);
        expect(worst).toBeLessThanOrEqual(forwardBudgetUs(STANDARD, definition));
      },
    ),
  );
});
