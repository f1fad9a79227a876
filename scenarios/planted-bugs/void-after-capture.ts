// Voids an authorisation that was captured: the undo of the first step gives back what is held, and does not look
// whether it is still held. The capture was refunded a moment ago; the customer is paid twice, from other people's
// holds.

import type { Call, Outcome } from '../../engine/index.ts';
import { APPLIED } from './clerk.ts';
import { type Hold, Provider, paidOrders } from './holds.ts';
import { plantedBug } from './planted-bug.ts';

class VoidsWhatIsCaptured extends Provider {
  protected override voided(call: Call, hold: Hold): Outcome {
    this.ledger.move(call, this.clearing, this.customer(hold), hold.authorized);
    return APPLIED;
  }
}

export const bug = plantedBug({
  how: 'An authorisation that was captured and refunded is voided, and its money is given back once more',
  lookFor:
    'Draw the states of a payment, and try every action in every one of them. A void of what was captured must be refused.',
  caughtBy: ['money-conserved', 'all-or-nothing'],
  trigger: [],
  seenIn:
    'payment code that picks void or refund by the name of the step; a guide for on call repairs one ("refund instead of void")',
  wrong: paidOrders(
    'void-after-capture',
    'A void does not look whether the money is still held',
    () => new VoidsWhatIsCaptured(),
  ),
  right: paidOrders(
    'void-after-capture-corrected',
    'A void gives back what is still held',
    () => new Provider(),
  ),
});

export default bug.wrong;
