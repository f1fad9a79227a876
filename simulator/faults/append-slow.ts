// An append takes long: long enough, at times, that its writer reads back before it lands.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const appendSlow = defineFault({
  kind: 'append-slow',
  point: 'append',
  ceiling: { breezePpm: 10_000, stormPpm: 100_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    delayUs: draw('long', 1, 8) === 1 ? draw('delay', 1, 12_000_000) : draw('delay', 1, 500_000),
  }),
  inject(fate, { delayUs = 1 }) {
    fate.delayUs += delayUs;
  },
  shrink: (params) => shrinkNumber(params, 'delayUs', 1),
  describe: ({ delayUs = 1 }) => `the append takes ${duration(delayUs)}`,
});
