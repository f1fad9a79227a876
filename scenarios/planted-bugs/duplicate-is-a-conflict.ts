// A repeated request is answered 409 Conflict: the unique index did its work, and its error goes out as a refusal. For
// the caller a refusal means "certainly no effect". It asked once; the network delivered twice; the answer to the
// copy comes first, and the debit stands for ever.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk, refuse } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class DuplicateIsAConflict extends Clerk {
  protected override recall(call: Call, env: ParticipantEnv): Outcome | undefined {
    const known = super.recall(call, env);
    return known !== undefined && call.direction === 'forward' ? refuse('duplicate key') : known;
  }
}

export const bug = plantedBug({
  how: 'The copy of a debit is refused as a duplicate, and the caller reads that as "not debited"',
  lookFor:
    "Send one request twice, and look at the second answer. A 409 for the caller's own success reads as a failure; give the first answer again.",
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['status-is-true', 'all-or-nothing', 'money-conserved'],
  trigger: ['duplicate-request'],
  seenIn: 'services that let the error of a unique index out as HTTP 409',
  wrong: transfers(
    'duplicate-is-a-conflict',
    'A repeated request is refused',
    () => new DuplicateIsAConflict(new Bank(BANK)),
  ),
  right: transfers(
    'duplicate-is-a-conflict-corrected',
    'A repeated request gets the first answer again',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
