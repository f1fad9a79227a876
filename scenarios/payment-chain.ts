// Authorise, capture, order. An authorisation that was not captured is voided; money that was captured is
// refunded. Every third capture takes less than was authorised, and a fifth of the orders are refused at the end.

import { defineSaga } from '../engine/index.ts';
import { orders, payment } from '../participants-mock/index.ts';
import { defineScenario } from '../simulator/index.ts';

interface Purchase {
  readonly customer: string;
  readonly authorized: number;
  readonly captured: number;
}

const chain = defineSaga({
  name: 'payment-chain',
  version: 1,
  deadlineMs: 300_000,
  steps: {
    authorize: {
      service: 'payment',
      action: 'authorize',
      compensation: 'void',
      payload: ({ input }) => ({
        customer: (input as Purchase).customer,
        amount: (input as Purchase).authorized,
      }),
    },
    capture: {
      service: 'payment',
      action: 'capture',
      compensation: 'refund',
      after: ['authorize'],
      payload: ({ input, saga }) => ({ authorization: `auth-${saga}`, amount: (input as Purchase).captured }),
    },
    order: { service: 'orders', action: 'create', compensation: 'cancel', after: ['capture'] },
  },
});

export default defineScenario({
  name: 'payment-chain',
  title: 'Authorise, capture, order: void before the capture, refund after it',
  sagas: [chain],
  participants: () => ({
    payment: payment({ customers: 100 }),
    orders: orders({ createFails: { permille: 200 } }),
  }),
  workload: ({ index, int }) => {
    const authorized = 2 + int('amount', 300_00);
    const captured = index % 3 === 0 ? 1 + int('part', authorized) : authorized;
    const input: Purchase = { customer: `c-${int('customer', 100)}`, authorized, captured };
    return { saga: chain, input };
  },
});
