// A worker stands still for longer than a lease, another takes over, and then the first goes on with what it was about
// to do: it writes, or sends, what it decided long ago.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const zombie = defineFault({
  kind: 'zombie',
  point: 'process',
  ceiling: { breezePpm: 100, stormPpm: 5_000, perRun: 8 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({ zombieUs: draw('pause', 5_000_000, 60_000_000) }),
  inject(fate, { zombieUs = 1 }) {
    fate.takeover = true;
    fate.zombieUs = zombieUs;
  },
  shrink: (params) => shrinkNumber(params, 'zombieUs', 1),
  describe: ({ zombieUs = 1 }) =>
    `a second worker takes over, the first stands still for ${duration(zombieUs)} and goes on`,
});
