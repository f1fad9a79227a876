// A forward call that comes after its compensation takes effect. The hotel is full, so the flight is cancelled; its
// booking was only late, the cancellation found nothing and said so; then the booking arrives, and nobody will ever
// undo it.

import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { flights, trips } from './trip.ts';

class NoTombstone extends Clerk {
  protected override isUndone(): boolean {
    return false;
  }
}

export const bug = plantedBug({
  how: 'A flight that was cancelled before its booking arrived is booked all the same when it arrives',
  lookFor:
    'Send the compensation first and its operation afterwards. The operation must be refused: an undo that found nothing must leave something behind.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['nothing-after-the-end', 'all-or-nothing', 'status-is-true'],
  trigger: [],
  seenIn: 'TCC and saga participants without protection against "suspension"',
  wrong: trips(
    'no-tombstone',
    'An undo leaves no tombstone, so a late call still takes effect',
    () => new NoTombstone(flights()),
  ),
  right: trips('no-tombstone-corrected', 'An undo closes its operation for ever', () => new Clerk(flights())),
});

export default bug.wrong;
