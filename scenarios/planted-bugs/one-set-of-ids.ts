// One set of processed ids for all endpoints. A transfer service in Python keeps `processed_transactions` as one set,
// and all three endpoints look the transaction's id up in it: the debit puts it there, and the credit that follows
// under the same id is "already processed". So is the compensation. Money leaves one account and arrives nowhere.

import type { Call } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class OneSetOfIds extends Clerk {
  protected override keyOf({ saga }: Call): string {
    return saga; // whatever was asked
  }
}

export const bug = plantedBug({
  how: 'The credit of a transfer is taken for a repetition of its debit, because all endpoints share one set of ids',
  lookFor:
    'Look at what a duplicate is recognised by. If debit, credit and undo of one transfer share an id, the set must be keyed by operation, too.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['status-is-true', 'all-or-nothing', 'money-conserved'],
  trigger: [],
  seenIn:
    'a transfer service in Python: one in-memory set of transaction ids for /debit, /credit and /compensate_debit',
  wrong: transfers(
    'one-set-of-ids',
    'All endpoints share one set of processed ids',
    () => new OneSetOfIds(new Bank(BANK)),
  ),
  right: transfers(
    'one-set-of-ids-corrected',
    'Each operation has its own key',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
