// A refund that is calculated anew: the price list is looked at when the money goes back, and by then it says something
// else. What is undone is what happened, not what would happen now.

import type { Applied, Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { APPLIED } from './clerk.ts';
import { type Bill, Provider, paidOrders } from './holds.ts';
import { plantedBug } from './planted-bug.ts';

const SECOND_US = 1_000_000;

/** Prices rise by a cent every second. */
class TodaysPrices extends Provider {
  readonly #boughtAtUs = new Map<string, number>();

  override apply(call: Call, env: ParticipantEnv): Outcome {
    if (call.action === 'capture') this.#boughtAtUs.set(call.saga, env.nowUs);
    return super.apply(call, env);
  }

  override undo(call: Call, forward: Applied, env: ParticipantEnv): Outcome {
    if (call.action !== 'refund') return super.undo(call, forward, env);
    const { captured, ...bill } = call.payload as Bill;
    const sinceUs = env.nowUs - (this.#boughtAtUs.get(call.saga) ?? env.nowUs);
    const today = captured + Math.floor(sinceUs / SECOND_US);
    this.ledger.move(call, this.merchant, this.customer({ ...bill, captured }), today);
    return APPLIED;
  }
}

export const bug = plantedBug({
  how: 'A refund pays the price of the day on which it is made',
  lookFor: 'Look for prices, rates or fees that are read during an undo. It must use what was booked.',
  caughtBy: ['all-or-nothing'],
  trigger: ['drop-request', 'drop-reply', 'fail-before', 'fail-after'],
  seenIn:
    'compensations that recompute amounts from prices, rates or fees instead of reading what was booked',
  wrong: paidOrders('refund-at-todays-price', 'A refund is calculated anew', () => new TodaysPrices()),
  right: paidOrders('refund-at-todays-price-corrected', 'A refund is what was paid', () => new Provider()),
});

export default bug.wrong;
