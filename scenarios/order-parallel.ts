// A larger order: goods and money are secured at the same time, then a shipment; taking the money is the point of
// no return (pivot), and what comes after is tried until it succeeds (retriable).
//
//   stock ────┬──→ shipment ──→ capture (pivot) ──┬──→ commit (retriable)
//   payment ──┘                                   └──→ confirm (retriable)

import { defineSaga } from '../engine/index.ts';
import { inventory, orders, payment, shipping } from '../participants-mock/index.ts';
import { defineScenario } from '../simulator/index.ts';

interface Order {
  readonly productId: string;
  readonly quantity: number;
  readonly customer: string;
  readonly amount: number;
}

const order = defineSaga({
  name: 'order-parallel',
  version: 1,
  deadlineMs: 600_000,
  steps: {
    stock: { service: 'inventory', action: 'reserve', compensation: 'release', payload: goods },
    payment: { service: 'payment', action: 'authorize', compensation: 'void', payload: price },
    shipment: {
      service: 'shipping',
      action: 'create',
      compensation: 'cancel',
      after: ['stock', 'payment'],
      payload: goods,
    },
    capture: {
      service: 'payment',
      action: 'capture',
      kind: 'pivot',
      after: ['shipment'],
      payload: ({ saga }) => ({ authorization: `auth-${saga}` }),
    },
    commit: { service: 'inventory', action: 'commit', kind: 'retriable', after: ['capture'], payload: goods },
    confirm: { service: 'orders', action: 'create', kind: 'retriable', after: ['capture'], payload: goods },
  },
});

function goods({ input }: { readonly input: unknown }): unknown {
  const { productId, quantity } = input as Order;
  return { productId, quantity };
}

function price({ input }: { readonly input: unknown }): unknown {
  const { customer, amount } = input as Order;
  return { customer, amount };
}

export default defineScenario({
  name: 'order-parallel',
  title: 'An order as a graph: parallel steps, a pivot, and a tail that always succeeds',
  sagas: [order],
  participants: ({ sagas }) => ({
    inventory: inventory({ items: { lamp: sagas, chair: sagas, table: Math.ceil(sagas / 4) } }),
    payment: payment({ customers: 100 }),
    shipping: shipping({ createFails: { permille: 100 } }),
    orders: orders(),
  }),
  workload: ({ int }) => {
    const productId = ['lamp', 'chair', 'table'][int('product', 3)]!;
    const customer = `c-${int('customer', 100)}`;
    const input: Order = {
      productId,
      quantity: 1 + int('quantity', 3),
      customer,
      amount: 1 + int('amount', 500_00),
    };
    return { saga: order, input };
  },
});
