// Lends on a cheque that has not cleared. A deposit is credited at once, and taken back when the cheque bounces, in 30
// of 100 cases. In the meantime the account looks rich, and a withdrawal relies on money that was never there: a dirty
// read, as in every system where a saga's half-done work is visible to others.

import { type Call, defineSaga, type Outcome, type Touch } from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, Clerk, refuse, type Service } from './clerk.ts';
import { Journal } from './journal.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

const OPENING = 20_00;
const bank = { service: 'bank', payload: ({ input }: { readonly input: unknown }): unknown => input };

const deposit = defineSaga({
  name: 'deposit',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    credit: { ...bank, action: 'credit', compensation: 'take_back' },
    clear: { service: 'clearing', action: 'create', compensation: 'cancel', after: ['credit'] },
    settle: { ...bank, action: 'settle', kind: 'retriable', after: ['clear'] },
  },
});

const withdrawal = defineSaga({
  name: 'withdrawal',
  version: 1,
  steps: { withdraw: { ...bank, action: 'withdraw', kind: 'pivot' } },
});

/** Two records: what is settled, and what a cheque may still take back. Who lends on both says so. */
class Bank implements Service {
  readonly actions = ['credit', 'take_back', 'settle', 'withdraw'];
  readonly ledger = new Journal();
  readonly #lends: boolean;
  #settled = OPENING;
  #provisional = 0;

  constructor(lends: boolean) {
    this.#lends = lends;
    this.ledger.open('account', OPENING);
    this.ledger.open('outside', 0);
  }

  apply(call: Call): Outcome {
    const { amount } = call.payload as { readonly amount: number };
    switch (call.action) {
      case 'credit':
        this.#book(call, amount, [this.#add('provisional', amount)]);
        return APPLIED;
      case 'settle':
        this.#book(call, 0, [this.#add('provisional', -amount), this.#add('settled', amount)]);
        return APPLIED;
      default:
        return this.#withdraw(call, amount);
    }
  }

  undo(call: Call): Outcome {
    const { amount } = call.payload as { readonly amount: number };
    this.#book(call, -amount, [this.#add('provisional', -amount)]);
    return APPLIED;
  }

  #withdraw(call: Call, amount: number): Outcome {
    const relied: Touch[] = [{ record: 'settled', read: this.#settled }];
    if (this.#lends) relied.push({ record: 'provisional', read: this.#provisional });
    const available = relied.reduce((sum, { read = 0 }) => sum + read, 0);
    if (available < amount) return refuse('insufficient funds');
    this.#book(call, -amount, [...relied, this.#add('settled', -amount)]);
    return APPLIED;
  }

  #add(record: 'settled' | 'provisional', amount: number): Touch {
    const read = record === 'settled' ? this.#settled : this.#provisional;
    const written = read + amount;
    if (record === 'settled') this.#settled = written;
    else this.#provisional = written;
    return { record, read, written };
  }

  #book(call: Call, amount: number, touched: readonly Touch[]): void {
    this.ledger.post(
      call,
      [
        { account: 'account', amount },
        { account: 'outside', amount: -amount },
      ],
      touched,
    );
  }
}

function counter(name: string, title: string, lends: boolean): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [deposit, withdrawal],
    sagasPerRun: SAGAS,
    participants: () => ({
      bank: new Clerk(new Bank(lends)),
      clearing: new Clerk(new Registry({ noun: 'cheque', createFails: { permille: 300 } })),
    }),
    workload: ({ index, int }) => {
      const amount = 10_00 + int('amount', 20_00);
      return { saga: index % 2 === 0 ? deposit : withdrawal, input: { amount } };
    },
  });
}

export const bug = plantedBug({
  how: 'A withdrawal relies on a deposit that is taken back afterwards',
  lookFor:
    'Ask which reads see what a saga may still take back. A balance, a stock or a score that is pending must be marked so, and not spent.',
  reading: 'Richardson, _Microservices Patterns_, 2018, chapter 4, on semantic locks',
  caughtBy: ['isolation'],
  trigger: [],
  seenIn: 'cheque kiting; order systems that count goods from purchases that are not yet confirmed',
  wrong: counter('provisional-credit', 'Withdrawals count cheques that have not cleared', true),
  right: counter('provisional-credit-corrected', 'Withdrawals count settled money only', false),
});

export default bug.wrong;
