// A participant goes down with a request in its hands, before the commit. It comes back with what was durable.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const participantCrashBefore = defineFault({
  kind: 'participant-crash-before',
  point: 'handler',
  ceiling: { breezePpm: 1_000, stormPpm: 20_000, perRun: 12 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({ downUs: draw('down', 10_000, 5_000_000) }),
  inject(fate, { downUs = 1 }) {
    fate.crash = 'before';
    fate.downUs = downUs;
  },
  shrink: (params) => shrinkNumber(params, 'downUs', 1),
  describe: ({ downUs = 1 }) => `the participant crashes before its commit, down for ${duration(downUs)}`,
});
