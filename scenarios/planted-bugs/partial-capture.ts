// A partial capture is undone in full. The parcel came to less than was authorised; the rest went back to the customer
// when it was captured. The refund gives back what was authorised, so the customer has the rest twice.

import type { Call, Outcome } from '../../engine/index.ts';
import { APPLIED } from './clerk.ts';
import { type Hold, Provider, paidOrders } from './holds.ts';
import { plantedBug } from './planted-bug.ts';

class RefundsTheAuthorisation extends Provider {
  protected override refund(call: Call, hold: Hold): Outcome {
    this.ledger.move(call, this.merchant, this.customer(hold), hold.authorized);
    return APPLIED;
  }
}

export const bug = plantedBug({
  how: 'A refund gives back what was authorised, not what was captured',
  lookFor:
    'Compare refunds with captures, not with orders or authorisations. Ship half an order and cancel it.',
  caughtBy: ['all-or-nothing'],
  trigger: [],
  seenIn: 'shops that refund the total of the order, of which the provider captured less',
  wrong: paidOrders(
    'partial-capture',
    'A refund gives back the authorised amount',
    () => new RefundsTheAuthorisation(),
  ),
  right: paidOrders(
    'partial-capture-corrected',
    'A refund gives back the captured amount',
    () => new Provider(),
  ),
});

export default bug.wrong;
