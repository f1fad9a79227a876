// `/api/sagas` over a real socket: the examples of the REST API as they stand, and every wish about a saga.

import { expect, test } from 'vitest';
import { APPLIED, LOST, NO } from '../live/stage.ts';
import { EXAMPLE, served } from './served.ts';

test('the create request of the description begins the saga, with its money in minor units', async () => {
  const { ask, transport } = await served();
  const { status, json, headers } = await ask('POST', '/api/sagas', EXAMPLE);
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`/api/sagas/${String(json.id)}`);
  expect(json).toMatchObject({ name: 'order_processing', timeout: 300, retryCount: 0 });
  expect(transport.calls.map(({ call }) => [call.service, call.action, call.payload])).toEqual([
    ['inventory', 'reserve', { productId: 'prod_123', quantity: 2 }],
    ['payment', 'charge', { amount: 99_99, currency: 'USD' }],
  ]);
});

test('the status of the description: what is done, and what is under way', async () => {
  const { ask } = await served({ answer: ({ action }) => (action === 'reserve' ? APPLIED : undefined) });
  const { json: created } = await ask('POST', '/api/sagas', EXAMPLE);
  const { status, json } = await ask('GET', `/api/sagas/${String(created.id)}`);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    id: created.id,
    name: 'order_processing',
    status: 'running',
    currentStep: 'process_payment',
    completedSteps: ['reserve_inventory'],
    failedSteps: [],
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    updatedAt: expect.stringMatching(/Z$/),
  });
  expect((await ask('GET', `/api/sagas/${String(created.id)}/status`)).json).toMatchObject({
    id: created.id,
    status: 'running',
    currentStep: 'process_payment',
  });
});

test('what was created is durable when it is answered', async () => {
  const { ask, store } = await served({ answer: () => undefined });
  const { json } = await ask('POST', '/api/sagas', EXAMPLE);
  expect((await store.logOf(String(json.id)))[0]!.event).toMatchObject({
    kind: 'saga-created',
    source: EXAMPLE,
  });
});

test.each([
  ['an amount that is finer than its currency', { amount: 99.999, currency: 'USD' }, 'bad-amount'],
  ['a sum that floats', { amount: 0.1 + 0.2 }, 'bad-amount'],
  ['a quantity that is no whole number', { quantity: 1.5 }, 'bad-json-saga'],
])('%s is refused, not rounded', async (_what, payload, code) => {
  const { ask, transport } = await served();
  const { status, json } = await ask('POST', '/api/sagas', {
    ...EXAMPLE,
    steps: [{ ...EXAMPLE.steps[1], payload }],
  });
  expect([status, json.code, transport.calls]).toEqual([400, code, []]);
});

test.each([
  ['no steps', { ...EXAMPLE, steps: [] }, /steps must be a list/],
  ['a misspelt member', { ...EXAMPLE, timout: 3 }, /member "timout"/],
  ['a name that is not usable', { ...EXAMPLE, name: 'a b' }, /name/],
  ['a negative timeout', { ...EXAMPLE, timeout: -1 }, /timeout is -1/],
  [
    'a service that is not configured',
    { ...EXAMPLE, steps: [{ ...EXAMPLE.steps[0], service: 'x' }] },
    /calls "x"/,
  ],
  [
    'a step without compensation',
    { ...EXAMPLE, steps: [{ id: 'a', service: 'shop', action: 'b' }] },
    /compensation/,
  ],
  ['a list', [EXAMPLE], /must be a JSON object/],
])('a saga with %s is refused in one sentence', async (_what, body, sentence) => {
  const { ask } = await served();
  const { status, json } = await ask('POST', '/api/sagas', body);
  expect(status).toBe(400);
  expect(json.detail).toMatch(sentence);
});

test('a registered definition begins by its name, with an input', async () => {
  const { ask, transport } = await served();
  const { status, json } = await ask('POST', '/api/sagas', { name: 'order', input: { sku: 'lamp' } });
  expect([status, json.name, json.version, json.status]).toEqual([201, 'order', 1, 'completed']);
  expect(transport.calls[0]!.call.payload).toEqual({ sku: 'lamp' });
});

test.each([
  ['a name that is not registered', { name: 'ordre', input: {} }, /does not run saga "ordre"/, /"order"/],
  [
    'a version that is not registered',
    { name: 'order', version: 9, input: {} },
    /"order" version 9/,
    /order/,
  ],
])('%s is refused, with what there is', async (_what, body, sentence, hint) => {
  const { ask } = await served();
  const { status, json } = await ask('POST', '/api/sagas', body);
  expect([status, json.code]).toEqual([400, 'unknown-definition']);
  expect(json.detail).toMatch(sentence);
  expect(json.hint).toMatch(hint);
});

test('sagas are listed newest first, page by page, by status, name and time', async () => {
  const { ask } = await served({ answer: ({ action }) => (action === 'charge' ? NO : APPLIED) });
  for (let i = 0; i < 5; i++) await ask('POST', '/api/sagas', { name: 'order', input: { i } });
  await ask('POST', '/api/sagas', { ...EXAMPLE, name: 'other' });
  const all = await ask('GET', '/api/sagas');
  expect(idsIn(all.json)).toHaveLength(6);
  const first = await ask('GET', '/api/sagas?limit=4');
  const second = await ask('GET', `/api/sagas?limit=4&cursor=${String(first.json.next)}`);
  expect([...idsIn(first.json), ...idsIn(second.json)]).toEqual(idsIn(all.json));
  expect(second.json.next).toBeNull();
  const count = async (query: string) => idsIn((await ask('GET', `/api/sagas?${query}`)).json).length;
  expect(await count('name=other')).toBe(1);
  expect(await count('status=completed')).toBe(0);
  expect(await count('status=compensated,failed')).toBe(6);
  expect(await count('status=running&status=compensated')).toBe(6);
  expect(await count(`createdFrom=${new Date(Date.now() - 60_000).toISOString()}`)).toBe(6);
  expect(await count('createdFrom=2099-01-01T00:00:00Z')).toBe(0);
});

const idsIn = (json: Readonly<Record<string, unknown>>) =>
  (json.sagas as readonly { id: string }[]).map(({ id }) => id);

test.each([
  ['limit=0'],
  ['limit=501'],
  ['limit=ten'],
  ['limit=1&limit=2'],
  ['cursor=abc'],
  ['createdFrom=yesterday'],
  ['status=done'],
  ['stauts=failed'],
])('a list with ?%s is refused', async (query) => {
  const { ask } = await served();
  const { status, json } = await ask('GET', `/api/sagas?${query}`);
  expect(status).toBe(400);
  expect(json.detail).toBeTypeOf('string');
});

test('the events of a saga tell all that happened, in order and numbered, also page by page', async () => {
  const { ask } = await served({ answer: ({ action }) => (action === 'charge' ? NO : APPLIED) });
  const { json: saga } = await ask('POST', '/api/sagas', EXAMPLE);
  const path = `/api/sagas/${String(saga.id)}/events`;
  const { json } = await ask('GET', path);
  const events = json.events as readonly Readonly<Record<string, unknown>>[];
  expect(json).toMatchObject({ schema: 'sagastorm/events@1', sagaID: saga.id, next: null });
  expect(events.map(({ version }) => version)).toEqual(events.map((_, i) => i + 1));
  expect(events.map(({ type, stepID, status }) => [type, stepID, status])).toEqual([
    ['saga-created', '', 'success'],
    ['step-requested', 'reserve_inventory', 'started'],
    ['step-applied', 'reserve_inventory', 'success'],
    ['step-requested', 'process_payment', 'started'],
    ['step-rejected', 'process_payment', 'failed'],
    ['compensation-started', '', 'started'],
    ['compensation-requested', 'reserve_inventory', 'started'],
    ['step-compensated', 'reserve_inventory', 'success'],
    ['saga-compensated', '', 'success'],
  ]);
  expect(events[4]).toMatchObject({ sagaID: saga.id, error: 'business: no', timestamp: expect.any(String) });
  const page = await ask('GET', `${path}?after=2&limit=3`);
  expect(page.json.events).toEqual(events.slice(2, 5));
  expect(page.json.next).toBe(5);
});

test('a saga that runs is compensated when somebody asks for it', async () => {
  const { ask, host } = await served({ answer: ({ action }) => (action === 'charge' ? undefined : APPLIED) });
  const { json: saga } = await ask('POST', '/api/sagas', EXAMPLE);
  const body = { sagaID: saga.id, reason: 'the customer changed her mind' };
  const { status } = await ask('PUT', `/api/sagas/${String(saga.id)}/compensate`, body);
  expect(status).toBe(202);
  expect((await host.log(String(saga.id))).some(({ event }) => event.kind === 'stop-requested')).toBe(true);
});

test('a saga that has ended is not compensated', async () => {
  const { ask } = await served();
  const { json: saga } = await ask('POST', '/api/sagas', EXAMPLE);
  const { status, json } = await ask('PUT', `/api/sagas/${String(saga.id)}/compensate`);
  expect([status, json.code]).toEqual([409, 'refused']);
  expect(json.detail).toMatch(/is completed/);
});

test.each([
  ['another saga', { sagaID: 'another' }],
  ['one step alone', { stepID: 'process_payment' }],
  ['something that is not known', { because: 'x' }],
])('a wish to compensate %s is refused', async (_what, body) => {
  const { ask } = await served();
  const { json: saga } = await ask('POST', '/api/sagas', EXAMPLE);
  expect((await ask('PUT', `/api/sagas/${String(saga.id)}/compensate`, body)).status).toBe(400);
});

test('a saga that ended without effect is tried again, in a new round', async () => {
  const { ask, transport } = await served({ answer: ({ action }) => (action === 'charge' ? NO : APPLIED) });
  const { json: saga } = await ask('POST', '/api/sagas', EXAMPLE);
  transport.answer = () => APPLIED;
  const { status, json } = await ask('POST', `/api/sagas/${String(saga.id)}/retry`);
  expect([status, json.status, json.retryCount, json.failedSteps]).toEqual([202, 'completed', 1, []]);
  expect((await ask('POST', `/api/sagas/${String(saga.id)}/retry`, {})).status).toBe(409);
});

test.each(['retry', 'compensate'])('E7: an undo that was given up goes on by %s', async (wish) => {
  const { ask, host, transport } = await served({
    answer: ({ action }) => (action === 'reserve' ? APPLIED : action === 'charge' ? NO : LOST),
  });
  const { json: saga } = await ask('POST', '/api/sagas', EXAMPLE);
  expect((await host.whenEnded(String(saga.id))).status).toBe('compensation_failed');
  transport.answer = () => APPLIED;
  const { status, json } = await ask(
    wish === 'retry' ? 'POST' : 'PUT',
    `/api/sagas/${String(saga.id)}/${wish}`,
  );
  expect([status, json.status, json.failedSteps]).toEqual([202, 'compensated', ['process_payment']]);
});

test('only what has ended is deleted; then it is gone', async () => {
  const { ask, transport } = await served();
  const { json: ended } = await ask('POST', '/api/sagas', EXAMPLE);
  transport.answer = () => undefined;
  const { json: open } = await ask('POST', '/api/sagas', EXAMPLE);
  expect((await ask('DELETE', `/api/sagas/${String(open.id)}`)).json).toMatchObject({
    status: 409,
    code: 'not-ended',
  });
  expect((await ask('DELETE', `/api/sagas/${String(ended.id)}`)).status).toBe(204);
  expect((await ask('DELETE', `/api/sagas/${String(ended.id)}`)).status).toBe(404);
  expect((await ask('GET', `/api/sagas/${String(ended.id)}`)).json).toMatchObject({ code: 'unknown-saga' });
});

test('a full engine answers 503 and says when to ask again', async () => {
  const { ask } = await served({ answer: () => undefined, sagasMax: 1 });
  expect((await ask('POST', '/api/sagas', EXAMPLE)).status).toBe(201);
  const { status, json, headers } = await ask('POST', '/api/sagas', EXAMPLE);
  expect([status, json.code, headers.get('retry-after')]).toEqual([503, 'overloaded', '1']);
});
