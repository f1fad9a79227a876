// An order as a saga: its goods reserved side by side, then the money taken, then a shipment. It stands as JSON in the
// saga's log, from which the order is read back; nothing else is kept of it.
//
//   reserve_1 ─┐
//   reserve_2 ─┼─→ process_payment ──→ create_shipment
//   …         ─┘
//
// O1. Money is counted in minor units, exactly (E11): prices are refused when they are finer than their currency, sums
//     when they are beyond what is counted exactly.

import { z } from '@hono/zod-openapi';
import { decimalText, minorUnits } from '../core/money.ts';
import type { SagaStatus } from '../core/saga-event.ts';
import type { SagaCreated } from './creation.ts';
import { bad } from './problem.ts';

/** The name of the saga that `POST /api/orders` begins. */
export const ORDER_SAGA = 'customer_order';
const VERSION = 1;
/** For forward work, in seconds. */
const TIMEOUT_S = 3_600;

export interface NewOrder {
  readonly customerId: string;
  readonly currency: string;
  readonly items: readonly {
    readonly productId: string;
    readonly quantity: number;
    /** In the unit of the currency. */
    readonly price: number | string;
  }[];
}

/** As `GET /api/orders/{id}` shows it: money as decimal text. */
export const OrderSchema = z.object({
  customerId: z.string(),
  currency: z.string(),
  items: z.array(z.object({ productId: z.string(), quantity: z.int(), price: z.string() })),
  totalAmount: z.string(),
});
export type Order = z.output<typeof OrderSchema>;

/** How an order stands, by the status of its saga. */
export const ORDER_STATUS: Readonly<Record<SagaStatus, string>> = {
  created: 'PENDING',
  running: 'PENDING',
  compensating: 'CANCELLING',
  completed: 'CONFIRMED',
  compensated: 'CANCELLED',
  failed: 'CANCELLED',
  compensation_failed: 'NEEDS_ATTENTION',
  resolved: 'RESOLVED',
};

/**
 * The saga of an order, in the JSON of `POST /api/sagas`. The same order gives the same JSON.
 *
 * @throws UserError `bad-amount`; Problem 400 `bad-amount` for a total of nothing, or too much. O1.
 */
export function orderSaga({ customerId, currency, items }: NewOrder): object {
  const priced = items.map(({ productId, quantity, price }) => {
    const minor = minorUnits(price, currency);
    return {
      productId,
      quantity,
      price: decimalText(minor, currency),
      sum: BigInt(minor) * BigInt(quantity),
    };
  });
  const total = priced.reduce((sum, item) => sum + item.sum, 0n);
  if (total < 1n || total > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw bad(
      'the total of the order is nothing, or too much',
      'Look at its prices and quantities.',
      'bad-amount',
    );
  }
  const amount = decimalText(Number(total), currency);
  const goods = priced.map(({ productId, quantity, price }) => ({ productId, quantity, price }));
  const reserves = goods.map(({ productId, quantity }, i) => ({
    id: `reserve_${i + 1}`,
    service: 'inventory',
    action: 'reserve',
    compensation: 'release',
    after: [],
    payload: { productId, quantity },
  }));
  return {
    name: ORDER_SAGA,
    version: VERSION,
    timeout: TIMEOUT_S,
    steps: [
      ...reserves,
      {
        id: 'process_payment',
        service: 'payment',
        action: 'charge',
        compensation: 'refund',
        after: reserves.map(({ id }) => id),
        payload: { customer: customerId, amount, currency },
      },
      {
        id: 'create_shipment',
        service: 'shipping',
        action: 'create',
        compensation: 'cancel',
        after: ['process_payment'],
        payload: { customerId, currency, items: goods, totalAmount: amount },
      },
    ],
  };
}

/**
 * The order that a saga was begun for; undefined when it is no order. Anybody may begin a saga of this name: what it
 * brought along is checked.
 */
export function orderOf({ definition, source }: SagaCreated): Order | undefined {
  if (definition !== ORDER_SAGA) return undefined;
  const steps: unknown = membersOf(source).steps;
  const last: unknown = Array.isArray(steps) ? steps.at(-1) : undefined;
  const read = OrderSchema.safeParse(membersOf(last).payload);
  return read.success ? read.data : undefined;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
