// What is too much is refused, before it costs anything; who may ask again later is told when.

import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { accessToken } from '../../../engine/api/access.ts';
import { limitsOf } from '../../../engine/api/api-limits.ts';
import { RateLimit } from '../../../engine/api/rate-limit.ts';
import { bearer, EXAMPLE, served } from './served.ts';

test('a body that says it is too long is refused unread', async () => {
  const { ask } = await served({ limits: { bodyBytesMax: 2_000 } });
  const long = { ...EXAMPLE, name: 'x'.repeat(3_000) };
  expect((await ask('POST', '/api/sagas', long)).json).toMatchObject({ status: 413, code: 'body-too-long' });
  expect((await ask('POST', '/api/sagas', EXAMPLE)).status).toBe(201);
});

test('B1: a body that never ends is cut off when it is too long', async () => {
  const { api } = await served({ limits: { bodyBytesMax: 10_000 } });
  const socket = connect(api.port, '127.0.0.1');
  socket.on('error', () => undefined);
  let said = '';
  socket.on('data', (chunk) => {
    said += String(chunk);
  });
  const head =
    'POST /api/sagas HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  socket.write(head);
  const feed = setInterval(() => socket.write(`400\r\n${' '.repeat(1_024)}\r\n`), 1);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(feed);
  expect(said).toMatch(/^HTTP\/1.1 413 /);
});

test.each([
  ['plain text', 'text/plain'],
  ['a form', 'application/x-www-form-urlencoded'],
  ['another JSON', 'application/merge-patch+json'],
  ['another encoding', 'application/json; charset=latin1'],
])('a body of %s is 415', async (_what, type) => {
  const { ask } = await served();
  const { json } = await ask('POST', '/api/sagas', EXAMPLE, { 'content-type': type });
  expect(json).toMatchObject({ status: 415, code: 'not-json' });
});

test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
  'a body of %s is taken',
  async (type) => {
    const { ask } = await served();
    expect((await ask('POST', '/api/sagas', EXAMPLE, { 'content-type': type })).status).toBe(201);
  },
);

test('a compressed body is 415', async () => {
  const { ask } = await served();
  expect((await ask('POST', '/api/sagas', EXAMPLE, { 'content-encoding': 'gzip' })).status).toBe(415);
});

test.each([
  ['no body', '', 'no-body'],
  ['half a body', '{"name": ', 'bad-json'],
  ['a number of nothing', '{"name": NaN}', 'bad-json'],
  ['deep lists', '['.repeat(100_000), 'bad-json'],
  ['deep records', `${'{"a":'.repeat(81)}1${'}'.repeat(81)}`, 'bad-json'],
  ['a member that is no member', '{"__proto__": {"name": "x"}, "steps": []}', 'bad-json'],
  ['an end within a text', '{"name": "a\\u0000b"}', 'bad-json'],
  ['a number without end', '{"steps": 1e999}', 'bad-json'],
  ['a number that would be rounded', '{"steps": 9007199254740993}', 'bad-json'],
  ['a number of 200,000 digits, which holds nobody up', `{"steps": 0.1${'0'.repeat(200_000)}1}`, 'bad-json'],
  ['a decimal that would be rounded', '{"steps": 99.990000000000000001}', 'bad-json'],
])('B2: %s is refused', async (_what, body, code) => {
  const { ask } = await served();
  const { status, json } = await ask('POST', '/api/sagas', body);
  expect([status, json.code]).toEqual([400, code]);
});

test('brackets within texts are no nesting, and numbers that are kept exactly are taken', async () => {
  const { ask } = await served({ limits: { jsonDepthMax: 8 } });
  const body = `{"name": "order", "input": {"a": "${'[{'.repeat(50)}\\"[", "b": [1.50, 1e3, -0, 0.1, 12345678901234567e-2]}}`;
  expect(
    (await ask('POST', '/api/sagas', body.replace('12345678901234567e-2', '1234567890.12'))).status,
  ).toBe(201);
});

test('who asks too often is told when to ask again; others are served', async () => {
  const tokens = ['one', 'two'].map((name) => accessToken(`the-secret-of-${name}-x`, 'read', name));
  const { ask } = await served({ tokens, limits: { requestsPerSecond: 1, requestsBurst: 3 } });
  const statuses = [];
  for (let i = 0; i < 4; i++) {
    statuses.push((await ask('GET', '/api/sagas/stats', undefined, bearer('the-secret-of-one-x'))).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429]);
  const { headers, json } = await ask('GET', '/health', undefined, bearer('the-secret-of-one-x'));
  expect([json.code, Number(headers.get('retry-after'))]).toEqual(['too-many-requests', 1]);
  expect((await ask('GET', '/api/sagas/stats', undefined, bearer('the-secret-of-two-x'))).status).toBe(200);
});

test('who guesses tokens is slowed down by address', async () => {
  const tokens = [accessToken('the-secret-of-one-x', 'read', 'one')];
  const { ask } = await served({ tokens, limits: { requestsPerSecond: 1, requestsBurst: 5 } });
  const statuses = [];
  for (let i = 0; i < 6; i++)
    statuses.push((await ask('GET', '/', undefined, bearer(`guess-number-${i}-xxxx`))).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
});

test('a bucket is filled at its rate, and never beyond its size', () => {
  let nowMs = 0;
  const rate = new RateLimit({ perSecond: 2, burst: 2, nowMs: () => nowMs });
  expect([rate.take('a'), rate.take('a'), rate.take('a')]).toEqual([0, 0, 0.5]);
  nowMs = 250;
  expect(rate.take('a')).toBe(0.25);
  nowMs = 500;
  expect([rate.take('a'), rate.take('a')]).toEqual([0, 0.5]);
  nowMs = 60_000;
  expect([rate.take('a'), rate.take('a'), rate.take('a')]).toEqual([0, 0, 0.5]);
});

test('R1: askers are remembered in bounded memory', () => {
  const rate = new RateLimit({ perSecond: 1, burst: 1, nowMs: () => 0 });
  for (let i = 0; i < 20_000; i++) rate.take(`asker ${i}`);
  expect(rate.size).toBe(10_000);
});

/** A store that answers when it is told to. */
function heldBack() {
  const gate = Promise.withResolvers<void>();
  const empty = async () => {
    await gate.promise;
    return [];
  };
  return {
    release: () => gate.resolve(),
    catalogue: {
      find: async () => ({ sagas: await empty(), next: undefined }),
      logOf: empty,
      counts: empty,
      remove: async () => 'unknown' as const,
      retiredAmong: async () => new Map<string, number>(),
    },
  };
}

test('more requests than there is room for are refused, and then there is room again', async () => {
  const { catalogue, release } = heldBack();
  const { ask } = await served({ catalogue, limits: { concurrentMax: 2 } });
  const held = [ask('GET', '/api/sagas/stats'), ask('GET', '/api/sagas/stats')];
  let third = await ask('GET', '/docs');
  while (third.status === 200) third = await ask('GET', '/docs'); // those before may still be on their way
  expect(third.json).toMatchObject({ status: 503, code: 'overloaded' });
  expect(third.headers.get('retry-after')).toBe('1');
  release();
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
  expect((await ask('GET', '/docs')).status).toBe(200);
});

test('a request that takes too long is answered, and says that it may have happened', async () => {
  const { catalogue, release } = heldBack();
  const { ask } = await served({ catalogue, limits: { requestTimeoutMs: 100 } });
  const { json, headers } = await ask('GET', '/api/sagas/stats');
  expect(json).toMatchObject({
    status: 503,
    code: 'timed-out',
    hint: expect.stringContaining('may have happened'),
  });
  expect(headers.get('retry-after')).toBe('1');
  release();
});

const WRONG: readonly (readonly [Readonly<Record<string, number>>, RegExp])[] = [
  [{ bodyBytesMax: 0 }, /limits.bodyBytesMax is 0/],
  [{ concurrentMax: 1.5 }, /limits.concurrentMax is 1.5/],
  [{ requestPerSecond: 5 }, /unknown member "requestPerSecond"/],
];

test.each(WRONG)('the limits %j are refused', (limits, sentence) => {
  expect(() => limitsOf(limits)).toThrow(sentence);
});
