// W1, W2: a line for each request, which says what is needed to find it, and no secret.

import { expect, test } from 'vitest';
import { accessToken } from '../../../engine/api/access.ts';
import { traceIdOf } from '../../../engine/live/index.ts';
import { bearer, EXAMPLE, served } from './served.ts';

const linesOf = (log: readonly string[]) =>
  log.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

test('a line names the route, never the address; and the saga, with its trace', async () => {
  const { ask, log } = await served();
  const { json, headers } = await ask('POST', '/api/sagas', EXAMPLE);
  const id = String(json.id);
  await ask('GET', `/api/sagas/${id}`);
  await ask('GET', '/api/sagas/no-such-saga');
  const [created, read, missing] = linesOf(log);
  expect(created).toMatchObject({
    level: 'info',
    requestId: headers.get('x-request-id'),
    traceId: traceIdOf(id),
    method: 'POST',
    route: '/api/sagas',
    status: 201,
    durationMs: expect.any(Number),
    saga: id,
    time: expect.stringMatching(/Z$/),
  });
  expect(read).toMatchObject({ route: '/api/sagas/{id}', status: 200, traceId: traceIdOf(id) });
  expect(missing).toMatchObject({ route: '/api/sagas/{id}', status: 404, code: 'unknown-saga' });
  expect(log.join('')).not.toContain('no-such-saga');
});

test('the trace that the participants see is that of the saga', async () => {
  const { ask, log, transport } = await served();
  await ask('POST', '/api/sagas', EXAMPLE);
  expect(linesOf(log)[0]!.sagaTraceId).toBe(traceIdOf(transport.calls[0]!.call.saga));
});

test('W2: the trace of the asker is honoured, when it is one', async () => {
  const { ask, log } = await served();
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  for (const traceparent of [
    `00-${trace}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    'nonsense',
  ]) {
    await ask('GET', '/health', undefined, { traceparent });
  }
  const [good, zero, nonsense] = linesOf(log).map(({ traceId }) => traceId);
  expect(good).toBe(trace);
  for (const own of [zero, nonsense]) expect(own).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
});

test('a secret stands in no log and in no event, wherever somebody puts it', async () => {
  const secret = 'a-very-secret-token-0123456789';
  const tokens = [accessToken(secret, 'admin', 'SAGA_TOKEN')];
  const { ask, log, store } = await served({ tokens });
  const { json } = await ask('POST', '/api/sagas', EXAMPLE, bearer(secret));
  await ask('GET', `/api/sagas/${secret}`, undefined, bearer(secret));
  await ask('GET', `/api/sagas?name=${secret}`, undefined, bearer(secret));
  await ask('GET', `/${secret}?token=${secret}`, undefined, {
    ...bearer(secret),
    'x-request-id': secret,
    cookie: secret,
  });
  await ask('POST', '/api/sagas', { [secret]: secret }, bearer(secret));
  await ask('POST', '/api/sagas', `{"${secret}`, { ...bearer(secret), 'idempotency-key': secret });
  await ask('GET', '/', undefined, bearer(`${secret}x`));
  await ask('PUT', `/api/sagas/${String(json.id)}/compensate`, { reason: secret }, bearer(secret));
  expect(log).toHaveLength(8);
  expect(log.join('')).not.toContain(secret);
  expect(log.join('')).toContain('"caller":"SAGA_TOKEN"');
  expect(JSON.stringify(await store.logOf(String(json.id)))).not.toContain(secret);
});

test('without a sink nothing is logged, and all is answered', async () => {
  const { ask } = await served({ log: { write: () => true } });
  expect((await ask('GET', '/health')).status).toBe(200);
});
