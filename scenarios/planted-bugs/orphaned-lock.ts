// A credit limit is locked while an order is pending, and unlocked when the order is approved. When the order is undone instead, the
// credit is given back, and the lock is forgotten: its owner has ended, and nobody who comes later gets past it.

import { fenced, type Service } from '../../engine/fence/index.ts';
import type { Applied, Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { IsolatedService } from '../../engine/isolation/index.ts';
import { Customers, creditLimit } from '../isolation/credit-limit.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

/** Undoes what was done, and does not look at what else the call demands. */
class Forgetful extends IsolatedService {
  override undo(call: Call, forward: Applied, env: ParticipantEnv): Outcome {
    const { isolation: _, ...payload } = call.payload as { readonly isolation: unknown };
    return super.undo({ ...call, payload }, forward, env);
  }
}

const forgetful = (): Service => new Forgetful(new Customers());

export const bug = plantedBug({
  how: 'A saga that was undone has left its lock behind, and all that come after it wait for nobody',
  mended: 'The compensation releases the lock that its step has taken.',
  lookFor:
    'Where is the flag taken away that says PENDING? It needs two places: the step that makes the saga final, and the compensation of the step that set it. Count records that are pending for longer than any saga may take.',
  reading:
    'Garcia-Molina and Salem, _Sagas_, SIGMOD 1987; Richardson, _Microservices Patterns_, 2018, section 4.3',
  caughtBy: ['locks-released'],
  trigger: [],
  seenIn:
    'orders that stay APPROVAL_PENDING for ever; carts, seats and rows that are "being edited" by nobody',
  wrong: creditLimit({
    name: 'orphaned-lock',
    title: 'An undo gives the credit back and leaves the lock',
    locks: true,
    sagasPerRun: SAGAS,
    customers: () => fenced(forgetful()),
  }),
  right: creditLimit({
    name: 'orphaned-lock-corrected',
    title: 'An undo gives the credit back and releases the lock',
    locks: true,
    sagasPerRun: SAGAS,
  }),
});

export default bug.wrong;
