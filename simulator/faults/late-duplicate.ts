// A request arrives again, minutes or hours later, when everybody has forgotten its saga but whoever must not.

import { defineFault, shrinkNumber } from './fault.ts';

const MINUTE_US = 60_000_000;
/** Six hours. A run goes on for so long. */
export const LATE_COPY_MAX_US = 360 * MINUTE_US;

export const lateDuplicate = defineFault({
  kind: 'late-duplicate',
  point: 'request',
  ceiling: { breezePpm: 500, stormPpm: 20_000, perRun: 64 },
  phases: ['ended'], // hardly any saga lasts that long
  draw: (draw) => ({ afterUs: draw('after', MINUTE_US, LATE_COPY_MAX_US) }),
  inject(fate, { afterUs = 1 }) {
    fate.copyAfterUs = afterUs;
    fate.isLateCopy = true;
  },
  shrink: (params) => shrinkNumber(params, 'afterUs', 1),
  describe: ({ afterUs = 1 }) => `the request arrives again ${Math.ceil(afterUs / MINUTE_US)} minutes later`,
});
