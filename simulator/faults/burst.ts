// Clients ask at the same instant: whoever would have asked later in a slot of time asks at its begin. Counted when
// the saga begins at another time than it would have.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const burst = defineFault({
  kind: 'burst',
  point: 'start',
  ceiling: { breezePpm: 50_000, stormPpm: 600_000 },
  phases: ['running'],
  draw: () => ({ slotUs: 250_000 }),
  inject(fate, { slotUs = 1 }) {
    fate.slotUs = slotUs;
  },
  shrink: (params) => shrinkNumber(params, 'slotUs', 1),
  describe: ({ slotUs = 1 }) => `the client asks at the same instant as others of its ${duration(slotUs)}`,
});
