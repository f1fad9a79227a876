// The policies that come with the engine. `default` is held against the published table, number by number; the others
// against what they are named for.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FAILURE_CLASSES, type FailureClass } from '../../../engine/core/protocol.ts';
import { policies } from '../../../engine/policy/index.ts';
import { failed } from './failed.ts';

const SECOND = 1_000_000;
const STANDARD = policies.default;

/** Waits in seconds before attempts 2, 3, …, with their jitter; ends where the policy gives up. */
function secondsOf(
  failure: FailureClass,
  direction: 'forward' | 'compensation' = 'forward',
): readonly number[] {
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 20; attempt++) {
    const wait = STANDARD.retryDelayUs(failed({ failure, direction, attempt }));
    if (wait < 0) break;
    waits.push(wait / SECOND);
  }
  return waits;
}

function expectWaits(waits: readonly number[], table: readonly number[]): void {
  expect(waits.length).toBe(table.length);
  table.forEach((seconds, i) => {
    expect(waits[i]).toBeGreaterThanOrEqual(seconds);
    expect(waits[i]).toBeLessThanOrEqual(seconds * 1.1);
  });
}

test.each<[failure: FailureClass, waits: readonly number[]]>([
  ['transient', [1, 2, 4, 8]],
  ['rate_limited', [5, 7.5, 11.25, 16.875, 25.3125, 37.96875, 56.953125, 85.429687, 120]],
  ['circuit_open', [30, 30]],
  ['timeout', [2, 4]],
  ['invalid_request', []],
  ['resource_exhausted', [5, 10, 20]],
  ['dependency_failure', [2, 4, 8, 16]],
  ['business', []],
])('the standard table: after %s, wait %j seconds and no more', (failure, waits) => {
  expectWaits(secondsOf(failure), waits);
});

test.each([...FAILURE_CLASSES])('an undo that fails by %s is tried five times', (failure) => {
  expectWaits(secondsOf(failure, 'compensation'), [2, 4, 8, 16]);
});

test('the standard call timeout is ten seconds', () => {
  expect(STANDARD.callTimeoutUs).toBe(10 * SECOND);
});

test('E8: a step that must go on goes on, for whatever reason and however long, within the caps', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(policies)),
      fc.constantFrom(...FAILURE_CLASSES),
      fc.integer({ min: 1, max: 100_000 }),
      (policy, failure, attempt) => {
        const wait = policy.retryDelayUs(failed({ failure, attempt, endless: true, attemptsMax: 1 }));
        expect(wait).toBeGreaterThan(0); // never at once, or an endless step would be a busy loop
        expect(wait).toBeLessThanOrEqual(policy.toJSON().retry[failure]!.maxMs * 1_100);
      },
    ),
  );
});

test('a rejection for good is not tried again under any policy', () => {
  for (const policy of Object.values(policies)) {
    for (const failure of ['business', 'invalid_request'] as const)
      expect(policy.retryDelayUs(failed({ failure }))).toBe(-1);
  }
});

test('each policy goes by the name that it is listed under', () => {
  expect(Object.entries(policies).map(([name, policy]) => [name, policy.name])).toEqual(
    ['default', 'impatient', 'patient', 'naive', 'resilient'].map((name) => [name, name]),
  );
});

test('the impatient give up before the default does, the patient after', () => {
  const budget = (name: keyof typeof policies) => {
    const policy = policies[name];
    return policy.budgetUs('forward', policy.callTimeoutUs, undefined);
  };
  expect(budget('impatient')).toBeLessThan(budget('default'));
  expect(budget('default')).toBeLessThan(budget('patient'));
});

test('the naive wait the same short time, three attempts long, without jitter', () => {
  const waits = [1, 2, 3].flatMap((attempt) =>
    [1, 2, 3].map((jitterKey) => policies.naive.retryDelayUs(failed({ attempt, jitterKey }))),
  );
  expect(waits).toEqual([...new Array<number>(6).fill(100_000), -1, -1, -1]);
});
