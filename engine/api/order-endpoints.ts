// `/api/orders`: what a shop asks. An order is a saga; its id is the saga's.

import { z } from '@hono/zod-openapi';
import { isSameJson } from '../core/json.ts';
import { type Answer, type Asked, type Endpoint, endpoint } from './endpoint.ts';
import { ORDER_STATUS, OrderSchema, orderOf, orderSaga } from './order-saga.ts';
import { Problem } from './problem.ts';
import type { SagaParts } from './saga-endpoints.ts';
import { isoTime } from './saga-view.ts';
import { IdempotencyHeader, IdParams, Time } from './schemas.ts';

const TAG = 'Orders';
const Name = z.string().min(1).max(200);

const CreateOrder = z
  .strictObject({
    customerId: Name.openapi({ example: 'c-1' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'it must be three capital letters')
      .default('USD'),
    items: z
      .array(
        z.strictObject({
          productId: Name.openapi({ example: 'prod_123' }),
          quantity: z.int().min(1).max(1_000_000),
          price: z.union([z.number(), z.string().max(40)]).openapi({ example: 19.99 }),
        }),
      )
      .min(1)
      .max(50),
  })
  .openapi('CreateOrder');

const OrderResponse = z
  .object({ orderId: z.string(), status: z.string(), message: z.string() })
  .openapi('OrderResponse');

const OrderDetail = OrderSchema.extend({
  orderId: z.string(),
  status: z.enum([...new Set(Object.values(ORDER_STATUS))] as [string, ...string[]]),
  createdAt: Time,
}).openapi('Order');

export function orderEndpoints(parts: SagaParts): readonly Endpoint[] {
  return [
    endpoint({
      method: 'post',
      path: '/api/orders',
      role: 'operate',
      tag: TAG,
      summary: 'Place an order',
      description: 'Reserves the goods, takes the money, and ships; or undoes all of it.',
      headers: IdempotencyHeader,
      body: { schema: CreateOrder },
      answers: { 202: ['It is durable, and being processed', OrderResponse] },
      handle: (asked) => placeOrder(parts, asked),
    }),
    endpoint({
      method: 'get',
      path: '/api/orders/{id}',
      role: 'read',
      tag: TAG,
      summary: 'Look at an order',
      params: IdParams,
      answers: { 200: ['The order', OrderDetail] },
      async handle({ params: { id }, record }) {
        const log = await parts.catalogue.logOf(id);
        const [first] = log;
        const order = first?.event.kind === 'saga-created' ? orderOf(first.event) : undefined;
        if (first === undefined || order === undefined) throw unknownOrder();
        record.saga = id;
        const { state } = await parts.reader.read(id);
        const createdAt = isoTime(first.atUs);
        return { value: { orderId: id, ...order, status: ORDER_STATUS[state.status], createdAt } };
      },
    }),
  ];
}

async function placeOrder(
  parts: SagaParts,
  { body, header, record }: Asked<unknown, unknown>,
): Promise<Answer> {
  const saga = orderSaga(CreateOrder.parse(body));
  const { id, isNew } = await parts.creations.create({
    scope: 'orders',
    key: header('idempotency-key'),
    begin: (options) => parts.engine.createFromJson(saga, options),
    isSame: ({ source }) => isSameJson(source, saga),
  });
  record.saga = id;
  const { state } = await parts.reader.read(id);
  const message = isNew ? 'Order is being processed' : 'This order was placed before';
  return {
    status: 202,
    value: { orderId: id, status: ORDER_STATUS[state.status], message },
    headers: { location: `/api/orders/${id}` },
  };
}

function unknownOrder(): Problem {
  const detail = 'there is no such order';
  return new Problem({
    status: 404,
    code: 'unknown-order',
    detail,
    hint: 'Look at its id; it may have been deleted.',
  });
}
