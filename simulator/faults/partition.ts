// A link between an orchestrator and a participant is cut for a while, both ways or only one. Cuts differ in length,
// so they heal in another order than they came. Counted when a message is lost by it.

import { defineFault, duration, shrinkNumber } from './fault.ts';

const LOST = ['nothing passes', 'requests are lost', 'replies are lost'];

export const partition = defineFault({
  kind: 'partition',
  point: 'link',
  ceiling: { breezePpm: 4_000, stormPpm: 40_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    direction: draw('direction', 0, 2),
    afterUs: draw('after', 0, 249_999),
    lengthUs:
      draw('long', 1, 4) === 1 ? draw('length', 10_000, 20_000_000) : draw('length', 10_000, 1_000_000),
  }),
  inject(fate, { direction = 0, afterUs = 0, lengthUs = 1 }) {
    fate.direction = direction;
    fate.afterUs = afterUs;
    fate.lengthUs = lengthUs;
  },
  shrink: (params) => shrinkNumber(params, 'lengthUs', 1),
  describe: ({ direction = 0, lengthUs = 1 }) =>
    `the link is cut for ${duration(lengthUs)}: ${LOST[direction] ?? LOST[0]}`,
});
