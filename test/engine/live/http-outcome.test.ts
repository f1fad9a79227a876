// The table of http-outcome.ts, against servers that misbehave in every way that it names, on real sockets.

import { describe, expect, test } from 'vitest';
import { answered, ask, server, tcp, transportTo } from './http-asking.ts';
import { serve } from './servers.ts';

describe('an answer', () => {
  test.each([
    [200, '{"id":7}', { kind: 'applied', result: { id: 7 } }],
    [201, 'null', { kind: 'applied', result: null }],
    [200, '', { kind: 'applied' }],
    [204, '', { kind: 'applied' }],
  ] as const)('%d with %j: applied', async (status, body, outcome) => {
    expect(await answered(status, {}, body)).toEqual(outcome);
  });

  test.each([
    [200, '<html>', 'unknown', 'dependency_failure'],
    [200, '{"id":', 'unknown', 'dependency_failure'],
    [202, '{}', 'unknown', 'transient'],
    [304, '', 'unknown', 'dependency_failure'],
    [400, '', 'rejected', 'invalid_request'],
    [401, '', 'rejected', 'dependency_failure'],
    [402, '', 'rejected', 'business'],
    [403, '', 'rejected', 'dependency_failure'],
    [404, '<html>', 'rejected', 'dependency_failure'],
    [405, '', 'rejected', 'dependency_failure'],
    [407, '', 'rejected', 'dependency_failure'],
    [408, '', 'unknown', 'timeout'],
    [409, '', 'rejected', 'business'],
    [410, '', 'rejected', 'invalid_request'],
    [415, '', 'rejected', 'invalid_request'],
    [418, '', 'rejected', 'invalid_request'],
    [421, '', 'rejected', 'dependency_failure'],
    [422, '', 'rejected', 'business'],
    [425, '', 'rejected', 'transient'],
    [429, '', 'rejected', 'rate_limited'],
    [431, '', 'rejected', 'dependency_failure'],
    [451, '', 'rejected', 'dependency_failure'],
    [500, '', 'unknown', 'transient'],
    [501, '', 'unknown', 'transient'],
    [502, '', 'unknown', 'transient'],
    [503, '', 'unknown', 'transient'],
    [504, '', 'unknown', 'timeout'],
    [507, '', 'unknown', 'resource_exhausted'],
    [599, '', 'unknown', 'transient'],
    [700, '', 'unknown', 'dependency_failure'],
  ] as const)('%d with %j: %s, %s', async (status, body, kind, failure) => {
    const outcome = await answered(status, {}, body);
    expect(outcome).toMatchObject({ kind, failure, reason: expect.stringContaining(`answered ${status}`) });
    expect(outcome).not.toHaveProperty('retryAfterUs');
  });

  test.each([
    ['lists in lists', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'nested too deeply'],
    ['a number beyond all bounds', '{"x":[1e999]}', 'x[0] Infinity'],
  ])('that a log could not hold, for %s, is in doubt', async (_what, body, why) => {
    const outcome = await answered(200, {}, body);
    expect(outcome).toMatchObject({ kind: 'unknown', failure: 'dependency_failure' });
    expect((outcome as { reason: string }).reason).toContain(why);
  });

  test.each([
    [429, '7', { failure: 'rate_limited', retryAfterUs: 7_000_000 }],
    [503, '120', { kind: 'unknown', failure: 'resource_exhausted', retryAfterUs: 120_000_000 }],
    [503, 'Sun, 06 Nov 1994 08:49:37 GMT', { failure: 'resource_exhausted', retryAfterUs: 0 }],
    [429, '-7', { failure: 'rate_limited' }],
    [429, '99999999999999999999', { failure: 'rate_limited' }],
    [503, 'soon', { failure: 'transient' }],
  ])('%d with Retry-After %s', async (status, retryAfter, outcome) => {
    const found = await answered(status, { 'retry-after': retryAfter });
    expect(found).toMatchObject(outcome);
    if (!('retryAfterUs' in outcome)) expect(found).not.toHaveProperty('retryAfterUs');
  });

  test('with a Retry-After in the future: so long from now', async () => {
    const outcome = await answered(503, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    expect(outcome).toMatchObject({ failure: 'resource_exhausted' });
    const { retryAfterUs = 0 } = outcome as { retryAfterUs?: number };
    expect(
      Number.isSafeInteger(retryAfterUs) && retryAfterUs > 30_000_000 && retryAfterUs <= 60_000_000,
    ).toBe(true);
  });

  test('that is an outcome itself is taken at its word, unless it says "applied" or nonsense', async () => {
    const own = { kind: 'rejected', failure: 'transient', reason: 'not now', retryAfterUs: 5 };
    expect(await answered(500, {}, JSON.stringify(own))).toEqual(own);
    expect(await answered(404, {}, JSON.stringify({ ...own, failure: 'business' }))).toMatchObject({
      failure: 'business',
    });
    for (const nonsense of [
      { ...own, kind: 'applied' },
      { ...own, failure: 'bad luck' },
      { ...own, reason: 1 },
      [own],
      null,
    ]) {
      expect(await answered(500, {}, JSON.stringify(nonsense))).toMatchObject({
        kind: 'unknown',
        failure: 'transient',
      });
    }
    expect(await answered(429, {}, JSON.stringify({ ...own, retryAfterUs: -1 }))).not.toHaveProperty(
      'retryAfterUs',
    );
    expect(await answered(200, {}, JSON.stringify(own))).toEqual({ kind: 'applied', result: own });
  });

  test('says why, in one line of bounded length', async () => {
    const problem = { title: 'Conflict', detail: `stock\nis ${'very '.repeat(100)} low` };
    const { reason } = (await answered(409, {}, JSON.stringify(problem))) as { reason: string };
    expect(reason).toMatch(/^answered 409: stock is very very [^\n]*$/);
    expect(reason.length).toBeLessThan(250);
  });

  test('longer than is read: what its status says, and in doubt when that is 2xx', async () => {
    const long = JSON.stringify('x'.repeat(2_000));
    const options = { bodyBytesMax: 1_000 };
    expect(await answered(200, {}, long, options)).toMatchObject({
      kind: 'unknown',
      failure: 'dependency_failure',
    });
    expect(await answered(422, {}, long, options)).toMatchObject({ kind: 'rejected', failure: 'business' });
    expect(await answered(200, {}, '"short"', options)).toEqual({ kind: 'applied', result: 'short' });
  });
});

describe('no answer', () => {
  test('refused: certainly not applied', async () => {
    const gone = await serve((response) => response.end());
    await gone.close();
    const outcome = await ask(transportTo(gone.url));
    expect(outcome).toEqual({ kind: 'rejected', failure: 'transient', reason: 'ECONNREFUSED' });
  });

  test('no such host: certainly not applied', async () => {
    const outcome = await ask(transportTo('http://nowhere.invalid'));
    expect(outcome).toMatchObject({ kind: 'rejected', failure: 'transient' });
  });

  test.each([
    [
      'reset without reading the request',
      (socket) => setTimeout(() => socket.resetAndDestroy(), 20),
      'transient',
    ],
    [
      'reset when the request was read',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
      'transient',
    ],
    ['hung up without a word', (socket) => socket.once('data', () => socket.end()), 'transient'],
    ['half a head', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 O')), 'transient'],
    [
      'half a body',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"a"')),
      'transient',
    ],
    [
      'half a body, in chunks',
      (socket) =>
        socket.once('data', () =>
          socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'),
        ),
      'transient',
    ],
    [
      'something that is not HTTP',
      (socket) => socket.once('data', () => socket.end('220 smtp ready\r\n')),
      'dependency_failure',
    ],
    [
      'another protocol, which nobody asked for',
      (socket) =>
        socket.once('data', () =>
          socket.end('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
        ),
      'transient',
    ],
  ] as const satisfies readonly (readonly [
    string,
    (socket: import('node:net').Socket) => unknown,
    string,
  ])[])('%s: in doubt', async (_what, take, failure) => {
    const { url } = await tcp(take);
    expect(await ask(transportTo(url))).toMatchObject({ kind: 'unknown', failure });
  });

  test('in time: in doubt, and the connection is let go', async () => {
    const gone = Promise.withResolvers<void>();
    const { url } = await tcp((socket) =>
      socket.on('data', () => undefined).on('close', () => gone.resolve()),
    );
    expect(await ask(transportTo(url, { timeoutMs: 20 }))).toEqual({
      kind: 'unknown',
      failure: 'timeout',
      reason: 'no answer within 20 ms',
    });
    await gone.promise;
  });

  test('whole in time: in doubt, though it had begun', async () => {
    const { url } = await server((response) => response.writeHead(200).write('{"a":'));
    expect(await ask(transportTo(url, { timeoutMs: 50 }))).toMatchObject({
      kind: 'unknown',
      failure: 'timeout',
    });
  });

  test('N3: because there was no connection left for it: certainly not applied', async () => {
    const { url, seen } = await server(() => undefined);
    const transport = transportTo(url, {
      services: { shop: { baseUrl: url, connectionsMax: 1 } },
      timeoutMs: 200,
    });
    const [first, second] = await Promise.all([ask(transport), ask(transport, { attempt: 2 })]);
    expect(first).toMatchObject({ kind: 'unknown', failure: 'timeout' });
    expect(second).toMatchObject({ kind: 'rejected', failure: 'timeout' });
    expect(seen).toHaveLength(1);
  });

  test('because the transport was closed: in doubt when it was sent, certainly not applied when it waited', async () => {
    const arrived = Promise.withResolvers<void>();
    const { url } = await server(() => arrived.resolve());
    const transport = transportTo(url, { services: { shop: { baseUrl: url, connectionsMax: 1 } } });
    const both = Promise.all([ask(transport), ask(transport)]);
    await arrived.promise;
    transport.close();
    expect(await both).toMatchObject([
      { kind: 'unknown', failure: 'transient' },
      { kind: 'rejected', failure: 'transient' },
    ]);
  });
});
