// The version of an append is checked, but not who writes. A worker that lost its lease while it stood still goes
// on where it was, between the writes of its successor (E10): each version is right, and two are driving.

import { plantedBug } from './planted-bug.ts';
import { shopPair } from './shop.ts';

export const bug = plantedBug({
  how: 'Nobody fences a worker that was replaced: it goes on writing beside its successor',
  mended: 'The store refuses what a writer of an older epoch appends (E10)',
  lookFor:
    'Stop a worker with SIGSTOP until its lease is over, let another take over, and let it go on. The store itself must refuse what it writes.',
  reading: 'Kleppmann, _Designing Data-Intensive Applications_, 2017, chapter 8, on fencing tokens',
  caughtBy: ['one-writer'],
  trigger: ['takeover', 'zombie'],
  seenIn: 'leases that are checked when they are taken, and never again',
  ...shopPair({
    name: 'zombie-writes-on',
    title: 'A worker that lost its lease goes on writing',
    accepts: ({ expectedVersion }, { version }) => expectedVersion === version,
  }),
});

export default bug.wrong;
