// Calls over real sockets: what is on the wire, how connections are used, what may be configured.

import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { Host, HttpTransport, MemoryStore } from '../../../engine/live/index.ts';
import { CERTIFICATE } from './fixtures/certificate.ts';
import { answered, ask, server, transportTo } from './http-asking.ts';
import { quick } from './stage.ts';

describe('a call on the wire', () => {
  test('is a POST of the payload to the action, with its identity in headers', async () => {
    const { url, seen } = await server((response) => response.end());
    const transport = transportTo(`${url}/v1/`);
    await ask(transport);
    await ask(transport, {
      attempt: 2,
      round: 3,
      direction: 'compensation',
      key: 's-1/pay/compensation/round-3',
    });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/v1/charge', body: '{"amount":5}' });
    expect(seen[0]!.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 's-1/pay/forward',
      'transaction-id': 's-1/pay/forward',
      'sagastorm-saga': 's-1',
      'sagastorm-step': 'pay',
      'sagastorm-direction': 'forward',
      'sagastorm-round': '0',
      'sagastorm-attempt': '1',
      'sagastorm-payload-hash': '42',
      'sagastorm-timeout-ms': '5000',
    });
    expect(seen[1]!.headers).toMatchObject({
      'idempotency-key': 's-1/pay/compensation/round-3',
      'sagastorm-direction': 'compensation',
      'sagastorm-round': '3',
      'sagastorm-attempt': '2',
    });
  });

  test('E4: attempts share the key and the trace of their saga, and each is a span of its own', async () => {
    const { url, seen } = await server((response) => response.end());
    const transport = transportTo(url);
    for (const call of [{}, { attempt: 2 }, { saga: 's-2', key: 's-2/pay/forward' }])
      await ask(transport, call);
    const [first, again, other] = seen.map(
      ({ headers }) => /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(String(headers.traceparent))!,
    );
    expect(seen[1]!.headers['idempotency-key']).toBe(seen[0]!.headers['idempotency-key']);
    expect(again![1]).toBe(first![1]);
    expect(again![2]).not.toBe(first![2]);
    expect(other![1]).not.toBe(first![1]);
  });

  test('N1: no action and no id leads out of the service, or into its headers', async () => {
    const { url, seen } = await server((response) => response.end());
    const transport = transportTo(`${url}/v1`);
    for (const action of ['../admin', 'http://evil.example/', 'a?b#c', 'x y\r\nhost: evil'])
      await ask(transport, { action });
    expect(seen.map((one) => one.url)).toEqual([
      '/v1/..%2Fadmin',
      '/v1/http%3A%2F%2Fevil.example%2F',
      '/v1/a%3Fb%23c',
      '/v1/x%20y%0D%0Ahost%3A%20evil',
    ]);
    expect(await ask(transport, { action: '..' })).toMatchObject({
      kind: 'rejected',
      failure: 'invalid_request',
    });
    await ask(transport, { saga: 'ä\r\nb: c', key: 'a%0Ab' });
    await ask(transport, { key: 'a\nb' });
    expect(seen.at(-2)!.headers).toMatchObject({
      'sagastorm-saga': '%C3%A4%0D%0Ab%3A%20c',
      'idempotency-key': 'a%250Ab',
    });
    expect(seen.at(-1)!.headers['idempotency-key']).toBe('a%0Ab');
  });

  test('N1: a service that is not configured is not called', async () => {
    const { url } = await server((response) => response.end());
    const outcome = await ask(transportTo(url), { service: url });
    expect(outcome).toMatchObject({ kind: 'rejected', failure: 'dependency_failure' });
  });

  test('N1: a redirect is not followed', async () => {
    const elsewhere = await server((response) => response.end('{}'));
    for (const status of [301, 302, 303, 307, 308]) {
      expect(await answered(status, { location: elsewhere.url })).toMatchObject({
        kind: 'unknown',
        failure: 'dependency_failure',
      });
    }
    expect(elsewhere.connections()).toBe(0);
  });

  test('carries what is configured for its service', async () => {
    const { url, seen } = await server((response) => response.end());
    await ask(
      transportTo(url, { services: { shop: { baseUrl: url, headers: { authorization: 'Bearer x' } } } }),
    );
    expect(seen[0]!.headers.authorization).toBe('Bearer x');
  });
});

describe('connections', () => {
  test('are used again', async () => {
    const one = await server((response) => response.end('{}'));
    const transport = transportTo(one.url);
    for (let i = 0; i < 10; i++) await ask(transport);
    expect([one.seen.length, one.connections()]).toEqual([10, 1]);
  });

  test('that the server closes are replaced', async () => {
    const one = await server((response) => response.writeHead(200, { connection: 'close' }).end('{}'));
    const transport = transportTo(one.url);
    for (let i = 0; i < 3; i++) expect((await ask(transport)).kind).toBe('applied');
    expect(one.connections()).toBe(3);
  });

  test('N3: are at most so many, and all calls are carried', async () => {
    const one = await server((response) => setTimeout(() => response.end('{}'), 2));
    const transport = transportTo(one.url, { services: { shop: { baseUrl: one.url, connectionsMax: 3 } } });
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => ask(transport)));
    expect(outcomes.every(({ kind }) => kind === 'applied')).toBe(true);
    expect([one.seen.length, one.connections()]).toEqual([30, 3]);
  });

  test('over TLS: a certificate that nobody trusts means that nothing was sent', async () => {
    const one = await server((response) => response.end('{}'), { tls: true });
    expect(await ask(transportTo(one.url))).toMatchObject({ kind: 'rejected', failure: 'transient' });
    expect([one.seen.length, one.connections()]).toEqual([0, 1]);
  });

  test('over TLS: an answer is an answer, and a reset is in doubt', async () => {
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, CERTIFICATE]);
    try {
      const one = await server(
        (response, { url }) => (url === '/charge' ? response.end('{}') : response.socket!.destroy()),
        { tls: true },
      );
      const transport = transportTo(one.url);
      expect(await ask(transport)).toEqual({ kind: 'applied', result: {} });
      expect(await ask(transport, { action: 'fall' })).toMatchObject({
        kind: 'unknown',
        failure: 'transient',
      });
    } finally {
      setDefaultCACertificates(trusted);
    }
  });
});

describe('configuration', () => {
  test.each([
    ['ftp://host', 'bad-service'],
    ['no address', 'bad-service'],
    ['http://user:secret@host', 'bad-service'],
    ['http://host/?token=secret', 'bad-service'],
    [{ baseUrl: 'http://host', headers: { authorization: 'secret\r\n' } }, 'bad-service'],
    [{ baseUrl: 'http://host', connectionsMax: 0 }, 'bad-option'],
  ])('%j is refused, and no secret is repeated', (service, code) => {
    let refusal: unknown;
    try {
      new HttpTransport({ services: { shop: service } });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code, message: expect.stringContaining('service "shop"') });
    expect((refusal as Error).message).not.toContain('secret');
  });

  test('numbers are whole and in their bounds', () => {
    expect(() => new HttpTransport({ services: {}, timeoutMs: 0 })).toThrow('timeoutMs is 0');
    expect(() => new HttpTransport({ services: {}, bodyBytesMax: 1.5 })).toThrow('bodyBytesMax is 1.5');
  });
});

test('a saga runs over HTTP through a service that is not always well, and says how long it waits', async () => {
  let calls = 0;
  const one = await server((response, { url }) => {
    calls++;
    if (calls === 1) response.socket!.destroy();
    else if (calls === 2) response.writeHead(503, { 'retry-after': '0' }).end();
    else response.end(url === '/reserve' ? '{"shelf":3}' : '');
  });
  const order = defineSaga({
    name: 'order',
    version: 1,
    steps: {
      stock: { service: 'shop', action: 'reserve', compensation: 'release', timeoutMs: 4_000 },
      pay: {
        service: 'shop',
        action: 'charge',
        compensation: 'refund',
        after: ['stock'],
        payload: ({ results }) => results.stock,
      },
    },
  });
  const transport = transportTo(one.url);
  const host = new Host({
    store: new MemoryStore(),
    transport,
    definitions: [order],
    policy: quick,
    overridePolicy: true,
  });
  await host.start();
  const { status } = await host.whenEnded(await host.create(order, {}, { id: 's' }));
  expect(status).toBe('completed');
  expect(
    one.seen.map(({ headers, body }) => [headers['idempotency-key'], headers['sagastorm-attempt'], body]),
  ).toEqual([
    ['s/stock/forward', '1', '{}'],
    ['s/stock/forward', '2', '{}'],
    ['s/stock/forward', '3', '{}'],
    ['s/pay/forward', '1', '{"shelf":3}'],
  ]);
  const waits = one.seen.map(({ headers }) => Number(headers['sagastorm-timeout-ms']));
  expect(waits.slice(0, 3).every((ms) => ms > 2_000 && ms <= 4_000)).toBe(true);
  expect(waits[3]).toBeGreaterThan(4_000);
  await host.stop();
});
