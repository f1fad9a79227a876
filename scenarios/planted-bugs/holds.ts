// A payment provider and an order that uses it, for the planted bugs of payments: authorise, capture what the parcel
// came to, ship. 30 % of the parcels are refused, and then the capture is refunded and the authorisation voided.
// Correct as it stands; a bug overrides one method.

import {
  type Applied,
  type Call,
  defineSaga,
  type Outcome,
  type Participant,
  type ParticipantEnv,
} from '../../engine/index.ts';
import { type Account, LedgerBook, Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, Clerk, refuse, type Service } from './clerk.ts';
import { SAGAS } from './planted-bug.ts';

const CUSTOMERS = 10;

/** What an order pays. Minor units. */
export interface Bill {
  readonly customer: string;
  readonly authorized: number;
  readonly captured: number;
}

export interface Hold extends Bill {
  readonly status: 'held' | 'captured' | 'void';
}

const order = defineSaga({
  name: 'paid-order',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    authorize: {
      service: 'payment',
      action: 'authorize',
      compensation: 'void',
      payload: ({ input }) => input,
    },
    capture: {
      service: 'payment',
      action: 'capture',
      compensation: 'refund',
      after: ['authorize'],
      payload: ({ input }) => input,
    },
    parcel: { service: 'carrier', action: 'create', compensation: 'cancel', after: ['capture'] },
  },
});

/** Orders that are paid with this provider. */
export function paidOrders(name: string, title: string, provider: () => Service): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [order],
    sagasPerRun: SAGAS,
    participants: (): Record<string, Participant> => ({
      payment: new Clerk(provider()),
      carrier: new Clerk(new Registry({ noun: 'parcel', createFails: { permille: 300 } })),
    }),
    workload: ({ index, int }) => {
      const authorized = 100 + int('amount', 99_00);
      const captured = authorized - int('less', 100);
      return { saga: order, input: { customer: `c-${index % CUSTOMERS}`, authorized, captured } };
    },
  });
}

/** Authorised money stands in `clearing:holds`; what is captured is the merchant's, the rest goes back at once. */
export class Provider implements Service {
  readonly actions = ['authorize', 'capture', 'void', 'refund'];
  readonly ledger = new LedgerBook();
  protected readonly holds = new Map<string, Hold>();
  protected readonly clearing = this.ledger.open('clearing:holds', 0);
  protected readonly merchant = this.ledger.open('merchant', 0);

  constructor() {
    for (let i = 0; i < CUSTOMERS; i++) this.ledger.open(`c-${i}`, 10_000_00);
  }

  apply(call: Call, _env: ParticipantEnv): Outcome {
    const bill = call.payload as Bill;
    return call.action === 'authorize' ? this.authorize(call, bill) : this.capture(call, bill);
  }

  undo(call: Call, _forward: Applied, _env: ParticipantEnv): Outcome {
    const hold = this.holds.get(call.saga);
    if (hold === undefined) return refuse('nothing was authorised');
    return call.action === 'void' ? this.voided(call, hold) : this.refund(call, hold);
  }

  protected customer({ customer }: Bill): Account {
    return this.ledger.account(customer)!;
  }

  protected authorize(call: Call, bill: Bill): Outcome {
    this.holds.set(call.saga, { ...bill, status: 'held' });
    this.ledger.move(call, this.customer(bill), this.clearing, bill.authorized);
    return APPLIED;
  }

  protected capture(call: Call, bill: Bill): Outcome {
    const hold = this.holds.get(call.saga);
    if (hold?.status !== 'held') return refuse('nothing is held');
    this.holds.set(call.saga, { ...hold, captured: bill.captured, status: 'captured' });
    this.ledger.post(call, [
      { account: this.clearing, amount: -hold.authorized },
      { account: this.merchant, amount: bill.captured },
      { account: this.customer(hold), amount: hold.authorized - bill.captured },
    ]);
    return APPLIED;
  }

  protected voided(call: Call, hold: Hold): Outcome {
    if (hold.status === 'held') this.ledger.move(call, this.clearing, this.customer(hold), hold.authorized);
    else this.ledger.note(call);
    this.holds.set(call.saga, { ...hold, status: 'void' });
    return APPLIED;
  }

  protected refund(call: Call, hold: Hold): Outcome {
    this.ledger.move(call, this.merchant, this.customer(hold), hold.captured);
    return APPLIED;
  }
}
