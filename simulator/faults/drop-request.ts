// The request is lost on its way: no effect, no answer.

import { defineFault } from './fault.ts';

export const dropRequest = defineFault({
  kind: 'drop-request',
  point: 'request',
  ceiling: { breezePpm: 20_000, stormPpm: 300_000 },
  phases: ['running', 'compensating'],
  draw: () => ({}),
  inject(fate) {
    fate.dropped = true;
  },
  shrink: () => [],
  describe: () => 'the request is lost',
});
