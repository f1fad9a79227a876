// A saga's log is read from a replica that lags: the last appends are missing. Never at the opening of a partition,
// which is a linearizable read. Counted when some were missing.

import { defineFault, shrinkNumber } from './fault.ts';

export const staleRead = defineFault({
  kind: 'stale-read',
  point: 'load',
  ceiling: { breezePpm: 50_000, stormPpm: 500_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({ missing: draw('missing', 1, 4) }),
  inject(fate, { missing = 1 }) {
    fate.missing = missing;
  },
  shrink: (params) => shrinkNumber(params, 'missing', 1),
  describe: ({ missing = 1 }) => `the read is stale: the last ${missing} appends are missing`,
});
