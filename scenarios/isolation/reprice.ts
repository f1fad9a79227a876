// A price is looked at, a change of it is reviewed, and then it is set: three steps, and in between others do the same. Who sets
// what was made from an old price loses the update of another. The countermeasure is to read the value again: the price is
// set only if nobody has changed it since (Richardson's "reread value", an optimistic offline lock).

import { type Call, defineSaga, type Outcome } from '../../engine/index.ts';
import { Registry } from '../../participants-mock/index.ts';
import { defineScenario, type Scenario } from '../../simulator/index.ts';
import { APPLIED, askedOf, guarded, RecordService, strange } from './records.ts';

interface NewPrice {
  readonly record: string;
  readonly was: number;
  readonly price: number;
}

/** Products and their prices. */
class Prices extends RecordService {
  readonly actions = ['look', 'set'];

  constructor() {
    super(10_00);
  }

  apply(call: Call): Outcome {
    const { record } = askedOf(call);
    if (call.action === 'look') return { kind: 'applied', result: { price: this.values.get(record) } };
    const { was, price } = askedOf<NewPrice>(call);
    this.values.update(call, record, price, was);
    return APPLIED;
  }

  undo(call: Call): Outcome {
    return strange(call);
  }
}

export interface Reprice {
  readonly name: string;
  readonly title: string;
  /** Whether the price is read again before it is set. */
  readonly rereads: boolean;
  readonly sagasPerRun?: number;
}

/** The scenario, with and without reading again. */
export function reprice({ name, title, rereads, sagasPerRun = 100 }: Reprice): Scenario {
  const change = defineSaga<{ readonly record: string; readonly amount: number }, 'look' | 'review' | 'set'>({
    name: 'reprice',
    version: 1,
    deadlineMs: 300_000,
    steps: {
      look: { service: 'prices', action: 'look', effects: 'none' },
      review: { service: 'review', action: 'create', compensation: 'cancel', after: ['look'] },
      set: {
        service: 'prices',
        action: 'set',
        kind: 'pivot',
        after: ['review'],
        payload: ({ input: { record, amount }, results }) => {
          const { price: was } = results.look as { readonly price: number };
          return { record, was, price: was + amount };
        },
        ...(rereads ? { isolation: { kind: 'reread-value', from: 'look' } } : {}),
      },
    },
  });
  return defineScenario({
    name,
    title,
    sagas: [change],
    sagasPerRun,
    participants: () => ({
      prices: guarded(new Prices()),
      review: guarded(new Registry({ noun: 'review' })),
    }),
    workload: ({ count, int }) => ({
      saga: change,
      input: { record: `product-${int('product', Math.ceil(count / 5))}`, amount: 1 + int('amount', 50) },
    }),
  });
}

export default reprice({
  name: 'reprice',
  title: 'Prices are looked at, reviewed and set, if they are still what they were',
  rereads: true,
});
