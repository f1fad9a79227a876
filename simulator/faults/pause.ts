// An orchestrator stops dead for a while and then goes on as if nothing had been: garbage collection, a frozen
// virtual machine. What arrived meanwhile is handled in one go.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const pause = defineFault({
  kind: 'pause',
  point: 'process',
  ceiling: { breezePpm: 200, stormPpm: 10_000, perRun: 16 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    pauseUs: draw('long', 1, 3) === 1 ? draw('pause', 1, 30_000_000) : draw('pause', 1, 1_000_000),
  }),
  inject(fate, { pauseUs = 1 }) {
    fate.pauseUs = pauseUs;
  },
  shrink: (params) => shrinkNumber(params, 'pauseUs', 1),
  describe: ({ pauseUs = 1 }) => `the orchestrator stands still for ${duration(pauseUs)}`,
});
