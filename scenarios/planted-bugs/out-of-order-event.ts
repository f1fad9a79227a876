// A customer cancels while the payment is on its way. Inventory hears first that the shipment is called off, and has
// nothing to release; then it hears of the payment, and reserves. Nobody comes back for what it has put aside.

import { Inbox, ReactiveService, type Remembered } from '../../engine/choreography/index.ts';
import { choreographedOrders, type MakeService } from './choreographed-order.ts';
import { plantedBug } from './planted-bug.ts';

/** Keeps what was done, and not what must not be done any more. */
class ForgetsWhatWasCalledOff extends Inbox {
  override open(call: Parameters<Inbox['open']>[0], nowUs: number): Remembered {
    const remembered = super.open(call, nowUs);
    for (const [step, standing] of remembered.steps) if (standing === 'never') remembered.steps.delete(step);
    return remembered;
  }
}

const forgetful: MakeService = (participant, choreography, service) =>
  new ReactiveService(service, participant, [choreography], new ForgetsWhatWasCalledOff());

export const bug = plantedBug({
  how: 'An event that comes after the one which called it off is acted upon',
  mended: 'Who is told to undo what it has not done remembers never to do it.',
  lookFor:
    'For each pair of events that undo one another, deliver the second first. Ask what the handler of the first one looks at.',
  reading: 'Helland, _Life beyond Distributed Transactions_, CIDR 2007',
  caughtBy: ['all-or-nothing', 'status-is-true'],
  trigger: ['operator-cancel'],
  seenIn: 'an order flow in Java (listeners that look at the event and not at what they know of the order)',
  wrong: choreographedOrders({
    name: 'out-of-order-event',
    title: 'Stock that is reserved for an order that was called off',
    services: { inventory: forgetful },
  }),
  right: choreographedOrders({
    name: 'out-of-order-event-corrected',
    title: 'Stock that is not reserved any more',
  }),
});

export default bug.wrong;
