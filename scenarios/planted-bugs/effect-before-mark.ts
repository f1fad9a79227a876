// Makes the effect in one commit and writes down that it did in another: first the payment, then the row in
// `processed_events`, as in an order flow in Java. A crash between the two, and the repetition pays again.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class EffectBeforeMark extends Clerk {
  protected override remember(call: Call, outcome: Outcome, env: ParticipantEnv): void {
    if (outcome.kind === 'applied') env.commit();
    super.remember(call, outcome, env);
  }
}

export const bug = plantedBug({
  how: 'A crash between a payment and the note that it was made: the repetition pays again',
  lookFor:
    'Look for the effect and the mark that it was made in two transactions, or one of them outside of any. Kill the process in between.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['at-most-once', 'money-conserved'],
  trigger: ['crash-inside'],
  seenIn:
    'an order flow in Java: processPayment(event), then processedEventRepository.save(), where the payment is remote',
  wrong: transfers(
    'effect-before-mark',
    'The effect is one commit, the key another',
    () => new EffectBeforeMark(new Bank(BANK)),
  ),
  right: transfers(
    'effect-before-mark-corrected',
    'The effect and its key are one commit',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
