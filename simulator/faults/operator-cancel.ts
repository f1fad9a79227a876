// Somebody cancels the saga at the worst moment, perhaps twice (E7). Counted when a process took the wish.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const operatorCancel = defineFault({
  kind: 'operator-cancel',
  point: 'process',
  ceiling: { breezePpm: 200, stormPpm: 5_000, perRun: 24 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    afterUs: draw('later', 0, 1) * draw('after', 0, 50_000),
    twice: draw('twice', 1, 4) === 1 ? 1 : 0,
  }),
  inject(fate, { afterUs = 0, twice = 0 }) {
    fate.cancels = twice === 1 ? 2 : 1;
    fate.cancelAfterUs = afterUs;
  },
  shrink: (params) =>
    params.twice === 1
      ? [{ ...params, twice: 0 }, ...shrinkNumber(params, 'afterUs', 0)]
      : shrinkNumber(params, 'afterUs', 0),
  describe: ({ afterUs = 0, twice = 0 }) =>
    `somebody cancels the saga${twice === 1 ? ' twice' : ''}${afterUs === 0 ? '' : `, ${duration(afterUs)} later`}`,
});
