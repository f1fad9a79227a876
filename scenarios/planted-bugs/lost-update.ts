// A price is looked at, the change is reviewed, and the new price is written, made from the one that was looked at. Two do so at the
// same time, and the change of one is gone, though both were told that it was done.

import { reprice } from '../isolation/reprice.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

export const bug = plantedBug({
  how: 'Two sagas change the same price, each from what it saw at first, and one change is gone',
  mended: 'The price is read again when it is set, and must have the version that was looked at.',
  lookFor:
    'Find values that go out in the result of one step and come back, changed, in the payload of another. What is written must carry the version that was read, as in `UPDATE … WHERE version = $read`.',
  reading: 'Berenson et al., _A Critique of ANSI SQL Isolation Levels_, SIGMOD 1995, on lost updates (P4)',
  caughtBy: ['isolation'],
  trigger: [],
  seenIn: 'every form that is loaded, edited by a person and saved as a whole',
  wrong: reprice({
    name: 'lost-update',
    title: 'A price is written that was made from an old one',
    rereads: false,
    sagasPerRun: SAGAS,
  }),
  right: reprice({
    name: 'lost-update-corrected',
    title: 'A price is written if it is still what it was',
    rereads: true,
    sagasPerRun: SAGAS,
  }),
});

export default bug.wrong;
