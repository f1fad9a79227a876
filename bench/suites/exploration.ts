// Many small runs, what a search of seeds does all day; and what a second worker thread brings. Threads are kept for all
// rounds, as a long campaign keeps them: what each has to compile first is its warm-up.

import bankTransfer from '../../scenarios/bank-transfer.ts';
import type { Job } from '../../simulator/campaign/index.ts';
import { WorkerPool } from '../../simulator/campaign/worker-pool.ts';
import { type Profile, profiles, simulate } from '../../simulator/index.ts';
import { leanKernel } from '../reference.ts';
import type { Measure, Suite, Work } from '../suite.ts';

const SAGAS = 20;
const RUNS = 100;
/** What a thread is given at a time, and so many times in a round. */
const BATCH = 100;
const BATCHES = 20;
const JOB: Job = { scenario: 'bank-transfer', profile: 'storm', sagas: SAGAS };

export const explorationSuite: Suite = {
  name: 'exploration',
  about: 'runs of 20 sagas of bank-transfer',
  async open() {
    const [one, two] = [new WorkerPool(JOB, 1), new WorkerPool(JOB, 2)];
    return {
      measures: [
        onOneCore(profiles.calm),
        onOneCore(profiles.storm),
        {
          ...onThreads(two, 2, '2 workers, storm'),
          id: 'exploration/two-workers',
          unit: 'runs',
          reference: onThreads(one, 1, 'one worker'),
        },
      ],
      close: async () => void (await Promise.all([one.close(), two.close()])),
    };
  },
};

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

/** Batches of runs, the next as soon as a thread is free. */
function onThreads(pool: WorkerPool, threads: number, title: string): Work {
  return {
    title,
    count: BATCHES * BATCH,
    async run(round) {
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < BATCHES) {
          const batch = next++;
          const seeds = Array.from({ length: BATCH }, (_, i) => `workers-${round}/${batch}/${i}`);
          const { runs } = await pool.runSeeds(seeds);
          if (runs.held !== BATCH) throw new Error(`${BATCH - runs.held} of ${BATCH} runs did not hold`);
        }
      };
      await Promise.all(Array.from({ length: threads }, lane));
    },
  };
}
