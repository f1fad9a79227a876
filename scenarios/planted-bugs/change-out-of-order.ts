// A customer moves, and moves again before the first move is through. The first is slow, and is written over the second; or it is
// undone, and the undo writes back the address that was there before both. Mail goes where nobody lives.

import { address } from '../isolation/address.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

export const bug = plantedBug({
  how: 'An older change of address is written over a newer one',
  mended: 'All changes are kept by their numbers, and the last that stands is the address.',
  lookFor:
    'Find writes that replace a value as a whole. What stops one that was sent earlier from coming later? Give each a number where it is asked for, and let the record keep the greatest.',
  reading:
    'Frank and Zahle, _Semantic ACID Properties in Multidatabases Using Remote Procedure Calls and Update Propagations_, 1998',
  caughtBy: ['isolation'],
  trigger: [],
  seenIn: 'profiles, settings and statuses that are set by messages whose order nobody keeps',
  wrong: address({
    name: 'change-out-of-order',
    title: 'The address that comes last is kept',
    files: false,
    sagasPerRun: SAGAS,
  }),
  right: address({
    name: 'change-out-of-order-corrected',
    title: 'The address that was asked for last is kept',
    files: true,
    sagasPerRun: SAGAS,
  }),
});

export default bug.wrong;
