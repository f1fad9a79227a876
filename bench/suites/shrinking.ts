// How fast a failed run is made small: attempts of the search on a planted bug, all the way to a minimal plan.

import { prepare, runSeed } from '../../simulator/campaign/job.ts';
import { shrinkRun } from '../../simulator/campaign/shrink-run.ts';
import { modulePath } from '../../simulator/campaign/source-tree.ts';
import { leanKernel } from '../reference.ts';
import type { Suite } from '../suite.ts';

const SEEDS_MAX = 200;
const BUDGET = 200_000;

export const shrinkingSuite: Suite = {
  name: 'shrinking',
  about: 'the search for the smallest failing plan of a planted bug',
  async open() {
    const scenario = modulePath('scenarios/planted-bugs/compensates-only-completed');
    const prepared = await prepare({ scenario, profile: 'storm', sagas: 20 });
    for (let i = 0; i < SEEDS_MAX; i++) {
      const seed = `shrink/${i}`;
      const { violations, plan } = runSeed(prepared, seed, { keepPlan: true });
      const [first] = violations;
      if (first === undefined) continue;
      const request = { seed, plan, signature: first.signature, budget: BUDGET };
      const { attempts } = shrinkRun(prepared, request)!;
      const run = (): void => {
        if (shrinkRun(prepared, request)?.attempts !== attempts) throw new Error('another search');
      };
      const about = { title: `${plan.length} faults, 20 sagas, to a minimal plan`, unit: 'attempts' };
      const measure = { id: 'shrinking/attempts', ...about, count: attempts, run, reference: leanKernel };
      return { measures: [measure], close: () => undefined };
    }
    throw new Error(`no seed of ${SEEDS_MAX} finds the planted bug`);
  },
};
