// A participant turns grey: it serves one request after the other, 10 to 1000 times slower than usual. The rest waits
// in a queue, and what does not fit is refused. Counted when a request had to wait for it.

import { defineFault, duration, shrinkNumber } from './fault.ts';

export const slowParticipant = defineFault({
  kind: 'slow-participant',
  point: 'node',
  ceiling: { breezePpm: 2_000, stormPpm: 30_000 },
  phases: ['running', 'compensating', 'ended'],
  draw: (draw) => ({
    afterUs: draw('after', 0, 249_999),
    lengthUs: draw('length', 100_000, 10_000_000),
    serviceUs:
      draw('grey', 1, 3) === 1 ? draw('service', 20_000, 2_000_000) : draw('service', 20_000, 200_000),
    queueMax: draw('queue', 16, 64),
  }),
  inject(fate, { afterUs = 0, lengthUs = 1, serviceUs = 1, queueMax = 64 }) {
    fate.afterUs = afterUs;
    fate.lengthUs = lengthUs;
    fate.serviceUs = serviceUs;
    fate.queueMax = queueMax;
  },
  shrink: (params) => {
    const shorter = shrinkNumber(params, 'lengthUs', 1);
    return shorter.length > 0 ? shorter : shrinkNumber(params, 'serviceUs', 1);
  },
  describe: ({ lengthUs = 1, serviceUs = 1 }) =>
    `the participant takes ${duration(serviceUs)} for each request, for ${duration(lengthUs)}`,
});
