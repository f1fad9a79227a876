// Workload W on the full engine: log, every invariant, fingerprint.

import { type Profile, profiles, simulate } from '../../simulator/index.ts';
import { leanKernel } from '../reference.ts';
import { type Measure, suite } from '../suite.ts';
import { scenarioW } from '../workload-w.ts';

const SAGAS = 10_000;

export const workloadSuite = suite('workload', '10,000 concurrent sagas of three steps, full engine', () =>
  [profiles.calm, profiles.storm].map(measureOf),
);

function measureOf(profile: Profile): Measure {
  const scenario = scenarioW(SAGAS);
  return {
    id: `workload/w-${profile.name}`,
    title: `W, ${profile.name}`,
    unit: 'sagas',
    count: SAGAS,
    run(round) {
      const { verdict } = simulate(scenario, {
        seed: `w-${round}`,
        sagas: SAGAS,
        profile,
        keepPlan: false,
      });
      if (verdict !== 'held') throw new Error(`W ended ${verdict}`);
    },
    reference: leanKernel,
  };
}
