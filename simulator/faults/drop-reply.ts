// The reply is lost: the effect stands and nobody was told. The fault that most sagas get wrong (E2).

import { defineFault } from './fault.ts';

export const dropReply = defineFault({
  kind: 'drop-reply',
  point: 'reply',
  ceiling: { breezePpm: 20_000, stormPpm: 300_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: () => ({}),
  inject(fate) {
    fate.dropped = true;
  },
  shrink: () => [],
  describe: () => 'the reply is lost, its effect stands',
});
