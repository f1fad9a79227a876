// A customer cancels an order and has the credit back at once; another saga orders on it. Then the cancellation is undone, since
// the goods are on their way already, and the customer is over the limit. Nothing says that the credit is not certain yet.

import { creditLimit } from '../isolation/credit-limit.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

export const bug = plantedBug({
  how: 'An order relies on credit that a cancellation gives back, and the cancellation is undone',
  mended: 'Both sagas put the credit under a semantic lock until they can no more be undone.',
  lookFor:
    'For each value that a saga changes before its point of no return, list who reads it. Each reader must see that it is pending, and wait or refuse.',
  reading: 'Richardson, _Microservices Patterns_, 2018, section 4.3, on anomalies and semantic locks',
  caughtBy: ['isolation'],
  trigger: [],
  seenIn: "Richardson's example of a dirty read: Cancel Order and Create Order on one credit limit",
  wrong: creditLimit({
    name: 'dirty-read',
    title: 'Orders rely on credit that may be taken back',
    locks: false,
    sagasPerRun: SAGAS,
  }),
  right: creditLimit({
    name: 'dirty-read-corrected',
    title: 'Credit that may be taken back is locked',
    locks: true,
    sagasPerRun: SAGAS,
  }),
});

export default bug.wrong;
