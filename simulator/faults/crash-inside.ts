// A participant goes down between two commits of its own: the first stands, the second never comes, nobody is told.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const crashInside = defineFault({
  kind: 'crash-inside',
  point: 'commit',
  ceiling: { breezePpm: 1_000, stormPpm: 20_000, perRun: 12 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({ downUs: draw('down', 10_000, 5_000_000) }),
  inject(fate, { downUs = 1 }) {
    fate.crash = true;
    fate.downUs = downUs;
  },
  shrink: (params) => shrinkNumber(params, 'downUs', 1),
  describe: ({ downUs = 1 }) =>
    `the participant crashes between two commits of its own, down for ${duration(downUs)}`,
});
