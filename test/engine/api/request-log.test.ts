// W1, W2, W3: a line for each request, which says what is needed to find it, and no secret.

import { expect, test } from 'vitest';
import { accessToken } from '../../../engine/api/access.ts';
import { MemoryStore, traceIdOf } from '../../../engine/live/index.ts';
import { LineError } from '../../../engine/live/postgres-line.ts';
import { storeFailed } from '../../../engine/live/saga-catalogue.ts';
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

/** A store that cannot be asked, for this reason. */
class AwayStore extends MemoryStore {
  readonly #why: unknown;

  constructor(why: unknown) {
    super();
    this.#why = why;
  }

  override find(): never {
    throw storeFailed(this.#why);
  }
}

const SECRET = 'postgres://sagas:hunter2@db.example/sagas';
const failed = (members: object, cause?: unknown) =>
  Object.assign(new Error(`cannot reach ${SECRET}`, { cause }), members);

test.each<[what: string, why: unknown, codes: readonly (string | number)[]]>([
  [
    'nobody listens',
    new LineError('none', failed({ code: 'ECONNREFUSED', errno: -111 })),
    ['store-failed', 'ECONNREFUSED'],
  ],
  ['it refuses', new LineError('none', failed({ code: '28P01' }), '28P01'), ['store-failed', '28P01']],
  [
    'it was lost before',
    new LineError('none', failed({}, failed({ code: '57P01' }))),
    ['store-failed', '57P01'],
  ],
  [
    'its file is damaged',
    failed({ code: 'ERR_SQLITE_ERROR', errcode: 11 }),
    ['store-damaged', 'ERR_SQLITE_ERROR', 11],
  ],
  [
    'what should be codes are none',
    failed({ code: SECRET, sqlState: 'x'.repeat(41), errcode: 1.5 }, failed({ code: { SECRET } })),
    ['store-failed'],
  ],
])(
  'W3: when the store is away because %s, a line has the codes of it, and never a message',
  async (_what, why, codes) => {
    const { ask, log } = await served({ catalogue: new AwayStore(why) });
    expect((await ask('GET', '/health')).status).toBe(503);
    const [line] = linesOf(log);
    expect(line).toMatchObject({ level: 'error', code: codes[0], error: { name: 'UserError', codes } });
    expect(log.join('')).not.toMatch(/hunter2|postgres:|db\.example|xxxx/);
  },
);

test('W3: an error that goes in circles ends', async () => {
  const one = failed({ code: 'EPIPE' });
  one.cause = one;
  const { ask, log } = await served({ catalogue: new AwayStore(one) });
  await ask('GET', '/health');
  expect(linesOf(log)[0]).toMatchObject({ error: { codes: ['store-failed', 'EPIPE'] } });
});

test('without a sink nothing is logged, and all is answered', async () => {
  const { ask } = await served({ log: { write: () => true } });
  expect((await ask('GET', '/health')).status).toBe(200);
});
