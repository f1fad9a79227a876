// An append is written, but its answer is an error (E10).

import { defineFault } from './fault.ts';

export const appendUnknown = defineFault({
  kind: 'append-unknown',
  point: 'append',
  ceiling: { breezePpm: 10_000, stormPpm: 100_000 },
  phases: ['running', 'compensating'],
  draw: () => ({}),
  inject(fate) {
    fate.answer = 'unknown';
  },
  shrink: () => [],
  describe: () => 'the append is written, the answer is an error',
});
