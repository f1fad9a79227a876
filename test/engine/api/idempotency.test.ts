// I1–I3: whoever asks twice with one key gets one saga.

import { expect, test } from 'vitest';
import { sagaOfKey } from '../../../engine/live/index.ts';
import { EXAMPLE, type Served, served } from './served.ts';

const withKey = (key: string) => ({ 'idempotency-key': key });
const count = async ({ ask }: Served) => (await ask('GET', '/api/sagas/stats')).json.totalSagas;

test('the same request again answers the same saga, and begins nothing', async () => {
  const api = await served();
  const first = await api.ask('POST', '/api/sagas', EXAMPLE, withKey('k-1'));
  const again = await api.ask('POST', '/api/sagas', EXAMPLE, withKey('k-1'));
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.json).toEqual(first.json);
  expect(again.headers.get('location')).toBe(first.headers.get('location'));
  expect(await count(api)).toBe(1);
});

test('members in another order are the same request', async () => {
  const { ask } = await served();
  await ask('POST', '/api/sagas', EXAMPLE, withKey('k-1'));
  const turned = Object.fromEntries(Object.entries(EXAMPLE).reverse());
  expect((await ask('POST', '/api/sagas', turned, withKey('k-1'))).status).toBe(200);
});

test('another body under the same key is refused, whatever kind it is', async () => {
  const api = await served();
  await api.ask('POST', '/api/sagas', EXAMPLE, withKey('k-1'));
  for (const other of [
    { ...EXAMPLE, timeout: 301 },
    { name: 'order', input: {} },
  ]) {
    const { status, json } = await api.ask('POST', '/api/sagas', other, withKey('k-1'));
    expect([status, json.code]).toEqual([422, 'idempotency-key-reused']);
  }
  expect(await count(api)).toBe(1);
});

test('a registered saga is compared by its name, its version and its input', async () => {
  const { ask } = await served();
  const body = { name: 'order', input: { a: 1, b: [2] } };
  const statuses = [];
  for (const sent of [
    body,
    { ...body, input: { b: [2], a: 1 } },
    { ...body, version: 1 },
    { ...body, input: { a: 2 } },
  ]) {
    statuses.push((await ask('POST', '/api/sagas', sent, withKey('k-2'))).status);
  }
  expect(statuses).toEqual([201, 200, 200, 422]);
});

test('of many at the same time one is told 201, the others 200, and there is one saga', async () => {
  const api = await served({ answer: () => undefined, isSlow: true });
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => api.ask('POST', '/api/sagas', EXAMPLE, withKey('k-3'))),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(39).fill(200), 201]);
  expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
  expect(await count(api)).toBe(1);
});

test('of many different bodies under one key at the same time one wins, and all others are refused', async () => {
  const api = await served({ answer: () => undefined, isSlow: true });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      api.ask('POST', '/api/sagas', { ...EXAMPLE, timeout: 300 + i }, withKey('k-4')),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(422)]);
  expect(await count(api)).toBe(1);
});

test('I2: what another process has begun under the key is found in the log', async () => {
  const { ask, host } = await served();
  await host.createFromJson({ ...EXAMPLE, timeout: 301 }, { id: sagaOfKey('k-5') });
  expect((await ask('POST', '/api/sagas', EXAMPLE, withKey('k-5'))).status).toBe(422);
  expect((await ask('POST', '/api/sagas', { ...EXAMPLE, timeout: 301 }, withKey('k-5'))).status).toBe(200);
});

test('orders and sagas have keys of their own', async () => {
  const { ask } = await served();
  const order = { customerId: 'c-1', items: [{ productId: 'p', quantity: 1, price: 1 }] };
  expect((await ask('POST', '/api/sagas', EXAMPLE, withKey('k-6'))).status).toBe(201);
  const first = await ask('POST', '/api/orders', order, withKey('k-6'));
  const again = await ask('POST', '/api/orders', order, withKey('k-6'));
  expect([first.status, again.status, again.json.orderId]).toEqual([202, 202, first.json.orderId]);
  const other = { ...order, customerId: 'c-2' };
  expect((await ask('POST', '/api/orders', other, withKey('k-6'))).json.code).toBe('idempotency-key-reused');
});

test('a key is a UUID of version 8, and another one for every key', () => {
  const ids = ['a', 'b', 'A', 'aa'].map((key) => sagaOfKey(key));
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(ids).size).toBe(4);
});

test.each(['', 'a b', 'ü', 'x'.repeat(201)])('the key %j is refused', async (key) => {
  const api = await served();
  const sent = key === 'ü' ? Buffer.from(key).toString('latin1') : key;
  const { status, json } = await api.ask('POST', '/api/sagas', EXAMPLE, withKey(sent));
  expect([status, json.code]).toEqual([400, 'bad-key']);
  expect(await count(api)).toBe(0);
});

test('whoever knows the key finds the saga', async () => {
  const { ask } = await served();
  const { json } = await ask('POST', '/api/sagas', EXAMPLE, withKey('order-4711'));
  expect((await ask('GET', '/api/sagas/by-key?key=order-4711')).json).toEqual(json);
  const nobodys = await ask('GET', '/api/sagas/by-key?key=order-4712');
  expect([nobodys.status, nobodys.json.code]).toEqual([404, 'unknown-saga']);
  for (const bad of ['', '?key=', '?key=a%20b'])
    expect((await ask('GET', `/api/sagas/by-key${bad}`)).status).toBe(400);
});
