// The clock of an orchestrator's machine is set, forward or back; it never shows a time before the begin.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const clockJump = defineFault({
  kind: 'clock-jump',
  point: 'process',
  ceiling: { breezePpm: 200, stormPpm: 5_000, perRun: 6 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    back: draw('back', 0, 1),
    jumpUs: draw('long', 1, 3) === 1 ? draw('jump', 1, 600_000_000) : draw('jump', 1, 10_000_000),
  }),
  inject(fate, { back = 0, jumpUs = 1 }) {
    fate.jumpUs = back === 1 ? -jumpUs : jumpUs;
  },
  shrink: (params) => shrinkNumber(params, 'jumpUs', 1),
  describe: ({ back = 0, jumpUs = 1 }) =>
    `the orchestrator's clock jumps ${back === 1 ? 'back' : 'forward'} by ${duration(jumpUs)}`,
});
