// Money as floating point, as in a saga engine in Go (`"amount": 99.99`). Prices come as decimal text, become dollars in
// binary, and are multiplied by a hundred where cents are needed: 19.99 × 100 is 1998.9999999999998, and the books are
// off by what nobody can see.

import { type Applied, type Call, defineSaga, minorUnits, type Outcome } from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, Clerk, refuse, type Service } from './clerk.ts';
import { Journal } from './journal.ts';
import { plantedBug, SAGAS } from './planted-bug.ts';

const OPENING_CENTS = 1_000_00;

const order = defineSaga({
  name: 'priced-order',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    pay: { service: 'till', action: 'pay', compensation: 'refund', payload: ({ input }) => input },
    parcel: { service: 'carrier', action: 'create', compensation: 'cancel', after: ['pay'] },
  },
});

type CentsOf = (price: string) => number;

class Till implements Service {
  readonly actions = ['pay', 'refund'];
  readonly ledger = new Journal();
  readonly #centsOf: CentsOf;

  constructor(centsOf: CentsOf) {
    this.#centsOf = centsOf;
    this.ledger.open('customer', OPENING_CENTS);
    this.ledger.open('merchant', 0);
  }

  apply(call: Call): Outcome {
    const cents = this.#centsOf((call.payload as { readonly price: string }).price);
    if (this.ledger.balance('customer') < cents) return refuse('insufficient funds');
    this.#pay(call, cents);
    return APPLIED;
  }

  undo(call: Call, _forward: Applied): Outcome {
    this.#pay(call, -this.#centsOf((call.payload as { readonly price: string }).price));
    return APPLIED;
  }

  #pay(call: Call, cents: number): void {
    this.ledger.post(call, [
      { account: 'customer', amount: -cents },
      { account: 'merchant', amount: cents },
    ]);
  }
}

function orders(name: string, title: string, centsOf: CentsOf): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [order],
    sagasPerRun: SAGAS,
    participants: () => ({
      till: new Clerk(new Till(centsOf)),
      carrier: new Clerk(new Registry({ noun: 'parcel', createFails: { permille: 300 } })),
    }),
    workload: ({ int }) => ({ saga: order, input: { price: `${int('dollars', 100)}.99` } }),
  });
}

export const bug = plantedBug({
  how: 'A price in binary floating point is not the price on the label, and balances are no whole cents',
  lookFor:
    'Search for `float`, `double` and `number` near amounts, and for JSON that is parsed into them. Add 0.10 and 0.20 a thousand times.',
  reading:
    'Goldberg, _What Every Computer Scientist Should Know About Floating-Point Arithmetic_, ACM Computing Surveys 1991',
  caughtBy: ['money-conserved'],
  trigger: [],
  seenIn: 'a saga engine in Go: Payload: map[string]interface{}{"amount": 99.99}, decoded into a float64',
  wrong: orders(
    'float-money',
    'Prices are floating-point dollars',
    (price) => Number.parseFloat(price) * 100,
  ),
  right: orders('float-money-corrected', 'Prices are whole cents', (price) => minorUnits(price, 'USD')),
});

export default bug.wrong;
