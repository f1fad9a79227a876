// Who may do what: every endpoint with every role; where a server without tokens listens, and to whom it answers.

import { request } from 'node:http';
import { expect, test } from 'vitest';
import { Access, accessToken, type Role } from '../../../engine/api/access.ts';
import { isLoopback } from '../../../engine/api/bind-address.ts';
import { askerOf } from '../../../engine/api/rate-limit.ts';
import { bearer, EXAMPLE, type Served, type ServedOptions, served } from './served.ts';

const SECRETS = {
  read: 'a-secret-to-read-with',
  operate: 'a-secret-to-operate-with',
  admin: 'a-secret-to-administer',
} as const satisfies Record<Role, string>;
const TOKENS = Object.entries(SECRETS).map(([role, secret]) => accessToken(secret, role as Role, role));

const guarded = (options: ServedOptions = {}) => served({ tokens: TOKENS, ...options });

/** Every endpoint, and the role that it needs. */
const ROUTES: readonly (readonly [method: string, path: string, role: Role | 'open'])[] = [
  ['POST', '/api/sagas', 'operate'],
  ['GET', '/api/sagas', 'read'],
  ['GET', '/api/sagas/by-key', 'read'],
  ['GET', '/api/sagas/{id}', 'read'],
  ['DELETE', '/api/sagas/{id}', 'admin'],
  ['GET', '/api/sagas/{id}/status', 'read'],
  ['GET', '/api/sagas/{id}/why', 'read'],
  ['GET', '/api/sagas/{id}/events', 'read'],
  ['PUT', '/api/sagas/{id}/compensate', 'operate'],
  ['POST', '/api/sagas/{id}/retry', 'operate'],
  ['GET', '/api/transactions', 'read'],
  ['GET', '/api/transactions/{id}', 'read'],
  ['GET', '/api/sagas/stats', 'read'],
  ['GET', '/api/sagas/health', 'read'],
  ['GET', '/api/sagas/metrics', 'read'],
  ['GET', '/api/admin/sagas/{id}', 'admin'],
  ['GET', '/api/admin/sagas/failed', 'admin'],
  ['GET', '/api/admin/diagnosis', 'admin'],
  ['POST', '/api/admin/sagas/{id}/repair', 'operate'],
  ['POST', '/api/admin/repair', 'admin'],
  ['GET', '/api/admin/reconciliation', 'admin'],
  ['POST', '/api/orders', 'operate'],
  ['GET', '/api/orders/{id}', 'read'],
  ['GET', '/', 'read'],
  ['GET', '/api/events/stream', 'read'],
  ['GET', '/docs', 'read'],
  ['GET', '/openapi.json', 'read'],
  ['GET', '/metrics', 'read'],
  ['GET', '/health', 'open'],
];
const RANK = ['open', 'read', 'operate', 'admin'];

/** Whether a request got past the door: what it says then is another matter. */
async function passes({ api }: Served, method: string, path: string, headers: Record<string, string>) {
  const response = await fetch(api.url + path.replace('{id}', 'none'), { method, headers });
  await response.body?.cancel();
  return { status: response.status, hasPassed: response.status !== 401 && response.status !== 403 };
}

test.each(ROUTES)(
  '%s %s is for the role %s and those above it, and nobody else',
  async (method, path, role) => {
    const api = await guarded();
    for (const [held, secret] of Object.entries(SECRETS)) {
      const { hasPassed } = await passes(api, method, path, bearer(secret));
      expect([held, hasPassed]).toEqual([held, RANK.indexOf(held) >= RANK.indexOf(role)]);
    }
    const stranger = await passes(api, method, path, {});
    expect(stranger.status === 401).toBe(role !== 'open');
    const guesser = await passes(api, method, path, bearer('a-secret-that-is-wrong'));
    expect(guesser.status === 401).toBe(role !== 'open');
  },
);

test('the table above has every endpoint', async () => {
  const { ask } = await served();
  const { json } = await ask('GET', '/openapi.json');
  const known = Object.entries(json.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(known.sort()).toEqual(ROUTES.map(([method, path]) => `${method} ${path}`).sort());
});

test.each([
  ['GET', '/nowhere'],
  ['PATCH', '/api/sagas'],
])('a stranger does not learn what there is: %s %s', async (method, path) => {
  expect((await passes(await guarded(), method, path, {})).status).toBe(401);
});

test('a refusal says what is wanted, and begins nothing', async () => {
  const { ask, transport } = await guarded();
  const unknown = await ask('POST', '/api/sagas', EXAMPLE);
  expect(unknown.json).toMatchObject({ status: 401, code: 'no-token' });
  expect(unknown.headers.get('www-authenticate')).toBe('Bearer realm="sagastorm"');
  const reader = await ask('POST', '/api/sagas', EXAMPLE, bearer(SECRETS.read));
  expect(reader.json).toMatchObject({ status: 403, code: 'not-allowed' });
  expect(transport.calls).toEqual([]);
  expect((await ask('POST', '/api/sagas', EXAMPLE, bearer(SECRETS.operate))).status).toBe(201);
});

const basic = (secret: string) => ({
  authorization: `Basic ${Buffer.from(`me:${secret}`).toString('base64')}`,
});

test('A4: a browser may open pages with the token as a password, and nothing else', async () => {
  const { ask } = await guarded();
  expect((await ask('GET', '/')).headers.get('www-authenticate')).toContain('Basic');
  for (const page of ['/', '/docs', '/openapi.json']) {
    expect((await ask('GET', page, undefined, basic(SECRETS.read))).status).toBe(200);
  }
  expect((await ask('GET', '/', undefined, basic('a-secret-that-is-wrong'))).status).toBe(401);
  expect((await ask('GET', '/api/sagas', undefined, basic(SECRETS.admin))).status).toBe(401);
  expect((await ask('POST', '/api/sagas', EXAMPLE, basic(SECRETS.admin))).status).toBe(401);
});

test.each([
  ['Bearer', ''],
  ['Bearer', 'x'.repeat(5_000)],
  ['bearer', SECRETS.read, true],
  ['Token', SECRETS.read],
  ['Basic', '!!!'],
  ['Basic', Buffer.from(SECRETS.read).toString('base64')],
])('authorization "%s …" is read strictly', async (scheme, value, isKnown = false) => {
  const { ask } = await guarded();
  const { status } = await ask('GET', '/', undefined, { authorization: `${scheme} ${value}` });
  expect(status).toBe(isKnown ? 200 : 401);
});

test.each(['short', 'has a space in it', 'ümlaute-ümlaute-ü', ''])('the token %j is refused', (secret) => {
  expect(() => accessToken(secret, 'read', 'T')).toThrow(/token T has fewer than 16 characters/);
});

test.each([[{ sha256: 'abc', role: 'read' as const }], [{ sha256: 'a'.repeat(64), role: 'root' as Role }]])(
  'a token like %j is refused',
  (token) => {
    expect(() => new Access([token])).toThrow(expect.objectContaining({ code: 'bad-token' }));
  },
);

test.each(['0.0.0.0', '::', '10.0.0.1', '192.168.1.1', 'example.com', '127.0.0.1.example.com', ''])(
  'without tokens nothing listens on %j',
  async (host) => {
    await expect(served({ host })).rejects.toMatchObject({ code: 'public-without-tokens' });
  },
);

test('with tokens it listens where it is told to', async () => {
  const { api } = await guarded({ host: '0.0.0.0' });
  expect((await fetch(`http://127.0.0.1:${api.port}/health`)).status).toBe(200);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['LocalHost', true],
  ['::', false],
  ['128.0.0.1', false],
  ['localhost.example', false],
])('%s is of this machine: %s', (host, isOurs) => {
  expect(isLoopback(host)).toBe(isOurs);
});

/** As `fetch` will not let us: any Host. */
function statusFor(url: string, headers: Record<string, string>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, method }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

test.each([
  ['localhost', 200],
  ['127.0.0.1:8080', 200],
  ['[::1]:1', 200],
  ['LOCALHOST:99', 200],
  ['evil.example', 421],
  ['127.0.0.1.evil.example', 421],
  ['localhost.evil.example:80', 421],
  ['10.0.0.1', 421],
])('G2: without tokens, to the host %s the answer is %i', async (host, status) => {
  const { api } = await served();
  expect(await statusFor(`${api.url}/health`, { host })).toBe(status);
});

test('with tokens any host will do: the token says who asks', async () => {
  const { api } = await guarded();
  expect(await statusFor(`${api.url}/health`, { host: 'sagas.example' })).toBe(200);
});

test.each([
  ['of another origin', { origin: 'http://evil.example' }, 403],
  ['of another port', { origin: 'http://127.0.0.1:1' }, 403],
  ['of no origin', { origin: 'null' }, 403],
  ['of another site, by the word of the browser', { 'sec-fetch-site': 'cross-site' }, 403],
  ['of the same site', { 'sec-fetch-site': 'same-site' }, 403],
  ['of its own', { 'sec-fetch-site': 'same-origin' }, 201],
])('G1: a page %s may write: %s', async (_what, headers, status) => {
  const { ask } = await served();
  expect((await ask('POST', '/api/sagas', EXAMPLE, headers)).status).toBe(status);
});

test('G1: the own origin may write, also behind a proxy that speaks TLS', async () => {
  const { ask, api } = await served();
  for (const protocol of ['http', 'https']) {
    const headers = { origin: api.url.replace(/^http/, protocol) };
    expect((await ask('POST', '/api/sagas', EXAMPLE, headers)).status).toBe(201);
  }
});

test('one machine is one asker, whichever of its addresses of IPv6 it uses', () => {
  expect(askerOf('2001:db8:1:2:3:4:5:6')).toBe(askerOf('2001:db8:1:2::9'));
  expect(askerOf('2001:db8::1')).toBe(askerOf('2001:db8:0:0:1::'));
  expect(askerOf('2001:db8:1:2::1')).not.toBe(askerOf('2001:db8:1:3::1'));
  expect(askerOf('10.0.0.1')).not.toBe(askerOf('10.0.0.2'));
  expect(askerOf('::ffff:10.0.0.1')).not.toBe(askerOf('::ffff:10.0.0.2'));
});
