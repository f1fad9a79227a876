// A reply arrives twice; the second may come when the saga has long moved on (E5, E6).

import { defineFault, duration, shrinkNumber } from './fault.ts';

const LATE_MAX_US = 60_000_000;

export const duplicateReply = defineFault({
  kind: 'duplicate-reply',
  point: 'reply',
  ceiling: { breezePpm: 30_000, stormPpm: 500_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    afterUs: draw('late', 1, 4) === 1 ? draw('after', 1, LATE_MAX_US) : draw('after', 1, 50_000),
  }),
  inject(fate, { afterUs = 1 }) {
    fate.copyAfterUs = afterUs;
  },
  shrink: (params) => shrinkNumber(params, 'afterUs', 1),
  describe: ({ afterUs = 1 }) => `the reply arrives again ${duration(afterUs)} later`,
});
