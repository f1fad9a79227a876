// A 500 after the commit: the effect stands, the answer says error. Reading it as "not applied" loses money.

import { defineFault } from './fault.ts';

export const failAfter = defineFault({
  kind: 'fail-after',
  point: 'handler',
  ceiling: { breezePpm: 20_000, stormPpm: 200_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: () => ({}),
  inject(fate) {
    fate.failAfter = true;
  },
  shrink: () => [],
  describe: () => 'the participant answers 500 after its effect',
});
