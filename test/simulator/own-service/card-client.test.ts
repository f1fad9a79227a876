// The example: the shop's own HTTP client, which takes silence for a no, put under the storm unchanged. Found, made small, run
// again; and silent once corrected.

import { expect, test } from 'vitest';
import { debugSeed } from '../../../simulator/campaign/debug.ts';
import { runCampaign } from '../../../simulator/campaign/index.ts';
import { prepare, runSeed } from '../../../simulator/campaign/job.ts';
import { shrinkRun } from '../../../simulator/campaign/shrink-run.ts';

const BUG = 'scenarios/own-service/card-client.ts';
const CORRECTED = 'scenarios/own-service/card-client-corrected.ts';

test('the bug is found, made small, and small it can be run again, event by event', async () => {
  const job = await prepare({ scenario: BUG, profile: 'storm' });
  const { seed, plan, violations } = runSeed(job, 'client/1');
  const [{ invariant, message, signature }] = violations as [(typeof violations)[0]];
  expect([invariant, message]).toEqual(['all-or-nothing', 'ended failed with charge applied and ship not']);
  const small = shrinkRun(job, { seed, plan, signature, budget: 2_000 })!;
  expect([small.plan.length, small.only.length]).toEqual([1, 1]);
  const again = runSeed(job, seed, { plan: small.plan, only: small.only });
  expect([again.verdict, again.fingerprint]).toEqual(['violated', small.fingerprint]);
});

test('the debugger shows what the client came to', async () => {
  const { events } = await debugSeed({ scenario: BUG, profile: 'calm', sagas: 1 }, 'calm');
  const done = events.find(({ kind }) => kind === 'client-done');
  expect(done?.words).toBe(
    'the client of payments in orchestrator-0 is done with charge of s-0: refused ({"error":"declined"})',
  );
  expect(done?.brief).toMatch(/^the client is done with charge: /);
});

test('one worker or two, the record is the same', async () => {
  const options = {
    scenario: BUG,
    profile: 'storm',
    rootSeed: 'client',
    seeds: 4,
    shrinkBudget: 0,
  } as const;
  const one = await runCampaign({ ...options, workers: 1, determinismChecks: 3 });
  const two = await runCampaign({ ...options, workers: 2, determinismChecks: 3 });
  expect(one.determinism).toMatchObject({ checked: 3, equal: 3 });
  expect(two.fingerprint).toBe(one.fingerprint);
  expect(two.violations.length).toBe(one.violations.length);
});

test('the corrected twin holds', async () => {
  const options = { profile: 'storm', rootSeed: 'client', seeds: 12, workers: 2 } as const;
  const record = await runCampaign({ ...options, scenario: CORRECTED });
  expect(record.runs).toMatchObject({ total: 12, held: 12 });
});
