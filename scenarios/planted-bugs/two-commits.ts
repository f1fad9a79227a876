// Two tables, two commits: the balance is changed in one, the journal is written in another. A crash between the two,
// and the money has left without a trace; the repetition finds no journal line, and takes it again.

import type { Applied, Call, Outcome, ParticipantEnv } from '../../engine/index.ts';
import { APPLIED, Clerk, refuse, type Service } from './clerk.ts';
import { Journal } from './journal.ts';
import { plantedBug } from './planted-bug.ts';
import { transfers } from './transfer.ts';

const CLEARING = 'clearing:transfers';
const REFUSED_FROM = 70_00;

/** A bank that books both sides at once, or one after the other. */
class TwoTables implements Service {
  readonly actions = ['debit', 'credit', 'compensate_debit', 'compensate_credit'];
  readonly ledger = new Journal();
  readonly #atOnce: boolean;

  constructor(atOnce: boolean) {
    this.#atOnce = atOnce;
    for (let i = 0; i < 10; i++) this.ledger.open(`a-${i}`, 1_000_00);
    this.ledger.open(CLEARING, 0);
  }

  apply(call: Call, env: ParticipantEnv): Outcome {
    const { amount } = call.payload as { readonly amount: number };
    if (call.action === 'credit' && amount > REFUSED_FROM) return refuse('over the limit for credits');
    this.#book(call, call.action === 'debit' ? -amount : amount, env);
    return APPLIED;
  }

  undo(call: Call, _forward: Applied, env: ParticipantEnv): Outcome {
    const { amount } = call.payload as { readonly amount: number };
    this.#book(call, call.action === 'compensate_debit' ? amount : -amount, env);
    return APPLIED;
  }

  #book(call: Call, amount: number, env: ParticipantEnv): void {
    const { account } = call.payload as { readonly account: string };
    if (!this.#atOnce) {
      this.ledger.open(account, this.ledger.balance(account) + amount);
      env.commit();
      this.ledger.open(account, this.ledger.balance(account) - amount); // `post` is about to book it again
    }
    this.ledger.post(call, [
      { account, amount },
      { account: CLEARING, amount: -amount },
    ]);
  }
}

export const bug = plantedBug({
  how: 'A crash between the balance and the journal: the money is gone, and is taken once more',
  lookFor:
    'Look for an effect and its record in two transactions. Kill the process in between, and ask again.',
  reading: 'Helland, _Idempotence Is Not a Medical Condition_, ACM Queue 2012',
  caughtBy: ['money-conserved'],
  trigger: ['crash-inside'],
  seenIn: 'services that write to two databases, or to a database and a queue, without an outbox',
  wrong: transfers(
    'two-commits',
    'The balance is one commit, the journal another',
    () => new Clerk(new TwoTables(false)),
  ),
  right: transfers(
    'two-commits-corrected',
    'The balance and the journal are one commit',
    () => new Clerk(new TwoTables(true)),
  ),
});

export default bug.wrong;
