// The clock of a machine, orchestrator or participant, is wrong by some seconds and runs too fast or too slow.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const clockDrift = defineFault({
  kind: 'clock-drift',
  point: 'clock',
  ceiling: { breezePpm: 2_000, stormPpm: 30_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    slow: draw('slow', 0, 1),
    driftPpm: draw('drift', 1, 20_000),
    behind: draw('behind', 0, 1),
    skewUs: draw('skewed', 0, 1) * draw('skew', 0, 5_000_000),
  }),
  inject(fate, { slow = 0, driftPpm = 0, behind = 0, skewUs = 0 }) {
    fate.driftPpm = slow === 1 ? -driftPpm : driftPpm;
    fate.skewUs = behind === 1 ? -skewUs : skewUs;
  },
  shrink: (params) => [...shrinkNumber(params, 'driftPpm', 0), ...shrinkNumber(params, 'skewUs', 0)],
  describe: ({ slow = 0, driftPpm = 0, behind = 0, skewUs = 0 }) => {
    const skew = skewUs === 0 ? '' : ` and is ${duration(skewUs)} ${behind === 1 ? 'behind' : 'ahead'}`;
    return `the clock runs too ${slow === 1 ? 'slow' : 'fast'} by ${driftPpm} ppm${skew}`;
  },
});
