// What is told of the failures of a campaign: one bug as one failure, the smallest story first.

import { expect, test } from 'vitest';
import { prepare } from '../../../simulator/campaign/job.ts';
import { recordFailures } from '../../../simulator/campaign/record-failures.ts';
import type { Failure } from '../../../simulator/campaign/run-summary.ts';
import type { ShrinkOutcome } from '../../../simulator/campaign/shrink-failures.ts';
import type { PlannedFault, RecordedViolation } from '../../../simulator/index.ts';

interface Found {
  readonly signature: string;
  readonly message?: string;
  readonly invariant?: string;
  /** Of the small run; left out: it was not made small. */
  readonly plan?: readonly PlannedFault[];
  readonly isMinimal?: boolean;
}

const fault = (at: string): PlannedFault => ({ kind: 'drop-reply', at, params: {} });
const job = { scenario: 'bank-transfer', sagas: 3, profile: 'storm' } as const;
const prepared = await prepare(job);

function told(...found: readonly Found[]): readonly RecordedViolation[] {
  const outcomes = new Map<string, ShrinkOutcome>();
  const failures = found.map(
    ({ signature, message = 'lost', invariant = 'i', plan, isMinimal = true }): Failure => {
      const violation = { invariant, statement: '', message, atUs: 0, signature };
      const from = { faults: 9, sagas: 3, events: 9 };
      const run = { only: [0], violation, fingerprint: '', events: 1, attempts: 1, from };
      if (plan !== undefined) outcomes.set(signature, { kind: 'shrunk', run: { ...run, plan, isMinimal } });
      return { violation, seed: signature, fingerprint: '', plan: plan ?? [], runs: 1 };
    },
  );
  return recordFailures(job, prepared, failures, outcomes);
}

test('the smallest runs come first, then those that could not be made small', () => {
  const two = [fault('s-0/debit/forward#1:reply'), fault('s-0/credit/forward#1:reply')];
  const records = told(
    { signature: 'never:t:', message: 'a' },
    { signature: 'two:t:', message: 'b', plan: two },
    { signature: 'one:t:', message: 'c', plan: [two[0]!] },
  );
  expect(records.map(({ seed }) => seed)).toEqual(['one:t:', 'two:t:', 'never:t:']);
});

test('the same faults at the same points are one failure, whichever saga they strike, with all that it breaks', () => {
  const [record, ...others] = told(
    { signature: 'a:t:', invariant: 'a', plan: [fault('s-0/debit/forward#1:reply')] },
    { signature: 'b:t:', invariant: 'b', plan: [fault('s-7/debit/forward#1:reply')] },
  );
  expect(others).toEqual([]);
  expect(record).toMatchObject({ invariant: 'a', also: ['b'] });
});

test('one run that breaks two things is one failure, also when it could be smaller', () => {
  const run = { plan: [fault('s-0/debit/forward#1:reply'), fault('s-1/x')], isMinimal: false };
  const records = told(
    { signature: 'a:t:', invariant: 'a', ...run },
    { signature: 'b:t:', invariant: 'b', ...run },
  );
  expect(records).toHaveLength(1);
  expect(records[0]).toMatchObject({ invariant: 'a', also: ['b'] });
});

test('what is said in the same words, and was not made as small, is counted with the small one', () => {
  const records = told(
    { signature: 'i:t:+.', plan: [fault('s-0/a'), fault('s-1/b'), fault('s-2/c')], isMinimal: false },
    { signature: 'i:t:++', plan: [fault('s-0/debit/forward#1:reply')] },
    { signature: 'i:t:-+' },
    { signature: 'i:t:--', message: 'in other words' },
    { signature: 'i:u:++' },
  );
  expect(records.map(({ seed, alike }) => [seed, alike])).toEqual([
    ['i:t:++', 2],
    ['i:t:--', undefined],
    ['i:u:++', undefined],
  ]);
});

test('two small runs with different faults are two failures, though they say the same', () => {
  const records = told(
    { signature: 'i:t:+', plan: [fault('s-0/debit/forward#1:reply')] },
    { signature: 'i:t:-', plan: [fault('s-0/credit/forward#1:reply')] },
  );
  expect(records.map(({ alike }) => alike)).toEqual([undefined, undefined]);
});
