// The store refuses an append: certainly not written.

import { defineFault } from './fault.ts';

export const appendFails = defineFault({
  kind: 'append-fails',
  point: 'append',
  ceiling: { breezePpm: 10_000, stormPpm: 100_000 },
  phases: ['running', 'compensating'],
  draw: () => ({}),
  inject(fate) {
    fate.answer = 'failed';
  },
  shrink: () => [],
  describe: () => 'the append fails, nothing is written',
});
