// What an undo needs to know is kept in memory only. A saga manager in Python looks the payment up, finds no
// transaction, and answers `no_payment_to_refund`, which is a success. After a restart there is never a payment to
// refund.

import type { Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { APPLIED, Clerk } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

class ForgetsPayments extends Clerk {
  /** Keys of what this process has done. */
  readonly #payments = new Set<string>();

  restart(): void {
    this.#payments.clear();
  }

  protected override forward(call: Call, env: ParticipantEnv): Outcome {
    const outcome = super.forward(call, env);
    if (outcome.kind === 'applied') this.#payments.add(`${call.saga}/${call.step}`);
    return outcome;
  }

  protected override compensate(call: Call, env: ParticipantEnv): Outcome {
    if (this.#payments.has(`${call.saga}/${call.step}`)) return super.compensate(call, env);
    this.remember(call, APPLIED, env); // nothing to refund
    return APPLIED;
  }
}

export const bug = plantedBug({
  how: 'After a restart an undo finds no payment and says that all is well',
  lookFor:
    'Look for an undo that answers success when it finds nothing to undo. Restart the service between the operation and its undo.',
  caughtBy: ['status-is-true', 'all-or-nothing', 'money-conserved'],
  trigger: ['participant-restart', 'participant-crash-after', 'participant-crash-before', 'crash-inside'],
  seenIn:
    'a saga manager in Python: if not transaction_id: return {"status": "no_payment_to_refund"}; a guide for on call keeps undos in memory',
  wrong: transfers(
    'refund-record-in-memory',
    'What an undo needs is lost when the service restarts',
    () => new ForgetsPayments(new Bank(BANK)),
  ),
  right: transfers(
    'refund-record-in-memory-corrected',
    'What an undo needs is kept with the payment',
    () => new Clerk(new Bank(BANK)),
  ),
});

export default bug.wrong;
