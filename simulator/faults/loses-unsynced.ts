// The store crashes and comes back: what was not synced is lost, and so are the answers to it. A torn tail is the
// same: an append is atomic, so recovery drops the torn one whole.

import { defineFault } from './fault.ts';

export const losesUnsynced = defineFault({
  kind: 'loses-unsynced',
  point: 'append',
  ceiling: { breezePpm: 500, stormPpm: 10_000, perRun: 16 },
  phases: ['running', 'compensating'],
  draw: () => ({}),
  inject(fate) {
    fate.restart = true;
  },
  shrink: () => [],
  describe: () => 'the store restarts and loses every append that was not synced',
});
