// A transfer locks the account that it takes from, and then the one that it gives to. Two customers who pay each other at the same
// moment each hold what the other waits for, and neither gets on until one of them has lost patience.

import { swap } from '../isolation/swap.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

export const bug = plantedBug({
  how: 'Two transfers between the same accounts each hold the lock that the other waits for',
  mended: 'A saga waits only for one with a greater id, and is refused and undone otherwise.',
  lookFor:
    'List the records that each saga locks, in order. Two sagas that lock the same two in different orders will meet one day: give all locks one order, or let one of the two give way.',
  reading:
    'Rosenkrantz, Stearns and Lewis, _System Level Concurrency Control for Distributed Database Systems_, 1978, on wait-die',
  caughtBy: ['no-deadlock'],
  trigger: [],
  seenIn: 'transfers there and back; two services that each reserve at the other',
  wrong: swap({
    name: 'semantic-deadlock',
    title: 'Transfers wait for each other’s locks',
    whenLocked: 'wait',
    sagasPerRun: SAGAS,
  }),
  right: swap({
    name: 'semantic-deadlock-corrected',
    title: 'Of two transfers, one gives way',
    whenLocked: 'wait-die',
    sagasPerRun: SAGAS,
  }),
});

export default bug.wrong;
