// A reply is held up: an answer that comes when a newer attempt, or the undo, is already under way (E6).

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const delayReply = defineFault({
  kind: 'delay-reply',
  point: 'reply',
  ceiling: { breezePpm: 20_000, stormPpm: 150_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    delayUs: draw('long', 1, 3) === 1 ? draw('delay', 1, 60_000_000) : draw('delay', 1, 1_000_000),
  }),
  inject(fate, { delayUs = 1 }) {
    fate.delayUs += delayUs;
  },
  shrink: (params) => shrinkNumber(params, 'delayUs', 1),
  describe: ({ delayUs = 1 }) => `the reply is ${duration(delayUs)} late`,
});
