// The event queue by itself, in the hold model: so many events pending, one is taken and one is scheduled, over and over.
//
// Source: D. W. Jones, An empirical comparison of priority-queue and event-set implementations, CACM 29(4), 1986.

import { EventQueue } from '../../simulator/kernel/event-queue.ts';
import { leanKernel } from '../reference.ts';
import { type Measure, suite } from '../suite.ts';
import { latencyTable } from '../workload-w.ts';

const PENDING = [1_000, 10_000, 100_000, 1_000_000];
const HOLDS = 200_000;
const MASK = latencyTable.length - 1;
/** Odd, so that every place of the table comes. */
const STRIDE = 1_597;

export const kernelSuite = suite('kernel', 'the event queue, by events pending', () => PENDING.map(hold));

function hold(pending: number): Measure {
  const queue = new EventQueue();
  let place = 0;
  const delayUs = (): number => {
    place = (place + STRIDE) & MASK;
    return latencyTable[place]!;
  };
  const item = {};
  for (let i = 0; i < pending; i++) queue.schedule(delayUs(), 0, 0, item);
  return {
    id: `kernel/hold-${pending}`,
    title: `${pending.toLocaleString('en')} pending`,
    unit: 'events',
    count: HOLDS,
    run() {
      for (let i = 0; i < HOLDS; i++) {
        queue.take();
        queue.schedule(queue.timeUs + delayUs(), 0, 0, item);
      }
      if (queue.size !== pending) throw new Error(`${queue.size} events pending instead of ${pending}`);
    },
    reference: leanKernel,
  };
}
