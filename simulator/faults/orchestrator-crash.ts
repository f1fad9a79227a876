// An orchestrator dies before or after any input or output, and comes back with nothing but the log.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const orchestratorCrash = defineFault({
  kind: 'orchestrator-crash',
  point: 'process',
  ceiling: { breezePpm: 200, stormPpm: 10_000, perRun: 24 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({ downUs: draw('down', 1_000, 5_000_000) }),
  inject(fate, { downUs = 1 }) {
    fate.crash = true;
    fate.downUs = downUs;
  },
  shrink: (params) => shrinkNumber(params, 'downUs', 1),
  describe: ({ downUs = 1 }) => `the orchestrator crashes, down for ${duration(downUs)}`,
});
