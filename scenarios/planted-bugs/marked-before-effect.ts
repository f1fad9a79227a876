// Marks an operation as processed before its effect. In a transfer service in Python the id goes into the set, then
// the credit fails with a 500 in 30 of 100 cases; a consumer as in an order flow in Java that saves the event id
// first is the same. Whatever happens in between, a crash or a failure, the repetition is told "already processed",
// and the effect never comes.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { APPLIED, Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

/** One credit in ten fails for the moment. */
const moody = (): Bank =>
  new Bank({ ...BANK, creditFails: { permille: 100, per: 'attempt', answer: 'unknown' } });

class MarkedBeforeEffect extends Clerk {
  protected override forward(call: Call, env: ParticipantEnv): Outcome {
    this.remember(call, APPLIED, env);
    env.commit();
    return this.service.apply(call, env);
  }
}

export const bug = plantedBug({
  how: 'A credit that failed once is answered "already processed" ever after, because it was marked before it was made',
  lookFor:
    'Look for the id being saved before the work is done. Kill the process in between: every repetition is then answered with success for nothing.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['money-conserved', 'all-or-nothing', 'status-is-true'],
  trigger: [],
  seenIn:
    'a transfer service in Python: the id is added to the set before the work; consumers that save the event id first',
  wrong: transfers(
    'marked-before-effect',
    'An id is marked as processed before its effect',
    () => new MarkedBeforeEffect(moody()),
  ),
  right: transfers(
    'marked-before-effect-corrected',
    'An id is marked as processed with its effect',
    () => new Clerk(moody()),
  ),
});

export default bug.wrong;
