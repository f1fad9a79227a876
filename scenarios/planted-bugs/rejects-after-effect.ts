// Validates after it has written: the debit is made, then the daily limit is looked at, and the answer is "refused".
// The transaction was already committed. A refusal means "certainly no effect", so nobody undoes it.

import type { Applied, Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk, refuse, type Service } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

const LIMIT = 80_00;

/** A bank with a limit for each debit, looked at before or after the debit is made. */
class LimitedBank implements Service {
  readonly #bank = new Bank(BANK);
  readonly #looks: 'before' | 'after';
  readonly actions = this.#bank.actions;
  readonly ledger = this.#bank.ledger;

  constructor(looks: 'before' | 'after') {
    this.#looks = looks;
  }

  apply(call: Call, env: ParticipantEnv): Outcome {
    const { amount } = call.payload as { readonly amount: number };
    const tooMuch = call.action === 'debit' && amount > LIMIT;
    if (tooMuch && this.#looks === 'before') return refuse('over the limit');
    const outcome = this.#bank.apply(call, env);
    return tooMuch && outcome.kind === 'applied' ? refuse('over the limit') : outcome;
  }

  undo(call: Call, forward: Applied): Outcome {
    return this.#bank.undo(call, forward);
  }
}

export const bug = plantedBug({
  how: 'A debit over the limit is made, and then refused',
  lookFor:
    'Look for validation after the commit. A refusal says "certainly no effect", and callers rely on it.',
  caughtBy: ['status-is-true', 'money-conserved', 'all-or-nothing'],
  trigger: [],
  seenIn: 'handlers that commit in a repository and validate in the service above it',
  wrong: transfers(
    'rejects-after-effect',
    'The limit is looked at after the debit',
    () => new Clerk(new LimitedBank('after')),
  ),
  right: transfers(
    'rejects-after-effect-corrected',
    'The limit is looked at before the debit',
    () => new Clerk(new LimitedBank('before')),
  ),
});

export default bug.wrong;
