// The suites of `sagastorm bench`, in the order in which they run. Adding one: write it in suites/, add it here.

import type { Suite } from './suite.ts';
import { apiSuite } from './suites/api.ts';
import { engineSuite } from './suites/engine.ts';
import { explorationSuite } from './suites/exploration.ts';
import { kernelSuite } from './suites/kernel.ts';
import { liveSuite } from './suites/live.ts';
import { reportsSuite } from './suites/reports.ts';
import { shrinkingSuite } from './suites/shrinking.ts';
import { storesSuite } from './suites/stores.ts';
import { workloadSuite } from './suites/workload.ts';

export const SUITES: readonly Suite[] = [
  kernelSuite,
  engineSuite,
  workloadSuite,
  explorationSuite,
  shrinkingSuite,
  storesSuite,
  liveSuite,
  apiSuite,
  reportsSuite,
];
