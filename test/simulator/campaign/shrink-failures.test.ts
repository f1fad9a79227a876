// A failure that cannot be made small keeps nobody from the others, nor from the record.

import { expect, test } from 'vitest';
import type { Failure } from '../../../simulator/campaign/run-summary.ts';
import { type ShrinkWork, shrinkFailures } from '../../../simulator/campaign/shrink-failures.ts';
import type { ShrunkRun } from '../../../simulator/campaign/shrink-run.ts';

const small: ShrunkRun = {
  only: [0],
  plan: [],
  violation: { invariant: 'i', statement: '', message: '', atUs: 0, signature: 's' },
  fingerprint: '',
  events: 1,
  isMinimal: true,
  attempts: 1,
  from: { faults: 1, sagas: 1, events: 1 },
};

function failure(signature: string): Failure {
  return {
    violation: { ...small.violation, signature },
    seed: signature,
    fingerprint: '',
    plan: [],
    runs: 1,
  };
}

function work(shrink: ShrinkWork['shrink'], more: Partial<ShrinkWork> = {}): ShrinkWork {
  const failures = ['a', 'b', 'c'].map(failure);
  return { failures, budget: 300, lanes: 2, signal: undefined, shrink, ...more };
}

test('one that breaks off is left, with the reason; the others share the budget', async () => {
  const budgets: number[] = [];
  const outcomes = await shrinkFailures(
    work(async ({ signature, budget }) => {
      budgets.push(budget);
      if (signature === 'b') throw new TypeError('the ink is dry');
      return signature === 'c' ? undefined : small;
    }),
  );
  expect(Object.fromEntries(outcomes)).toEqual({
    a: { kind: 'shrunk', run: small },
    b: { kind: 'left', why: 'the ink is dry' },
  });
  expect(budgets).toEqual([100, 100, 100]);
});

test('stopped in the middle of a search: what is small is kept, the rest is left', async () => {
  const stop = new AbortController();
  const outcomes = await shrinkFailures(
    work(
      ({ signature }) => {
        if (signature === 'a') return Promise.resolve(small);
        stop.abort();
        return new Promise(() => undefined);
      },
      { lanes: 1, signal: stop.signal },
    ),
  );
  expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['shrunk', 'left', 'left']);
});

test('without a budget nothing is searched', async () => {
  const outcomes = await shrinkFailures(work(() => Promise.reject(new Error('searched')), { budget: 0 }));
  expect(outcomes.size).toBe(0);
});
