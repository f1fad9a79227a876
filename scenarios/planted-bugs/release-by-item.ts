// A release frees a lamp of that kind, not the lamp of that order: `DELETE … WHERE item = ? LIMIT 1`. The oldest row
// goes, which is somebody else's. That order was paid for, and when it is dispatched there is nothing reserved for
// it.

import type { Call, Outcome } from '../../engine/index.ts';
import { APPLIED } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { lampOrders, Shelf } from './shelf.ts';

const LAMPS = 20;

class ReleasesTheOldest extends Shelf {
  protected override release(call: Call): Outcome {
    for (const [owner, { call: reserved }] of this.rows) {
      this.rows.delete(owner);
      // The row says whose it was, and so do the books.
      const { saga, step, round } = reserved;
      this.put({ ...call, saga, step, round }, { onHand: 1, reserved: -1 });
      return APPLIED;
    }
    return APPLIED;
  }
}

export const bug = plantedBug({
  how: "A release frees the oldest reservation of the item, which is another order's",
  lookFor:
    'Look for a release that names an item and not a reservation. Cancel the younger of two orders, and see whose goods are free.',
  caughtBy: ['status-is-true', 'all-or-nothing', 'undo-order'],
  trigger: [],
  seenIn: 'an order flow in Java: releaseReservations() adds quantities back by product, without the order',
  wrong: lampOrders('release-by-item', 'A release frees any reservation', () => new ReleasesTheOldest(LAMPS)),
  right: lampOrders(
    'release-by-item-corrected',
    'A release frees its own reservation',
    () => new Shelf(LAMPS),
  ),
});

export default bug.wrong;
