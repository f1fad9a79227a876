// A new version of the definitions is rolled out while sagas run: an orchestrator begins with the older versions, is
// restarted with the newer, and has sagas of both. Counted when it had sagas that were open.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const deploy = defineFault({
  kind: 'deploy',
  point: 'deploy',
  ceiling: { breezePpm: 100_000, stormPpm: 900_000 },
  phases: ['running'],
  draw: (draw) => ({ atUs: draw('at', 10_000, 1_500_000), downUs: draw('down', 1_000, 2_000_000) }),
  inject(fate, { atUs = 0, downUs = 1 }) {
    fate.atUs = atUs;
    fate.downUs = downUs;
  },
  shrink: (params) => shrinkNumber(params, 'downUs', 1),
  describe: ({ atUs = 0, downUs = 1 }) =>
    `the orchestrator gets the newer definitions at ${duration(atUs)}, down for ${duration(downUs)}`,
});
