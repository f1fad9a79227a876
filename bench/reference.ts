// The reference of everything that is simulated or computed: workload W by hand, for speed alone (lean-closure.ts).

import { runLean } from './lean-closure.ts';
import type { Work } from './suite.ts';
import { workloadW } from './workload-w.ts';

const SAGAS = 10_000;

export const leanKernel: Work = {
  title: 'lean closure kernel',
  count: SAGAS,
  run() {
    runLean(workloadW, SAGAS);
  },
};
