// The forward call is idempotent, its compensation is not: nobody thought of a repeated undo, for undos are rare. The
// first refund's answer is lost, the engine asks again, as it must, and the money is given back twice.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class RefundsTwice extends Clerk {
  protected override recall(call: Call, env: ParticipantEnv): Outcome | undefined {
    return call.direction === 'forward' ? super.recall(call, env) : undefined;
  }
}

export const bug = plantedBug({
  how: 'An undo that is asked for twice is done twice',
  lookFor:
    'Send one refund twice, the second with the same key. Most services guard the charge and forget the refund.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['at-most-once', 'all-or-nothing', 'money-conserved'],
  trigger: ['drop-reply', 'duplicate-request', 'fail-after'],
  seenIn: 'double refunds of payment services whose refund endpoint takes no idempotency key',
  wrong: transfers(
    'refunds-twice',
    'Only forward calls are idempotent',
    () => new RefundsTwice(new Bank(BANK)),
  ),
  right: transfers(
    'refunds-twice-corrected',
    'Forward calls and undos are idempotent',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
