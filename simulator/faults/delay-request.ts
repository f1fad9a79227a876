// A request is held up for so long that its caller has given up when it arrives.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const delayRequest = defineFault({
  kind: 'delay-request',
  point: 'request',
  ceiling: { breezePpm: 20_000, stormPpm: 150_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    delayUs: draw('long', 1, 3) === 1 ? draw('delay', 1, 60_000_000) : draw('delay', 1, 1_000_000),
  }),
  inject(fate, { delayUs = 1 }) {
    fate.delayUs += delayUs;
  },
  shrink: (params) => shrinkNumber(params, 'delayUs', 1),
  describe: ({ delayUs = 1 }) => `the request is ${duration(delayUs)} late`,
});
