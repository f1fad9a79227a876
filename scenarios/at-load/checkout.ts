// A shop at load, on which policies are compared: four checkouts a second come whatever happens, and the payment service
// can bear seven. What befalls it is each scenario's own.

import { defineSaga, policies } from '../../engine/index.ts';
import { inventory, orders, payment } from '../../participants-mock/index.ts';
import {
  type Capacity,
  defineScenario,
  type Incident,
  type Scenario,
  type ServiceLevels,
  type WorkloadContext,
} from '../../simulator/index.ts';

const ITEMS = 20;
const PER_SECOND = 4;
const SECOND_US = 1_000_000;
/** The first incident of a scenario begins after a quiet minute. */
export const QUIET_MS = 60_000;

const checkout = defineSaga({
  name: 'checkout',
  version: 1,
  steps: {
    look: { service: 'catalogue', action: 'look', effects: 'none' },
    reserve: { service: 'inventory', action: 'reserve', compensation: 'release', after: ['look'] },
    charge: {
      service: 'payment',
      action: 'charge',
      compensation: 'refund',
      after: ['reserve'],
      payload: ({ input }) => ({ amount: (input as Basket).amount, customer: (input as Basket).customer }),
    },
    order: { service: 'orders', action: 'create', compensation: 'cancel', after: ['charge'] },
  },
});

interface Basket {
  readonly productId: string;
  readonly quantity: number;
  readonly amount: number;
  readonly customer: string;
}

/** One request after the other, a seventh of a second each. */
export const PAYMENT: Capacity = {
  concurrency: 1,
  serviceTime: { p50Us: 130_000, p90Us: 200_000, p99Us: 300_000, maxUs: 400_000 },
  queueMax: 500,
};

/**
 * What a shop promises. Mean, p99 and undone sagas are those of quiet times: before the incidents, and from five minutes
 * after them.
 */
export const PROMISES: ServiceLevels = {
  completedPermille: 999,
  quietCompensatedPermille: 10,
  quietMeanMs: 500,
  quietP99Ms: 2_000,
  detectionMs: 30_000,
  compensationP99Ms: 60_000,
  recoveryMs: 300_000,
};

export interface AtLoad {
  readonly name: string;
  readonly title: string;
  readonly incidents?: readonly Incident[];
  readonly capacity?: Readonly<Record<string, Capacity>>;
  /** How long checkouts keep coming, in seconds; the sagas of a run unless `--sagas` says otherwise. */
  readonly seconds: number;
}

export function atLoad({ name, title, incidents = [], capacity, seconds }: AtLoad): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [checkout],
    sagasPerRun: seconds * PER_SECOND,
    policy: policies.resilient,
    capacity: { payment: PAYMENT, ...capacity },
    incidents,
    slo: PROMISES,
    sloWeather: 'calm',
    participants: ({ sagas }) => ({
      catalogue: inventory({ items: itemsFor(sagas) }),
      inventory: inventory({ items: itemsFor(sagas) }),
      payment: payment({ customers: 100 }),
      orders: orders(),
    }),
    workload: (context) => {
      const { int } = context;
      const input: Basket = {
        productId: `item-${int('item', ITEMS)}`,
        quantity: 1,
        amount: 1 + int('amount', 300_00),
        customer: `c-${int('customer', 100)}`,
      };
      return { saga: checkout, input, startAtUs: arrivalUs(context) };
    },
  });
}

/** Four a second, each at any time of its quarter. */
function arrivalUs({ index, int }: WorkloadContext): number {
  const slotUs = SECOND_US / PER_SECOND;
  return index * slotUs + int('arrival', slotUs);
}

function itemsFor(sagas: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Array.from({ length: ITEMS }, (_, i) => [`item-${i}`, sagas]));
}
