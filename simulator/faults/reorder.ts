// A request is overtaken by later ones to the same participant. Counted only when one did overtake it (S7).

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const reorder = defineFault({
  kind: 'reorder',
  point: 'request',
  ceiling: { breezePpm: 50_000, stormPpm: 250_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({ delayUs: draw('delay', 1_000, 100_000) }),
  inject(fate, { delayUs = 1 }) {
    fate.delayUs += delayUs;
  },
  shrink: (params) => shrinkNumber(params, 'delayUs', 1),
  describe: ({ delayUs = 1 }) => `the request is overtaken: held for ${duration(delayUs)}`,
});
