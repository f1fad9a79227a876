// The order of a shop, in each of three protocols: `--protocol saga|choreography|2pc`. The choreography is the order
// flow that is mostly drawn, with the branches that are mostly left out: a refused shipment gives the stock back, a refund
// follows from that and not from the shipment, and a customer may cancel until the goods have left.
//
//   order-created → payment-succeeded → stock-reserved → shipment-created → stock-sold
//                 ↘ payment-failed    ↘ stock-unavailable ↘ shipment-failed → stock-released ┐
//   order-cancelled ←───────────────── payment-refunded ←────────────────────────────────────┘

import { defineChoreography } from '../engine/choreography/index.ts';
import { defineSaga } from '../engine/index.ts';
import { inventory, orders, payment, shipping } from '../participants-mock/index.ts';
import { defineScenario, type Incident, type Scenario } from '../simulator/index.ts';

const PRODUCTS = 20;
const CUSTOMERS = 100;
const PRICE_MAX = 500_00;

interface Order {
  readonly productId: string;
  readonly quantity: number;
  readonly customer: string;
  readonly amount: number;
}

/** What an orchestrator is told, and the steps of which the choreography is made. */
export const order = defineSaga({
  name: 'order',
  version: 1,
  deadlineMs: 600_000,
  steps: {
    place: { service: 'orders', action: 'create', compensation: 'cancel', payload: goods },
    charge: {
      service: 'payment',
      action: 'charge',
      compensation: 'refund',
      after: ['place'],
      payload: price,
      compensationPayload: () => ({}),
    },
    reserve: {
      service: 'inventory',
      action: 'reserve',
      compensation: 'release',
      after: ['charge'],
      payload: goods,
    },
    ship: { service: 'shipping', action: 'create', kind: 'pivot', after: ['reserve'], payload: goods },
    sell: { service: 'inventory', action: 'commit', kind: 'retriable', after: ['ship'], payload: goods },
  },
});

/** Who reacts to what. Nobody sees the whole but its reader. */
export const orderChoreography = defineChoreography({
  saga: order,
  starts: 'order-requested',
  cancelledBy: 'cancel-requested',
  services: {
    orders: [
      { when: ['order-requested'], does: 'place', applied: 'order-created', rejected: 'order-refused' },
      { when: [['payment-failed', 'payment-refunded']], undoes: 'place', applied: 'order-cancelled' },
    ],
    payment: [
      { when: ['order-created'], does: 'charge', applied: 'payment-succeeded', rejected: 'payment-failed' },
      { when: [['stock-unavailable', 'stock-released']], undoes: 'charge', applied: 'payment-refunded' },
    ],
    inventory: [
      {
        when: ['payment-succeeded'],
        does: 'reserve',
        applied: 'stock-reserved',
        rejected: 'stock-unavailable',
      },
      { when: [['shipment-failed', 'shipment-called-off']], undoes: 'reserve', applied: 'stock-released' },
      { when: ['shipment-created'], does: 'sell', applied: 'stock-sold' },
    ],
    shipping: [
      { when: ['stock-reserved'], does: 'ship', applied: 'shipment-created', rejected: 'shipment-failed' },
      { when: ['cancel-requested'], undoes: 'ship', applied: 'shipment-called-off' },
    ],
  },
  completes: ['stock-sold'],
  cancels: [['order-cancelled', 'order-refused']],
});

function goods({ input }: { readonly input: unknown }): unknown {
  const { productId, quantity } = input as Order;
  return { productId, quantity };
}

function price({ input }: { readonly input: unknown }): unknown {
  const { customer, amount } = input as Order;
  return { customer, amount };
}

export interface Orders {
  readonly name: string;
  readonly title: string;
  readonly incidents?: readonly Incident[];
  /** Over how long the customers come; default one second. */
  readonly overSeconds?: number;
}

/** The shop, on a day on which something may happen. */
export function ordersOn({ name, title, incidents = [], overSeconds = 1 }: Orders): Scenario {
  return defineScenario({
    name,
    title,
    sagas: [order],
    choreographies: [orderChoreography],
    participants: ({ sagas }) => ({
      orders: orders(),
      payment: payment({
        customers: CUSTOMERS,
        openingBalance: PRICE_MAX + Math.ceil((PRICE_MAX * sagas) / CUSTOMERS),
      }),
      inventory: inventory({ items: stock(sagas) }),
      shipping: shipping({ createFails: { permille: 100 } }),
    }),
    workload: ({ int }) => {
      const input: Order = {
        productId: `product-${int('product', PRODUCTS)}`,
        quantity: 1 + int('quantity', 3),
        customer: `c-${int('customer', CUSTOMERS)}`,
        amount: 1 + int('amount', PRICE_MAX),
      };
      return { saga: order, input, startAtUs: int('start', overSeconds * 1_000_000) };
    },
    incidents,
  });
}

export default ordersOn({
  name: 'order',
  title: 'The order of a shop: orchestrated, choreographed or under two-phase commit',
});

/** Enough for most: now and then one product is sold out. */
function stock(sagas: number): Record<string, number> {
  const each = 2 + Math.ceil((2 * sagas) / PRODUCTS);
  return Object.fromEntries(Array.from({ length: PRODUCTS }, (_, i) => [`product-${i}`, each]));
}
