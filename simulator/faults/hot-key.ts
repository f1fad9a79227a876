// Sagas want the same: one asks for what an earlier one asked for, mostly one of the first, so that they meet on few
// accounts and items. Counted when it asks for something else than it would have.

import { defineFault, shrinkNumber } from './fault.ts';

export const hotKey = defineFault({
  kind: 'hot-key',
  point: 'wish',
  ceiling: { breezePpm: 50_000, stormPpm: 500_000 },
  phases: ['running'],
  draw: (draw) => ({
    likePpm: draw('hot', 1, 100) <= 80 ? draw('like', 0, 49_999) : draw('like', 0, 999_999),
  }),
  inject(fate, { likePpm = 0 }) {
    fate.likePpm = likePpm;
  },
  shrink: (params) => shrinkNumber(params, 'likePpm', 0),
  describe: ({ likePpm = 0 }) =>
    `the client asks for what the saga at ${Math.floor(likePpm / 10_000)} % of all before it asked for`,
});
