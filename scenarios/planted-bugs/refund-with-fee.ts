// A refund that keeps a cancellation fee, as in a saga manager in Python (`calculate_refund_with_fees`). It is the
// shop that could not deliver; the saga is told that all was undone, and the customer is short of the fee. A fee is a
// sale of its own.

import type { Call, Outcome } from '../../engine/index.ts';
import { APPLIED } from './clerk.ts';
import { type Hold, Provider, paidOrders } from './holds.ts';
import { plantedBug } from './planted-bug.ts';

const FEE = 2_50;

class KeepsAFee extends Provider {
  protected override refund(call: Call, hold: Hold): Outcome {
    this.ledger.move(call, this.merchant, this.customer(hold), Math.max(1, hold.captured - FEE));
    return APPLIED;
  }
}

export const bug = plantedBug({
  how: 'An undo gives back less than was taken',
  lookFor:
    'The same search as for a fee that is kept: the sum over a saga that was undone must be zero to the cent.',
  caughtBy: ['all-or-nothing'],
  trigger: [],
  seenIn: 'a saga manager in Python: calculate_refund_with_fees() inside a compensation',
  wrong: paidOrders('refund-with-fee', 'A refund keeps a fee', () => new KeepsAFee()),
  right: paidOrders('refund-with-fee-corrected', 'A refund gives all of it back', () => new Provider()),
});

export default bug.wrong;
