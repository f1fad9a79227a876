// A request arrives twice: at once, or much later, after the saga has ended.

import { defineFault, duration, shrinkNumber } from './fault.ts';

const LATE_MAX_US = 600_000_000;

export const duplicateRequest = defineFault({
  kind: 'duplicate-request',
  point: 'request',
  ceiling: { breezePpm: 30_000, stormPpm: 500_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    afterUs: draw('late', 1, 4) === 1 ? draw('after', 1, LATE_MAX_US) : draw('after', 1, 50_000),
  }),
  inject(fate, { afterUs = 1 }) {
    fate.copyAfterUs = afterUs;
  },
  shrink: (params) => shrinkNumber(params, 'afterUs', 1),
  describe: ({ afterUs = 1 }) => `the request arrives again ${duration(afterUs)} later`,
});
