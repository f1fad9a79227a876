// Processed ids are kept in a cache for a few seconds, because copies come close behind one another. A copy that waited in a
// queue, or a delivery that is repeated after an outage, comes later than that.

import { Inbox, ReactiveService } from '../../engine/choreography/index.ts';
import { choreographedOrders, type MakeService } from './choreographed-order.ts';
import { plantedBug } from './planted-bug.ts';

const WINDOW_US = 5_000_000;

const shortly: MakeService = (participant, choreography, service) =>
  new ReactiveService(service, participant, [choreography], new Inbox({ retentionUs: WINDOW_US }));

export const bug = plantedBug({
  how: 'The inbox forgets after seconds, and a message that is older than that is new',
  mended: 'The inbox outlives the longest delay of the broker, dead letters included.',
  lookFor:
    'Compare the time to live of processed ids with the retention of the broker, and with how long a dead letter may lie.',
  caughtBy: ['at-most-once', 'nothing-after-the-end', 'all-or-nothing', 'status-is-true'],
  trigger: [],
  seenIn: 'deduplication windows of brokers (five minutes in SQS FIFO), taken for exactly-once',
  wrong: choreographedOrders({
    name: 'short-dedupe-window',
    title: 'An inbox that remembers for five seconds',
    services: { payment: shortly },
  }),
  right: choreographedOrders({
    name: 'short-dedupe-window-corrected',
    title: 'An inbox that remembers for a month',
  }),
});

export default bug.wrong;
