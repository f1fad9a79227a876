// Somebody retries a saga that ended without any effect: a new round (E4). Twice at once, and the second is refused.
// Counted when a process took the wish.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const operatorRetry = defineFault({
  kind: 'operator-retry',
  point: 'end',
  ceiling: { breezePpm: 20_000, stormPpm: 250_000 },
  phases: ['ended'],
  draw: (draw) => ({
    afterUs: draw('later', 0, 3) === 0 ? 0 : draw('after', 0, 5_000_000),
    twice: draw('twice', 1, 3) === 1 ? 1 : 0,
  }),
  inject(fate, { afterUs = 0, twice = 0 }) {
    fate.retries = twice === 1 ? 2 : 1;
    fate.afterUs = afterUs;
  },
  shrink: (params) =>
    params.twice === 1
      ? [{ ...params, twice: 0 }, ...shrinkNumber(params, 'afterUs', 0)]
      : shrinkNumber(params, 'afterUs', 0),
  describe: ({ afterUs = 0, twice = 0 }) =>
    `somebody retries the saga${twice === 1 ? ' twice' : ''}, ${duration(afterUs)} after its end`,
});
