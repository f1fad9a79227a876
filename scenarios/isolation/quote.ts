// A purchase relies on a price twice: it quotes it, and later makes out an invoice. Meanwhile the price is raised: the customer
// pays what was never quoted. A fuzzy read. The countermeasure is to read the value again: the invoice is refused when the
// price is not the one that was quoted.

import { type Call, defineSaga, type Outcome } from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, askedOf, guarded, RecordService } from './records.ts';

/** A shop that quotes, makes out invoices, and raises prices. */
class Shop extends RecordService {
  readonly actions = ['quote', 'withdraw', 'invoice', 'raise'];

  constructor() {
    super(10_00);
  }

  apply(call: Call): Outcome {
    const { record, amount } = askedOf(call);
    if (call.action === 'raise') {
      this.values.update(call, record, this.values.get(record) + amount);
      return APPLIED;
    }
    return { kind: 'applied', result: { price: this.values.rely(call, record) } };
  }

  undo(call: Call): Outcome {
    this.ledger.note(call);
    return APPLIED;
  }
}

export interface Quote {
  readonly name: string;
  readonly title: string;
  /** Whether the price must be the one that was quoted. */
  readonly rereads: boolean;
  readonly sagasPerRun?: number;
}

/** The scenario, with and without reading again. */
export function quote({ name, title, rereads, sagasPerRun = 100 }: Quote): Scenario {
  const purchase = defineSaga({
    name: 'purchase',
    version: 1,
    deadlineMs: 300_000,
    steps: {
      quote: { service: 'shop', action: 'quote', compensation: 'withdraw' },
      pack: { service: 'depot', action: 'create', compensation: 'cancel', after: ['quote'] },
      invoice: {
        service: 'shop',
        action: 'invoice',
        kind: 'pivot',
        after: ['pack'],
        ...(rereads ? { isolation: { kind: 'reread-value', from: 'quote' } } : {}),
      },
    },
  });
  const raise = defineSaga({
    name: 'raise',
    version: 1,
    steps: { raise: { service: 'shop', action: 'raise', kind: 'pivot' } },
  });
  return defineScenario({
    name,
    title,
    sagas: [purchase, raise],
    sagasPerRun,
    participants: () => ({
      shop: guarded(new Shop()),
      depot: guarded(new Registry({ noun: 'parcel', createFails: { permille: 100 } })),
    }),
    workload: ({ index, count, int }) => ({
      saga: index % 3 === 0 ? raise : purchase,
      input: { record: `product-${int('product', Math.ceil(count / 5))}`, amount: 1 + int('amount', 50) },
    }),
  });
}

export default quote({
  name: 'quote',
  title: 'Purchases whose invoice must be what was quoted, while prices are raised',
  rereads: true,
});
