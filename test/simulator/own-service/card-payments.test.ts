// The example: a Hono service with SQLite that looks for duplicates outside of its transaction, put under the storm
// unchanged. Found, made small, run again; and silent once corrected.

import { expect, test } from 'vitest';
import { runCampaign } from '../../../simulator/campaign/index.ts';
import { prepare, runSeed } from '../../../simulator/campaign/job.ts';
import { shrinkRun } from '../../../simulator/campaign/shrink-run.ts';
import type { RunRecord } from '../../../simulator/index.ts';

const BUG = 'scenarios/own-service/card-payments.ts';
const CORRECTED = 'scenarios/own-service/card-payments-corrected.ts';
const base = { profile: 'storm', rootSeed: 'cards', shrinkBudget: 3_000 } as const;

function withoutMeta({ meta: _, ...record }: RunRecord): unknown {
  return record;
}

test('the bug is found within 20 seeds, made small, and small it can be run again', async () => {
  const record = await runCampaign({ ...base, scenario: BUG, seeds: 20, workers: 2 });
  expect(record.verdict).toBe('violated');
  const found = record.violations.find(({ invariant }) => invariant === 'at-most-once')!;
  expect(found.message).toBe('charge of step charge took effect 2 times');
  expect(found.shrunk).toBeDefined();
  expect(found.shrunk!.sagas).toBe(1);
  expect(found.faults.map(({ kind }) => kind)).toEqual(['duplicate-request']);
});

test('made small, it can be run again, event by event', async () => {
  const job = await prepare({ scenario: BUG, profile: 'storm' });
  let found = runSeed(job, 'cards/0');
  for (let i = 1; i < 20 && found.verdict !== 'violated'; i++) found = runSeed(job, `cards/${i}`);
  const { seed, plan, violations } = found;
  const small = shrinkRun(job, { seed, plan, signature: violations[0]!.signature, budget: 3_000 })!;
  expect([small.plan.length, small.only.length]).toEqual([1, 1]);
  const again = runSeed(job, seed, { plan: small.plan, only: small.only });
  expect([again.verdict, again.fingerprint]).toEqual(['violated', small.fingerprint]);
});

test('one worker or two, the record is the same', async () => {
  const options = { ...base, scenario: BUG, seeds: 4, determinismChecks: 3, shrinkBudget: 500 };
  const one = await runCampaign({ ...options, workers: 1 });
  const two = await runCampaign({ ...options, workers: 2 });
  expect(one.determinism).toMatchObject({ checked: 3, equal: 3 });
  expect(withoutMeta(two)).toEqual(withoutMeta(one));
});

test('the corrected twin holds', async () => {
  const record = await runCampaign({ ...base, scenario: CORRECTED, seeds: 12, workers: 2 });
  expect(record.runs).toMatchObject({ total: 12, held: 12 });
});
