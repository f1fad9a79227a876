// A payment is split three ways, each part rounded down. A hundred cents make three times 33, and one cent is left in
// the clearing account, where nobody looks for it. The last part is what remains, not a third.

import { type Applied, type Call, defineSaga, type Outcome } from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, Clerk, type Service } from './clerk.ts';
import { Journal } from './journal.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

const SELLERS = ['seller-0', 'seller-1', 'seller-2'];

const market = defineSaga({
  name: 'market-order',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    collect: {
      service: 'market',
      action: 'collect',
      compensation: 'give_back',
      payload: ({ input }) => input,
    },
    parcel: { service: 'carrier', action: 'create', compensation: 'cancel', after: ['collect'] },
    payout: {
      service: 'market',
      action: 'payout',
      kind: 'retriable',
      after: ['parcel'],
      payload: ({ input }) => input,
    },
  },
});

type Split = (amount: number) => readonly number[];

/** Collects from the customer into clearing, and pays the sellers out of it. */
class Market implements Service {
  readonly actions = ['collect', 'give_back', 'payout'];
  readonly ledger = new Journal();
  readonly #split: Split;

  constructor(split: Split) {
    this.#split = split;
    this.ledger.open('customer', 10_000_00);
    for (const account of [...SELLERS, 'clearing:market']) this.ledger.open(account, 0);
  }

  apply(call: Call): Outcome {
    const { amount } = call.payload as { readonly amount: number };
    if (call.action === 'collect') this.#move(call, ['customer', -amount], ['clearing:market', amount]);
    else this.#payout(call, this.#split(amount));
    return APPLIED;
  }

  undo(call: Call, _forward: Applied): Outcome {
    const { amount } = call.payload as { readonly amount: number };
    this.#move(call, ['clearing:market', -amount], ['customer', amount]);
    return APPLIED;
  }

  #payout(call: Call, parts: readonly number[]): void {
    const sum = parts.reduce((all, part) => all + part, 0);
    this.#move(
      call,
      ['clearing:market', -sum],
      ...parts.map((part, i): [string, number] => [SELLERS[i]!, part]),
    );
  }

  #move(call: Call, ...legs: readonly (readonly [account: string, amount: number])[]): void {
    this.ledger.post(
      call,
      legs.map(([account, amount]) => ({ account, amount })),
    );
  }
}

function thirds(amount: number): readonly number[] {
  const third = Math.floor(amount / 3);
  return [third, third, third];
}

function thirdsAndTheRest(amount: number): readonly number[] {
  const third = Math.floor(amount / 3);
  return [third, third, amount - 2 * third];
}

function orders(name: string, title: string, split: Split): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [market],
    sagasPerRun: SAGAS,
    participants: () => ({
      market: new Clerk(new Market(split)),
      carrier: new Clerk(new Registry({ noun: 'parcel', createFails: { permille: 300 } })),
    }),
    workload: ({ int }) => ({ saga: market, input: { amount: 3 + int('amount', 100_00) } }),
  });
}

export const bug = plantedBug({
  how: 'Three rounded thirds are a cent less than the whole, and the cent stays in flight for ever',
  lookFor: 'Split 10.00 three ways and add it up again. The last part must be the rest.',
  caughtBy: ['money-conserved'],
  trigger: [],
  seenIn: 'market places and tax lines that round every part by itself',
  wrong: orders('rounding-split', 'Each third is rounded down', thirds),
  right: orders('rounding-split-corrected', 'The last part is what remains', thirdsAndTheRest),
});

export default bug.wrong;
