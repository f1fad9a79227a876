// A compensation without a forward call gives back what was never taken. The request was lost, the caller could not
// know, and undid it, as it must; the service does not look whether there is anything to undo.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { APPLIED, Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class EmptyRollback extends Clerk {
  protected override compensate(call: Call, env: ParticipantEnv): Outcome {
    const outcome = this.service.undo(call, APPLIED, env);
    if (outcome.kind === 'applied') this.remember(call, outcome, env);
    return outcome;
  }
}

export const bug = plantedBug({
  how: 'A debit that never happened is paid back',
  lookFor:
    'Call the compensation of an operation that never came. Nothing may move, and the answer must be success.',
  caughtBy: ['at-most-once', 'all-or-nothing', 'money-conserved'],
  trigger: [],
  seenIn:
    'the "empty rollback" of TCC frameworks; a transfer service in Python: /compensate_debit adds to the balance whatever was',
  wrong: transfers(
    'empty-rollback',
    'An undo does not look whether there is anything to undo',
    () => new EmptyRollback(new Bank(BANK)),
  ),
  right: transfers(
    'empty-rollback-corrected',
    'An undo without its forward call has no effect',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
