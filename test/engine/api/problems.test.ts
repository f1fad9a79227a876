// P1: every answer that is no success is a problem, and tells nothing of our insides.

import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { problemOf } from '../../../engine/api/problem.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { MemoryStore } from '../../../engine/live/index.ts';
import { EXAMPLE, served } from './served.ts';

test.each([
  ['GET', '/nowhere', 404, 'not-found'],
  ['GET', '/api', 404, 'not-found'],
  ['GET', '/api/sagas/', 404, 'not-found'],
  ['GET', '/api/sagas/none', 404, 'unknown-saga'],
  ['GET', '/api/sagas/none/status', 404, 'unknown-saga'],
  ['GET', '/api/sagas/none/why', 404, 'unknown-saga'],
  ['GET', '/api/sagas/none/events', 404, 'unknown-saga'],
  ['PUT', '/api/sagas/none/compensate', 404, 'unknown-saga'],
  ['POST', '/api/sagas/none/retry', 404, 'unknown-saga'],
  ['DELETE', '/api/sagas/none', 404, 'unknown-saga'],
  ['GET', '/api/admin/sagas/none', 404, 'unknown-saga'],
  ['GET', '/api/sagas/..%2f..%2fetc', 400, 'bad-request'],
  ['GET', '/api/sagas/%00', 400, 'bad-request'],
  ['GET', `/api/sagas/${'x'.repeat(201)}`, 400, 'bad-request'],
  ['GET', '/api/sagas/%zz', 400, 'bad-request'],
  ['GET', '/api/sagas/stats?x=1', 400, 'bad-query'],
  ['GET', '/api/sagas?name=%00', 400, 'bad-request'],
])('%s %s is a problem with the status %i', async (method, path, status, code) => {
  const { ask } = await served();
  const { json, headers, ...answer } = await ask(method, path);
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(json).toMatchObject({
    status,
    code,
    title: expect.any(String),
    detail: expect.stringMatching(/[.!?]$/),
  });
  expect([answer.status, json.requestId]).toEqual([status, headers.get('x-request-id')]);
});

test.each([
  ['PATCH', '/api/sagas', 'POST, GET, HEAD'],
  ['DELETE', '/api/sagas', 'POST, GET, HEAD'],
  ['POST', '/api/sagas/none', 'GET, HEAD, DELETE'],
  ['DELETE', '/api/sagas/stats', 'GET, HEAD'],
  ['PUT', '/api/sagas/health', 'GET, HEAD'],
  ['DELETE', '/api/admin/sagas/failed', 'GET, HEAD'],
  ['GET', '/api/sagas/none/retry', 'POST'],
  ['OPTIONS', '/api/sagas', 'POST, GET, HEAD'],
  ['POST', '/', 'GET, HEAD'],
])('%s %s is 405, and Allow says what is allowed', async (method, path, allow) => {
  const { ask } = await served();
  const { json, headers } = await ask(method, path);
  expect([json.status, json.code, headers.get('allow')]).toEqual([405, 'method-not-allowed', allow]);
});

test('HEAD is answered like GET, without the body', async () => {
  const { ask } = await served();
  const { status, text } = await ask('HEAD', '/api/sagas/stats');
  expect([status, text]).toEqual([200, '']);
});

test('a bug of ours is 500 to whoever asks, and in the log without what was sent', async () => {
  const store = new MemoryStore();
  const boom = () => {
    throw new TypeError('the vault is at /secret/path');
  };
  const { ask, log } = await served({ catalogue: Object.assign(store, { counts: async () => boom() }) });
  const { text, json } = await ask('GET', '/api/sagas/stats');
  expect(json).toMatchObject({ status: 500, code: 'internal' });
  expect(text).not.toMatch(/vault|TypeError|\bat /);
  expect(log.join('')).toMatch(/"error":\{"name":"TypeError","at":\["at /);
  expect(log.join('')).not.toContain('vault');
});

test.each([
  ['elsewhere', 421],
  ['overloaded', 503],
  ['no-partition', 503],
  ['store-failed', 503],
  ['bad-saga', 400],
])('what the engine calls %s is %i', (code, status) => {
  const problem = problemOf(new UserError(code, 'so it is', 'Do this.'));
  expect(problem.status).toBe(status);
  expect(problem.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
});

test('what a store says of its troubles stays in the log', async () => {
  const store = new MemoryStore();
  const away = async () => {
    throw new UserError('store-failed', 'the store could not be asked: disk sda1 is full', 'Try again.');
  };
  const { ask } = await served({ catalogue: Object.assign(store, { counts: away }) });
  const { json, text, headers } = await ask('GET', '/api/sagas/stats');
  expect([json.status, json.code, headers.get('retry-after')]).toEqual([503, 'store-failed', '1']);
  expect(text).not.toContain('sda1');
});

/** Bytes as they are, and what comes back. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      said += String(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
  });
}

const POST = 'POST /api/sagas HTTP/1.1\r\nHost: localhost\r\n';
const LAST = 'Host: localhost\r\nConnection: close\r\n\r\n';

test.each([
  ['no HTTP at all', 400, 'hello\r\n\r\n'],
  ['no host', 400, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['two lengths', 400, `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
  ['a length and chunks', 400, `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['a backslash in its path', 400, `GET /\\evil HTTP/1.1\r\n${LAST}`],
  ['a path that is none', 400, `GET nowhere HTTP/1.1\r\n${LAST}`],
  ['headers that never end', 431, `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
])('a request with %s is answered with %i', async (_what, status, bytes) => {
  const { api } = await served();
  const said = await raw(api.port, bytes);
  expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(said).toContain('application/problem+json');
  expect((await fetch(`${api.url}/health`)).status).toBe(200);
});

test.each(['TRACE', 'PROPFIND', 'PATCH', 'M-SEARCH'])('the method %s is no 5xx', async (method) => {
  const { api } = await served();
  const said = await raw(
    api.port,
    `${method} /api/sagas HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  );
  expect(said).toMatch(/^HTTP\/1\.1 (405|400) /);
});

test('requests one after another on a connection are answered in order', async () => {
  const { api } = await served();
  const body = JSON.stringify(EXAMPLE);
  const post = `POST /api/sagas HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const get = 'GET /api/sagas/stats HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  const said = await raw(api.port, post + get);
  expect([...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['201', '200']);
});
