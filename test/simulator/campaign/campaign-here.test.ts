// A campaign in the thread of a test comes to what a campaign on threads comes to (H1), and stops when it is told to.

import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { campaignHere, type HereOptions } from '../../../simulator/campaign/campaign-here.ts';
import { runCampaign } from '../../../simulator/campaign/index.ts';
import forgetful from '../../testing/fixtures/forgetful.ts';

const FILE = resolve('test/testing/fixtures/forgetful.ts');
const HERE: HereOptions = {
  rootSeed: 'here',
  seeds: 12,
  sagas: 5,
  profile: 'storm',
  repeats: 1,
  explains: false,
  shrinkBudget: 0,
  file: FILE,
  askedIn: import.meta.filename,
  out: '.sagastorm',
};

test('the same seeds, failures and fingerprint as on threads', async () => {
  const { rootSeed, seeds, sagas, profile } = HERE;
  const there = await runCampaign({ scenario: FILE, rootSeed, seeds, sagas, profile, shrinkBudget: 0 });
  const here = await campaignHere(forgetful, HERE);
  expect(here.fingerprint).toBe(there.fingerprint);
  expect(here.runs).toEqual(there.runs);
  expect(here.determinism).toEqual(there.determinism);
  const told = ({ invariant, seed, message, runs }: (typeof here.violations)[number]) =>
    [invariant, seed, message, runs] as const;
  expect(here.violations.map(told)).toEqual(there.violations.map(told));
});

test('one that is stopped says of how much it speaks', async () => {
  const { inconclusive, runs } = await campaignHere(forgetful, { ...HERE, signal: AbortSignal.abort() });
  expect(runs.total).toBe(0);
  expect(inconclusive).toContainEqual({ seed: 'here', reason: 'stopped after 0 of 12 runs' });
});
