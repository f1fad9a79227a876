// Whatever is sent, the answer is an answer: a problem of the 4xx kind with one sentence, never a 5xx.

import { request } from 'node:http';
import { connect } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { payloadHash } from '../../../engine/core/payload-hash.ts';
import { readParticipantFile } from '../../../participants-mock/http/index.ts';
import { type Answered, answered, fileOf, post, served, sumOf } from './served.ts';

const HEADERS = { 'sagastorm-saga': 's-1', 'sagastorm-step': 'a', 'sagastorm-direction': 'forward' };
const GOOD = { account: 'a-0', amount: 5 };

function expectProblem({ status, type, body }: Answered, wanted: number, why = ''): void {
  expect([status, type]).toEqual([wanted, 'application/problem+json']);
  expect(body).toEqual({ title: expect.any(String), status: wanted, detail: expect.stringContaining(why) });
}

describe('a wrong request is told what is wrong', () => {
  test.each<readonly [string, number, string, unknown, Record<string, string>]>([
    ['JSON', 400, 'not JSON', '{"account":', {}],
    ['whole numbers', 400, 'amount: 1.5 is not a whole number', { ...GOOD, amount: 1.5 }, HEADERS],
    ['depth', 400, 'nested too deeply', '['.repeat(100_000) + ']'.repeat(100_000), HEADERS],
    ['its size', 413, '1048576 bytes', `"${'x'.repeat(1_048_577)}"`, {}],
    ['percent signs', 400, 'transaction-id is not percent-encoded', GOOD, { 'transaction-id': '100%' }],
    ['two keys', 400, 'differ', GOOD, { ...HEADERS, 'idempotency-key': 'other' }],
    ['a direction', 400, 'neither "forward" nor', GOOD, { ...HEADERS, 'sagastorm-direction': 'up' }],
    [
      'no direction',
      400,
      'sagastorm-direction is missing',
      GOOD,
      { 'sagastorm-saga': 's', 'sagastorm-step': 'a' },
    ],
    ['no step', 400, 'sagastorm-step is missing', GOOD, { 'sagastorm-saga': 's' }],
    ['an attempt', 400, 'sagastorm-attempt is not', GOOD, { ...HEADERS, 'sagastorm-attempt': '0' }],
    ['a round', 400, 'sagastorm-round is not', GOOD, { ...HEADERS, 'sagastorm-round': '-1' }],
    ['a hash', 400, 'sagastorm-payload-hash is not', GOOD, { ...HEADERS, 'sagastorm-payload-hash': 'x' }],
    ['another hash', 400, 'is not the one', GOOD, { ...HEADERS, 'sagastorm-payload-hash': '1' }],
  ])('%s', async (_, status, why, body, headers) => {
    const { url, durable } = await served('bank');
    expectProblem(await post(url, 'debit', body, 't-1', headers), status, why);
    expect(durable.calls).toBe(0);
  });

  test('the right hash is taken', async () => {
    const { url } = await served('bank');
    const headers = { ...HEADERS, 'sagastorm-payload-hash': `${payloadHash(GOOD)}` };
    expect(await post(url, 'debit', GOOD, 't-1', headers)).toMatchObject({ status: 200, body: '' });
  });

  test('actions, paths and methods that are not there', async () => {
    const { url } = await served('bank');
    expectProblem(await post(url, 'debti', GOOD, 't-1'), 404, 'debit, credit');
    expectProblem(await post(url, 'constructor', GOOD, 't-1'), 404);
    expectProblem(await post(url, 'a/b', GOOD, 't-1'), 404);
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await fetch(`${url}/debit`, { method });
      expect(response.headers.get('allow')).toBe('POST');
      expectProblem(await answered(response), 405);
    }
    expect((await post(url, 'health', {})).status).toBe(405);
  });

  test('bytes that are no text', async () => {
    const { url } = await served('bank');
    const body = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
    const headers = { 'transaction-id': 't-1' };
    expectProblem(
      await answered(await fetch(`${url}/debit`, { method: 'POST', headers, body })),
      400,
      'UTF-8',
    );
  });

  test('too much, without saying how much', async () => {
    const { port } = await served('bank');
    const status = await new Promise((resolve, reject) => {
      const headers = { 'transaction-id': 't-1', 'transfer-encoding': 'chunked' };
      const sent = request({ port, path: '/debit', method: 'POST', headers }, (response) => {
        resolve(response.statusCode);
        response.resume();
      });
      sent.on('error', reject);
      for (let i = 0; i < 40; i++) sent.write('x'.repeat(32_768));
      sent.end();
    });
    expect(status).toBe(413);
  });
});

const text = fc.oneof(
  fc.string({ maxLength: 12 }).map((s) => s.replace(/[^!-~]/g, '')),
  fc.constantFrom(
    's-1',
    's-2',
    '%',
    '%zz',
    '%F0%9F',
    '',
    '0',
    '1',
    '-1',
    '1e9',
    'forward',
    'compensation',
    '__proto__',
  ),
);
const NAMES = [
  'transaction-id',
  'idempotency-key',
  'sagastorm-saga',
  'sagastorm-step',
  'sagastorm-direction',
];
const COUNTS = ['sagastorm-round', 'sagastorm-attempt', 'sagastorm-payload-hash', 'content-type', 'accept'];
const headers = fc.dictionary(fc.constantFrom(...NAMES, ...COUNTS), text, { maxKeys: 8 });
const whole = fc
  .record({ 'transaction-id': text })
  .chain((id) => headers.map((rest) => ({ ...rest, ...id })));
const payload = fc.oneof(
  fc.record(
    {
      account: fc.constantFrom('a-0', 'a-1', 'clearing:transfers', '__proto__', 5),
      amount: fc.oneof(fc.integer(), fc.constantFrom(1, 5, 2 ** 53 - 1)),
      user: fc.constantFrom('a-2', null),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
);
const body = fc.oneof(
  { weight: 4, arbitrary: payload.map((value) => Buffer.from(JSON.stringify(value))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
);
const sent = fc.record({
  method: fc.oneof(
    { weight: 6, arbitrary: fc.constant('POST') },
    { weight: 1, arbitrary: fc.constantFrom('GET', 'PUT', 'HEAD', 'DELETE', 'TRACE', 'PROPFIND') },
  ),
  path: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('debit', 'credit', 'compensate_debit', 'compensate_credit') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        'health',
        'ledger',
        'chaos',
        '',
        '..',
        '%',
        '%2e%2e',
        'debit/',
        'debit?x=%',
        '*',
        '\\',
        ':action',
      ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }).map(encodeURIComponent) },
  ),
  headers: fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: headers }),
  body,
});
type Sent = typeof sent extends fc.Arbitrary<infer S> ? S : never;

function ask(
  port: number,
  one: Sent,
): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  const framed = { ...one.headers, 'content-length': `${one.body.length}` };
  return new Promise((resolve, reject) => {
    const asked = request({ port, path: `/${one.path}`, method: one.method, headers: framed }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    asked.on('error', reject);
    asked.end(one.body);
  });
}

test('of thousands of requests none gets a 5xx, none a stack trace, and no money is made or lost', async () => {
  const { port, durable } = await served('bank', { chaosControl: true });
  const statuses = new Map<number, number>();
  const before = sumOf(durable.participant);
  await fc.assert(
    fc.asyncProperty(sent, async (one) => {
      const { status, type, text: said } = await ask(port, one);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(status).toBeLessThan(500);
      expect(said).not.toMatch(/\bat \S+:\d+|node:|\.ts\b/);
      if (status >= 400 && one.method !== 'HEAD') {
        expect(type).toMatch(/^application\/(problem\+)?json$/);
        const { detail, reason } = JSON.parse(said) as { readonly detail?: string; readonly reason?: string };
        expect(detail ?? reason).toMatch(/\S/);
      }
    }),
    { numRuns: 4_000 },
  );
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404, 405, 422]));
  expect(statuses.get(200)).toBeGreaterThan(100);
  expect(sumOf(readParticipantFile(fileOf('bank')).participant)).toBe(before);
});

test.each([
  ['nonsense', 'hello\r\n\r\n'],
  ['a host that is none', 'POST /debit HTTP/1.1\r\nHost: a b\r\nContent-Length: 2\r\n\r\n{}'],
  ['no host', 'POST /debit HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}'],
  ['a length that is none', 'POST /debit HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{}'],
  ['a target that is none', 'POST debit HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}'],
])('%s on the wire is 400', async (_, bytes) => {
  const { port } = await served('bank');
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.once('data', (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.on('error', reject);
  });
  expect(said).toMatch(/^HTTP\/1\.1 400 /);
});

test("half a request and a closed line are nobody else's trouble", async () => {
  const { port, url } = await served('bank');
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST /debit HTTP/1.1\r\nHost: x\r\ntransaction-id: t\r\nContent-Length: 50\r\n\r\n{"acc');
      setTimeout(() => socket.destroy(), 20);
    });
    socket.on('close', () => resolve());
  });
  expect((await post(url, 'debit', GOOD, 't-1')).status).toBe(200);
  expect(readParticipantFile(fileOf('bank')).entries).toHaveLength(1);
});
