// Sagas that bring their definition along, as JSON: it stands in their log, and is all that a later host needs.

import { expect, test } from 'vitest';
import { definePolicy } from '../../../engine/index.ts';
import { MemoryStore } from '../../../engine/live/index.ts';
import { StageTransport, stage } from './stage.ts';

const BODY = {
  name: 'order_processing',
  timeout: 300,
  steps: [
    { id: 'reserve', service: 'shop', action: 'reserve', compensation: 'release', payload: { quantity: 2 } },
    { id: 'pay', service: 'shop', action: 'charge', compensation: 'refund', payload: { amount: 99.99 } },
  ],
};

test('E9: a host that knows no definitions goes on with a saga that brought its own', async () => {
  const store = new MemoryStore();
  const silent = new StageTransport();
  silent.answer = ({ action }) => (action === 'reserve' ? { kind: 'applied' } : undefined);
  const first = stage({ store, transport: silent, definitions: [] });
  await first.host.start();
  const id = await first.host.createFromJson(BODY);
  await first.host.stop({ graceMs: 1 });

  const second = stage({ store, definitions: [] });
  expect(await second.host.start()).toMatchObject({ recovered: 1 });
  const { status } = await second.host.whenEnded(id);
  expect(status).toBe('completed');
  expect(second.transport.calls.map(({ call }) => [call.key, call.payload])).toEqual([
    [`${id}/pay/forward`, { amount: 99_99 }],
  ]);
});

test('the body stands in the log as it was sent, and a fold needs nothing else', async () => {
  const { host } = stage({ definitions: [] });
  await host.start();
  const id = await host.createFromJson(BODY, { id: 'o-1' });
  const log = await host.log(id);
  expect(log[0]!.event).toMatchObject({ definition: 'order_processing', source: BODY });
  expect(host.fold(log)?.definition.steps.map(({ name }) => name)).toEqual(['reserve', 'pay']);
  await host.stop();
});

test('E9: what has begun goes on under a policy that could not begin it', async () => {
  const store = new MemoryStore();
  const silent = new StageTransport();
  silent.answer = () => undefined;
  const first = stage({ store, transport: silent, definitions: [] });
  await first.host.start();
  const id = await first.host.createFromJson(BODY);
  await first.host.stop({ graceMs: 1 });

  const slow = definePolicy({ name: 'slow', callTimeoutMs: 3_600_000 });
  const second = stage({ store, definitions: [], policy: slow });
  expect(await second.host.start()).toMatchObject({ recovered: 1 });
  expect((await second.host.whenEnded(id)).status).toBe('completed');
  expect((await second.host.state(id))?.definition.policy).toBe(slow);
  await expect(second.host.createFromJson(BODY)).rejects.toMatchObject({ code: 'deadline-too-short' });
});

test.each([
  ['unknown-service', { ...BODY, steps: [{ ...BODY.steps[0], service: 'elsewhere' }] }],
  ['bad-json-saga', { ...BODY, steps: [] }],
  ['bad-amount', { ...BODY, steps: [{ ...BODY.steps[1], payload: { amount: 0.1 + 0.2 } }] }],
])('%s: nothing is begun', async (code, body) => {
  const { host, transport } = stage({ definitions: [] });
  await host.start();
  await expect(host.createFromJson(body)).rejects.toMatchObject({ code });
  expect([host.size, transport.calls]).toEqual([0, []]);
  await host.stop();
});
