// Many small runs, what a search of seeds does all day; and what a second worker thread brings.

import bankTransfer from '../../scenarios/bank-transfer.ts';
import { runCampaign } from '../../simulator/campaign/index.ts';
import { type Profile, profiles, simulate } from '../../simulator/index.ts';
import { leanKernel } from '../reference.ts';
import { type Measure, suite, type Work } from '../suite.ts';

const SAGAS = 20;
const RUNS = 100;
const CAMPAIGN_RUNS = 1_000;

export const explorationSuite = suite('exploration', 'runs of 20 sagas of bank-transfer', () => [
  onOneCore(profiles.calm),
  onOneCore(profiles.storm),
  {
    ...campaign(2),
    id: 'exploration/two-workers',
    unit: 'runs',
    reference: campaign(1),
  },
]);

function onOneCore(profile: Profile): Measure {
  return {
    id: `exploration/small-${profile.name}`,
    title: `one core, ${profile.name}`,
    unit: 'runs',
    count: RUNS,
    run(round) {
      for (let i = 0; i < RUNS; i++) {
        const seed = `small-${round}/${i}`;
        const { verdict } = simulate(bankTransfer, { seed, sagas: SAGAS, profile, keepPlan: false });
        if (verdict !== 'held') throw new Error(`seed ${seed} ended ${verdict}`);
      }
    },
    reference: leanKernel,
  };
}

function campaign(workers: number): Work {
  return {
    title: workers === 1 ? 'one worker' : `${workers} workers, storm`,
    count: CAMPAIGN_RUNS,
    async run(round) {
      const { verdict } = await runCampaign({
        scenario: 'bank-transfer',
        profile: 'storm',
        sagas: SAGAS,
        rootSeed: `workers-${round}`,
        seeds: CAMPAIGN_RUNS,
        determinismChecks: 0,
        workers,
      });
      if (verdict !== 'held') throw new Error(`the campaign ended ${verdict}`);
    },
  };
}
