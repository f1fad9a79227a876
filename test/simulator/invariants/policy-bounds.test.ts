// What can be known of a policy by asking it.

import { expect, test } from 'vitest';
import { FAILURE_CLASSES } from '../../../engine/core/protocol.ts';
import { definePolicy, policies } from '../../../engine/index.ts';
import { PolicyBounds } from '../../../simulator/invariants/policy-bounds.ts';

const standard = PolicyBounds.of(policies.default);

test('the least delay is near the table, and no wait is below it', () => {
  const least = standard.leastDelayUs('forward', 'transient', 2);
  expect(least).toBeLessThanOrEqual(2_000_000);
  expect(least).toBeGreaterThan(1_700_000);
});

test('a policy with full jitter may wait for nothing', () => {
  const jittery = PolicyBounds.of(definePolicy({ name: 'jittery', jitter: [0, 1_000] }));
  expect(jittery.leastDelayUs('forward', 'transient', 1)).toBe(0);
});

test('the least delay of each question is its own, in whatever order they are asked', () => {
  const questions = (['forward', 'compensation'] as const).flatMap((direction) =>
    FAILURE_CLASSES.flatMap((failure) =>
      [1, 2, 3, 9].map((attempt) => [direction, failure, attempt] as const),
    ),
  );
  const compensation = { attemptsMax: 9, initialMs: 7_000, maxMs: 99_000, factorPermille: 3_000 };
  const rules = () => definePolicy({ name: 'patient', compensation });
  const together = PolicyBounds.of(rules());
  const answers = questions.map((question) => together.leastDelayUs(...question));
  const alone = questions.map((question) => PolicyBounds.of(rules()).leastDelayUs(...question));
  expect(answers).toEqual(alone);
  expect(questions.map((question) => together.leastDelayUs(...question))).toEqual(alone);
  expect(new Set(alone).size).toBeGreaterThan(10);
});

test('the attempts are those of the most patient class, or of the step', () => {
  expect(standard.attemptsMax('forward', undefined)).toBe(10);
  expect(standard.attemptsMax('forward', 2)).toBe(2);
  expect(standard.attemptsMax('compensation', undefined)).toBe(5);
  expect(standard.allowsMore('forward', 'timeout', 2, undefined)).toBe(true);
  expect(standard.allowsMore('forward', 'timeout', 3, undefined)).toBe(false);
});

test('the attempts within a time are those that its waits leave room for, and no more than the policy allows', () => {
  const quick = { attemptsMax: 500, initialMs: 100, maxMs: 100, factorPermille: 1_000 };
  const bounds = PolicyBounds.of(definePolicy({ name: 'quick', retry: { transient: quick } }));
  const within = bounds.attemptsWithin('forward', undefined, 1_000_000);
  expect([within >= 10, within < 20]).toEqual([true, true]);
  expect(bounds.attemptsWithin('forward', undefined, 3_600_000_000)).toBe(500);
  expect(bounds.attemptsWithin('forward', 3, 3_600_000_000)).toBe(3);
  expect(standard.attemptsWithin('forward', undefined, 60_000_000)).toBeLessThan(10);
});
