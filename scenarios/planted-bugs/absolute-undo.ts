// An undo that writes the old balance back: "set it to what it was before". In the meantime another saga has moved
// money on the same account, and its update is gone. An undo is a movement of its own, not a restored backup.

import type { Applied, Call, Outcome, Touch } from '../../engine/index.ts';
import { APPLIED, Clerk, refuse, type Service } from './clerk.ts';
import { Journal } from './journal.ts';
import { plantedBug } from './planted-bug.ts';
import { transfers } from './transfer.ts';

const CLEARING = 'clearing:transfers';
const REFUSED_FROM = 70_00;

interface Leg {
  readonly account: string;
  readonly amount: number;
}

/** A bank whose undo either restores what it remembers, or moves the amount back. */
class RememberingBank implements Service {
  readonly actions = ['debit', 'credit', 'compensate_debit', 'compensate_credit'];
  readonly ledger = new Journal();
  readonly #restores: boolean;

  constructor(restores: boolean) {
    this.#restores = restores;
    for (let i = 0; i < 10; i++) this.ledger.open(`a-${i}`, 1_000_00);
    this.ledger.open(CLEARING, 0);
  }

  apply(call: Call): Outcome {
    const { account, amount } = call.payload as Leg;
    if (call.action === 'credit' && amount > REFUSED_FROM) return refuse('over the limit for credits');
    const before = this.ledger.balance(account);
    if (call.action === 'debit' && before < amount) return refuse('insufficient funds');
    this.#move(call, account, call.action === 'debit' ? -amount : amount, before);
    return { kind: 'applied', result: { before } };
  }

  undo(call: Call, { result }: Applied): Outcome {
    const { account, amount } = call.payload as Leg;
    const { before } = result as { readonly before: number };
    const back = call.action === 'compensate_debit' ? amount : -amount;
    if (this.#restores) this.#move(call, account, before - this.ledger.balance(account), before - back);
    else this.#move(call, account, back, this.ledger.balance(account));
    return APPLIED;
  }

  /** `read`: the balance that the new one was made from. */
  #move(call: Call, account: string, amount: number, read: number): void {
    const touch: Touch = { record: account, read, written: this.ledger.balance(account) + amount };
    this.ledger.post(
      call,
      [
        { account, amount },
        { account: CLEARING, amount: -amount },
      ],
      [touch],
    );
  }
}

export const bug = plantedBug({
  how: "An undo sets the balance to what it was, and another saga's transfer is gone",
  lookFor:
    'Search undo code for an assignment of an old value, such as `balance = before` or `UPDATE … SET total = $old`. An undo should add and subtract.',
  reading: 'Berenson et al., _A Critique of ANSI SQL Isolation Levels_, SIGMOD 1995, on lost updates',
  caughtBy: ['isolation', 'all-or-nothing', 'money-conserved'],
  trigger: [],
  seenIn:
    'undo logs with before-images and no lock or version to guard them (AT mode without its global lock)',
  wrong: transfers(
    'absolute-undo',
    'Undo restores the old balance',
    () => new Clerk(new RememberingBank(true)),
  ),
  right: transfers(
    'absolute-undo-corrected',
    'Undo moves the amount back',
    () => new Clerk(new RememberingBank(false)),
  ),
});

export default bug.wrong;
