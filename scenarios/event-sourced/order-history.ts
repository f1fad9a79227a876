// An order that is kept as events: the order service notes what the saga does elsewhere, and after a restart knows its orders
// from the last snapshot and the events after it. An invariant folds every log from its beginning, and compares.

import { defineSaga } from '../../engine/index.ts';
import {
  inventory,
  type OrderHistory,
  orderHistory,
  payment,
  shipping,
} from '../../participants-mock/index.ts';
import { defineScenario, type InvariantFactory, type Scenario } from '../../simulator/index.ts';

const PRICE = 99_99;

const order = defineSaga({
  name: 'order-history',
  version: 1,
  deadlineMs: 600_000,
  steps: {
    order: { service: 'orders', action: 'create', compensation: 'cancel', payload: () => ({ total: PRICE }) },
    charge: {
      service: 'payment',
      action: 'charge',
      compensation: 'refund',
      after: ['order'],
      payload: () => ({ amount: PRICE }),
    },
    paid: { service: 'orders', action: 'pay', compensation: 'unpay', after: ['charge'] },
    reserve: {
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      after: ['paid'],
      payload: () => ({ productId: 'lamp', quantity: 1 }),
    },
    reserved: { service: 'orders', action: 'reserve', compensation: 'release', after: ['reserve'] },
    ship: { service: 'shipping', action: 'create', kind: 'pivot', after: ['reserved'] },
    confirmed: { service: 'orders', action: 'ship', kind: 'retriable', after: ['ship'] },
  },
});

/** A snapshot and what came after it is what all events are. */
export const snapshotIsFold: InvariantFactory = (report, world) => {
  const orders = world.participants.orders as OrderHistory | undefined;
  const check = (saga: string, file?: Parameters<typeof report.violated>[1]): void => {
    const [loaded, rebuilt] = [orders!.load(saga), orders!.rebuild(saga)].map((state) =>
      JSON.stringify(state),
    );
    if (loaded !== rebuilt) report.violated(`the order was loaded as ${loaded}, and is ${rebuilt}`, file);
  };
  return {
    id: 'snapshot-is-fold',
    statement: 'An order from its snapshot and later events is the order from all its events',
    onEffect: (entry, _step, file, service) => {
      if (service === 'orders') check(entry.saga, file);
    },
    onQuiescence: () => {
      for (const file of world.files()) check(file.saga, file);
    },
  };
};

export interface Orders {
  readonly name: string;
  readonly title: string;
  readonly sagasPerRun?: number;
  /** The order service. Default: a snapshot after every second event. */
  orders?(): OrderHistory;
}

/** The scenario, with an order service of one's own. */
export function orderScenario({ name, title, sagasPerRun = 100, orders }: Orders): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [order],
    sagasPerRun,
    participants: ({ sagas }) => ({
      orders: orders?.() ?? orderHistory({ snapshotEvery: 2 }),
      payment: payment({ customers: 1, openingBalance: PRICE * sagas }),
      inventory: inventory({ items: { lamp: Math.ceil(sagas * 0.9) } }),
      shipping: shipping({ createFails: { permille: 200 } }),
    }),
    workload: () => ({ saga: order, input: {} }),
    invariants: [snapshotIsFold],
  });
}

export default orderScenario({
  name: 'order-history',
  title: 'An order that is kept as events, with snapshots that must agree with them',
});
