// A policy that a person wrote: every limit in it is honoured, and a wrong one is refused in a clear sentence.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../../engine/core/user-error.ts';
import {
  circuitBreakers,
  definePolicy,
  type PolicySpec,
  policies,
  type RetryRow,
  retryBudgets,
} from '../../../engine/policy/index.ts';
import { failed } from './failed.ts';

const ROW: RetryRow = { attemptsMax: 4, initialMs: 100, maxMs: 1_000, factorPermille: 2_000 };
const DAY_MS = 86_400_000;

const anyRow = fc
  .record({
    attemptsMax: fc.integer({ min: 1, max: 1_000 }),
    initialMs: fc.nat(DAY_MS),
    more: fc.nat(DAY_MS),
    factorPermille: fc.integer({ min: 1_000, max: 10_000 }),
  })
  .map(({ more, ...row }): RetryRow => ({ ...row, maxMs: Math.min(DAY_MS, row.initialMs + more) }));

const anyAttempt = fc.integer({ min: 1, max: 1_200 });
const anyKey = fc.nat(0xffff_ffff);

test('what a policy leaves out is that of the standard', () => {
  const { name: _, ...standard } = policies.default.toJSON();
  expect(definePolicy({ name: 'mine' }).toJSON()).toEqual({ ...standard, name: 'mine' });
  const mine = definePolicy({ name: 'mine', retry: { timeout: ROW } }).toJSON();
  expect(mine.retry).toEqual({ ...standard.retry, timeout: ROW });
});

test('a policy survives JSON, so that a record can show it and a person can run it again', () => {
  const mine = definePolicy({
    name: 'mine',
    callTimeoutMs: 5,
    retry: { business: ROW },
    jitter: [0, 7],
  });
  const again = definePolicy(JSON.parse(JSON.stringify(mine)) as PolicySpec);
  expect(again.toJSON()).toEqual(mine.toJSON());
  expect(again.retryDelayUs(failed())).toBe(mine.retryDelayUs(failed()));
});

test('all limits hold: the rule’s, and the step’s own where it is smaller', () => {
  fc.assert(
    fc.property(
      anyRow,
      fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined }),
      anyAttempt,
      (row, attemptsMax, attempt) => {
        const policy = definePolicy({ name: 'mine', retry: { timeout: row } });
        const wait = policy.retryDelayUs(failed({ attempt, attemptsMax }));
        expect(wait === -1).toBe(attempt >= Math.min(row.attemptsMax, attemptsMax ?? row.attemptsMax));
      },
    ),
  );
});

test('E11: waits never pass the cap by more than the jitter, and never shrink but by the jitter', () => {
  fc.assert(
    fc.property(anyRow, anyAttempt, anyKey, (row, attempt, jitterKey) => {
      const policy = definePolicy({ name: 'mine', retry: { timeout: { ...row, attemptsMax: 1_000 } } });
      const [wait, next] = [attempt, attempt + 1].map((attempt) =>
        policy.retryDelayUs(failed({ attempt, jitterKey, endless: true })),
      );
      expect(Number.isSafeInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(row.initialMs * 1_000);
      expect(wait).toBeLessThanOrEqual(row.maxMs * 1_100);
      expect(next! * 1.1 + 2).toBeGreaterThanOrEqual(wait!); // each is rounded down once
    }),
  );
});

test('the same question always has the same answer', () => {
  fc.assert(
    fc.property(anyRow, anyAttempt, anyKey, (row, attempt, jitterKey) => {
      const ask = () =>
        definePolicy({ name: 'mine', retry: { timeout: row } }).retryDelayUs(failed({ attempt, jitterKey }));
      expect(ask()).toBe(ask());
    }),
  );
});

test('the wait is as long as the participant asks for, if that is longer', () => {
  const policy = definePolicy({ name: 'mine', retry: { rate_limited: ROW }, jitter: [1_000, 1_000] });
  const ask = (retryAfterUs: number, attempt = 1) =>
    policy.retryDelayUs(failed({ failure: 'rate_limited', retryAfterUs, attempt }));
  expect(ask(0)).toBe(100_000);
  expect(ask(99_999)).toBe(100_000);
  expect(ask(7_000_000)).toBe(7_000_000);
  expect(ask(7_000_000, 4)).toBe(-1); // asking to wait does not buy another attempt
});

test('E8: a participant that asks to be left alone for ten years stalls an endless step for an hour', () => {
  const policy = definePolicy({ name: 'mine', retry: { rate_limited: ROW }, compensation: ROW });
  const tenYearsUs = 3_650 * 86_400_000_000;
  for (const direction of ['forward', 'compensation'] as const) {
    const question = { direction, failure: 'rate_limited', retryAfterUs: tenYearsUs, endless: true } as const;
    expect(policy.retryDelayUs(failed(question))).toBe(3_600_000_000);
  }
});

test('an undo goes by its own rule, whatever failed', () => {
  const policy = definePolicy({ name: 'mine', compensation: ROW, jitter: [1_000, 1_000] });
  for (const failure of ['timeout', 'business', 'rate_limited'] as const) {
    const waits = [1, 2, 3, 4].map((attempt) =>
      policy.retryDelayUs(failed({ direction: 'compensation', failure, attempt })),
    );
    expect(waits).toEqual([100_000, 200_000, 400_000, -1]);
  }
});

test.each<[sentence: string, spec: PolicySpec]>([
  ['policy name "" is not usable', { name: '' }],
  ['policy name "very patient" is not usable', { name: 'very patient' }],
  [
    'policy "p": callTimeoutMs is 0; it must be a whole number from 1 to 86400000',
    { name: 'p', callTimeoutMs: 0 },
  ],
  [
    'policy "p": callTimeoutMs is NaN; it must be a whole number from 1 to 86400000',
    { name: 'p', callTimeoutMs: Number.NaN },
  ],
  [
    'policy "p": retry.timeout.attemptsMax is 0; it must be a whole number from 1 to 1000',
    { name: 'p', retry: { timeout: { ...ROW, attemptsMax: 0 } } },
  ],
  [
    'policy "p": retry.timeout.initialMs is 0.5; it must be a whole number from 0 to 86400000',
    { name: 'p', retry: { timeout: { ...ROW, initialMs: 0.5 } } },
  ],
  [
    'policy "p": retry.timeout.maxMs is 99, less than its initialMs, 100',
    { name: 'p', retry: { timeout: { ...ROW, maxMs: 99 } } },
  ],
  [
    'policy "p": compensation.factorPermille is 999; it must be a whole number from 1000 to 10000',
    { name: 'p', compensation: { ...ROW, factorPermille: 999 } },
  ],
  [
    'policy "p": jitter[1] is 900; it must be a whole number from 1000 to 10000',
    { name: 'p', jitter: [1_000, 900] },
  ],
  ['policy "p": jitter is "some"', { name: 'p', jitter: 'some' as unknown as 'full' }],
  ['policy "p": unknown member "bulkhaed"', { name: 'p', bulkhaed: {} } as unknown as PolicySpec],
  [
    'policy "p": bulkhead.queueMax is undefined; it must be a whole number from 0 to 1000000',
    { name: 'p', bulkhead: { callsMax: 1 } as unknown as NonNullable<PolicySpec['bulkhead']> },
  ],
  ['policy "p": hedge is 5; it must be an object', { name: 'p', hedge: 5 } as unknown as PolicySpec],
  [
    'policy "p": circuitBreaker.callsMin is 6, more than its windowCalls, 5: it would never open',
    { name: 'p', circuitBreaker: { ...circuitBreakers.fiveInARow, callsMin: 6 } },
  ],
  [
    'policy "p": retryBudget.charge is "both"',
    { name: 'p', retryBudget: { ...retryBudgets.aws, charge: 'both' as unknown as 'retries' } },
  ],
  [
    'policy "p": retry.timeout.backoff is "exponentiel"',
    { name: 'p', retry: { timeout: { ...ROW, backoff: 'exponentiel' as unknown as 'fixed' } } },
  ],
  [
    'policy "p": "tiemout" is no failure class',
    { name: 'p', retry: { tiemout: ROW } as unknown as NonNullable<PolicySpec['retry']> },
  ],
])('a wrong policy is refused: %s', (sentence, spec) => {
  expect(() => definePolicy(spec)).toThrow(UserError);
  expect(() => definePolicy(spec)).toThrow(sentence);
});
