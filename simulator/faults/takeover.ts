// A second worker takes over while the first goes on: it was only thought dead, and does not know it. What it writes
// from now on must be refused (E10), what it sends must do no harm.

import { defineFault } from './fault.ts';

export const takeover = defineFault({
  kind: 'takeover',
  point: 'process',
  ceiling: { breezePpm: 100, stormPpm: 5_000, perRun: 12 },
  phases: ['running', 'compensating', 'ended'],
  draw: () => ({}),
  inject(fate) {
    fate.takeover = true;
  },
  shrink: () => [],
  describe: () => 'a second worker takes over, the first goes on',
});
