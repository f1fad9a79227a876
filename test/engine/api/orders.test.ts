// `/api/orders`: an order is a saga that the mock services understand, with money that is exact.

import { expect, test } from 'vitest';
import { orderSaga } from '../../../engine/api/order-saga.ts';
import { sagaFromJson } from '../../../engine/core/saga-from-json.ts';
import { Host, LocalTransport, MemoryStore } from '../../../engine/live/index.ts';
import { policies } from '../../../engine/policy/index.ts';
import { inventory, payment, shipping } from '../../../participants-mock/index.ts';
import { APPLIED, NO } from '../live/stage.ts';
import { served } from './served.ts';

const ORDER = {
  customerId: 'c-1',
  items: [
    { productId: 'lamp', quantity: 2, price: 19.99 },
    { productId: 'chair', quantity: 1, price: '0.10' },
  ],
};

test('an order is taken, and its goods reserved, its total charged, its shipment made', async () => {
  const { ask, transport } = await served();
  const { status, json, headers } = await ask('POST', '/api/orders', ORDER);
  expect([status, json.message]).toEqual([202, 'Order is being processed']);
  expect(headers.get('location')).toBe(`/api/orders/${String(json.orderId)}`);
  expect(transport.calls.map(({ call }) => [call.service, call.action, call.payload])).toEqual([
    ['inventory', 'reserve', { productId: 'lamp', quantity: 2 }],
    ['inventory', 'reserve', { productId: 'chair', quantity: 1 }],
    ['payment', 'charge', { customer: 'c-1', amount: 40_08, currency: 'USD' }],
    ['shipping', 'create', expect.objectContaining({ customerId: 'c-1', totalAmount: '40.08' })],
  ]);
});

test('an order shows what was ordered, what it costs, and how it stands', async () => {
  const { ask } = await served();
  const { json: placed } = await ask('POST', '/api/orders', ORDER);
  const { status, json } = await ask('GET', `/api/orders/${String(placed.orderId)}`);
  expect(status).toBe(200);
  expect(json).toEqual({
    orderId: placed.orderId,
    customerId: 'c-1',
    currency: 'USD',
    items: [
      { productId: 'lamp', quantity: 2, price: '19.99' },
      { productId: 'chair', quantity: 1, price: '0.10' },
    ],
    totalAmount: '40.08',
    status: 'CONFIRMED',
    createdAt: expect.any(String),
  });
});

test('an order that cannot be paid is cancelled, and its goods are released', async () => {
  const { ask, transport } = await served({ answer: ({ action }) => (action === 'charge' ? NO : APPLIED) });
  const { json: placed } = await ask('POST', '/api/orders', ORDER);
  expect((await ask('GET', `/api/orders/${String(placed.orderId)}`)).json.status).toBe('CANCELLED');
  expect(transport.calls.filter(({ call }) => call.action === 'release')).toHaveLength(2);
});

test('the services of this package take part in it', async () => {
  const participants = {
    inventory: inventory({ items: { lamp: 5, chair: 5 } }),
    payment: payment({ customers: 2, openingBalance: 100_00 }),
    shipping: shipping(),
  };
  const host = new Host({
    store: new MemoryStore(),
    transport: new LocalTransport({ participants }),
    definitions: [],
  });
  await host.start();
  const id = await host.createFromJson(orderSaga({ currency: 'USD', ...ORDER }));
  expect((await host.whenEnded(id)).status).toBe('completed');
  expect(Object.fromEntries(participants.payment.ledger.balances())).toMatchObject({
    'c-1': 59_92,
    merchant: 40_08,
  });
  await host.stop();
});

test.each([
  ['a price that is finer than a cent', [{ productId: 'p', quantity: 1, price: 0.001 }], 'bad-amount'],
  ['a negative price', [{ productId: 'p', quantity: 1, price: -1 }], 'bad-amount'],
  ['a total of nothing', [{ productId: 'p', quantity: 1, price: 0 }], 'bad-amount'],
  [
    'a total that cannot be counted',
    [{ productId: 'p', quantity: 1_000_000, price: '90071992547409.91' }],
    'bad-amount',
  ],
  ['a quantity of nothing', [{ productId: 'p', quantity: 0, price: 1 }], 'bad-request'],
  ['half a thing', [{ productId: 'p', quantity: 0.5, price: 1 }], 'bad-request'],
  ['no items', [], 'bad-request'],
  ['too many items', Array(51).fill({ productId: 'p', quantity: 1, price: 1 }), 'bad-request'],
  ['a misspelt member', [{ productId: 'p', quantity: 1, prise: 1 }], 'bad-request'],
])('an order with %s is refused', async (_what, items, code) => {
  const { ask, transport } = await served();
  const { status, json } = await ask('POST', '/api/orders', { customerId: 'c-1', items });
  expect([status, json.code, transport.calls]).toEqual([400, code, []]);
});

test.each(Object.values(policies))('E12: an order can run under the policy $name', (policy) => {
  expect(sagaFromJson(orderSaga({ currency: 'USD', ...ORDER }), policy).definition.steps).toHaveLength(4);
});

test('a sum that floating point gets wrong is right', async () => {
  const { ask } = await served();
  const order = { customerId: 'c-1', items: [{ productId: 'p', quantity: 3, price: 0.1 }] };
  const { json: placed } = await ask('POST', '/api/orders', order);
  expect((await ask('GET', `/api/orders/${String(placed.orderId)}`)).json.totalAmount).toBe('0.30');
});

test('yen have no decimals', async () => {
  const { ask } = await served();
  const order = {
    customerId: 'c-1',
    currency: 'JPY',
    items: [{ productId: 'p', quantity: 3, price: 1_200 }],
  };
  const { json: placed } = await ask('POST', '/api/orders', order);
  expect((await ask('GET', `/api/orders/${String(placed.orderId)}`)).json.totalAmount).toBe('3600');
});

test('a saga that is no order is none, whatever it calls itself', async () => {
  const { ask } = await served();
  const step = { id: 'a', service: 'shop', action: 'b', compensation: 'c' };
  for (const name of ['order', 'customer_order']) {
    const { json: saga } = await ask('POST', '/api/sagas', { name, steps: [step] });
    expect((await ask('GET', `/api/orders/${String(saga.id)}`)).json).toMatchObject({
      status: 404,
      code: 'unknown-order',
    });
  }
  expect((await ask('GET', '/api/orders/none')).status).toBe(404);
});
