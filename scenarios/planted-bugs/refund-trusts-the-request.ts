// A refund of whatever the request says. The service charges what the customer has, which may be less than was asked
// for, and says so in its answer; the request for the refund names the sum that was asked for.

import type { Applied, Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { Bank } from '../../participants-mock/index.ts';
import { Clerk, type Service } from './clerk.ts';
import { plantedBug } from './planted-bug.ts';
import { BANK, transfers } from './transfer.ts';

const MOST_AT_ONCE = 60_00;

/** A bank that moves no more than its limit at once, the same for debits and credits. */
class PartialBank implements Service {
  readonly #bank = new Bank(BANK);
  readonly #trusts: boolean;
  readonly actions = this.#bank.actions;
  readonly ledger = this.#bank.ledger;

  constructor(trusts: boolean) {
    this.#trusts = trusts;
  }

  apply(call: Call, env: ParticipantEnv): Outcome {
    const payload = call.payload as { readonly amount: number };
    const amount = Math.min(payload.amount, MOST_AT_ONCE);
    const outcome = this.#bank.apply({ ...call, payload: { ...payload, amount } }, env);
    return outcome.kind === 'applied' ? { kind: 'applied', result: { amount } } : outcome;
  }

  undo(call: Call, forward: Applied): Outcome {
    if (this.#trusts) return this.#bank.undo(call, forward);
    const { amount } = forward.result as { readonly amount: number };
    const payload = { ...(call.payload as object), amount };
    return this.#bank.undo({ ...call, payload }, forward);
  }
}

export const bug = plantedBug({
  how: 'An undo moves the amount in the request, of which only a part had been moved',
  lookFor: 'Ask a refund endpoint for more than was paid. It must refuse, or pay what stands in its books.',
  caughtBy: ['all-or-nothing', 'money-conserved'],
  trigger: [],
  seenIn: 'refund endpoints that take an amount and do not compare it with the payment',
  wrong: transfers(
    'refund-trusts-the-request',
    'An undo moves what the request says',
    () => new Clerk(new PartialBank(true)),
  ),
  right: transfers(
    'refund-trusts-the-request-corrected',
    'An undo moves back what was moved',
    () => new Clerk(new PartialBank(false)),
  ),
});

export default bug.wrong;
