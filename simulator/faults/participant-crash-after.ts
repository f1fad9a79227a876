// A participant goes down between its commit and its answer. The effect stands; the answer never comes.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const participantCrashAfter = defineFault({
  kind: 'participant-crash-after',
  point: 'handler',
  ceiling: { breezePpm: 1_000, stormPpm: 20_000, perRun: 12 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({ downUs: draw('down', 10_000, 5_000_000) }),
  inject(fate, { downUs = 1 }) {
    fate.crash = 'after';
    fate.downUs = downUs;
  },
  shrink: (params) => shrinkNumber(params, 'downUs', 1),
  describe: ({ downUs = 1 }) => `the participant crashes after its commit, down for ${duration(downUs)}`,
});
