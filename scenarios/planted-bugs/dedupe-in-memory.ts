// The set of processed ids lives in the memory of the process, as in a transfer service in Python, the bookings in a
// database. After a restart the bookings are still there and the set is empty: every repetition is new.

import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { flights, trips } from './trip.ts';

class ForgetsKeys extends Clerk {
  restart(): void {
    this.answered.clear();
  }
}

export const bug = plantedBug({
  how: 'A restart empties the set of processed ids, and what is repeated after it is done again',
  lookFor:
    "Ask where processed ids are kept. If the answer is a map, a cache or another database than the effect's, restart the service between two copies of a request.",
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['at-most-once', 'nothing-after-the-end', 'all-or-nothing', 'status-is-true'],
  trigger: ['participant-restart', 'participant-crash-after', 'participant-crash-before'],
  seenIn: 'a transfer service in Python: "In-memory Set tracks processed transaction IDs"',
  wrong: trips(
    'dedupe-in-memory',
    'Keys are lost when the service restarts',
    () => new ForgetsKeys(flights()),
  ),
  right: trips('dedupe-in-memory-corrected', 'Keys are kept with the bookings', () => new Clerk(flights())),
});

export default bug.wrong;
