// Requests that nobody should send: random, malformed, hostile. The same seed draws the same ones.
//
// Those of `asked` are whole HTTP, sent by fetch, whatever they ask. Those of `raw` are bytes for a socket; none of them
// is a request that may change anything, however it is read.

import { hash32, join32, mix32 } from '../../../engine/core/mix.ts';
import { EXAMPLE } from './example.ts';

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** What an attacker may know. */
export interface Loot {
  /** Tokens by role. */
  readonly secrets: Readonly<Record<'read' | 'operate' | 'admin', string>>;
  /** Sagas that exist, and are to stay as they are. */
  readonly ids: readonly string[];
}

/** Draws by a seed. */
class Dice {
  #state: number;

  constructor(seed: string) {
    this.#state = hash32(seed);
  }

  /** A whole number from 0, less than `below`. */
  int(below: number): number {
    this.#state = join32(this.#state, 0x9e3779b9);
    return mix32(this.#state) % below;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.int(items.length)]!;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(256));
  }
}

const METHODS = [
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
  'HEAD',
  'PROPFIND',
];
const PATHS = [
  '/api/sagas',
  '/api/sagas/{id}',
  '/api/sagas/{id}/status',
  '/api/sagas/{id}/why',
  '/api/sagas/{id}/events',
  '/api/sagas/{id}/compensate',
  '/api/sagas/{id}/retry',
  '/api/sagas/stats',
  '/api/sagas/health',
  '/api/sagas/metrics',
  '/api/admin/sagas/{id}',
  '/api/admin/sagas/failed',
  '/api/admin/diagnosis',
  '/api/admin/sagas/{id}/repair',
  '/api/admin/repair',
  '/api/admin/reconciliation',
  '/api/orders',
  '/api/orders/{id}',
  '/docs',
  '/openapi.json',
  '/metrics',
  '/health',
  '/',
  '/api',
  '/api/sagas/',
  '/.env',
  '/api/sagas//',
  '/api/sagas/{id}/{id}',
];
const IDS = [
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%zz',
  '%',
  '__proto__',
  'constructor',
  'toString',
  "'; DROP TABLE sagas; --",
  '%27%20OR%201=1',
  '<script>alert(1)</script>',
  '🦄',
  '%ed%a0%80',
  '-1',
  'NaN',
  '~',
  '%2e%2e',
  '%24%7B7*7%7D',
  'x'.repeat(201),
  'x'.repeat(4_000),
  '%0d%0aSet-Cookie:%20a=b',
];
const QUERIES = [
  'limit=-1',
  'limit=1e9',
  'limit=501',
  'limit=0x10',
  'cursor=%27',
  'cursor=999999999999999',
  'cursor=-1',
  'status=__proto__',
  'status=running,,failed',
  'status=',
  'name=%00',
  `name=${'n'.repeat(200)}`,
  'createdFrom=0',
  'createdFrom=+275760-09-13T00:00:00Z',
  'createdFrom=9999-12-31T23:59:59Z',
  'hours=1e3',
  'hours=999999999999',
  'after=-1',
  'after=1000000001',
  '__proto__=1',
  'constructor[prototype]=1',
  'limit=1&limit=2',
  '%',
  '=',
  '&&&',
  'a'.repeat(2_000),
];
const TYPES = [
  'application/json',
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  '',
  'a/b; c',
  '*',
];
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  -0,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  'x'.repeat(10_000),
  '\ud800',
  '\u202e',
  'NaN',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  [],
  {},
  [[]],
  [null],
  { toString: 1 },
  { constructor: { prototype: { a: 1 } } },
  { length: -1 },
  { $ref: '#' },
  { kind: 'saga' },
];
const NAMES = [
  'steps',
  'name',
  'version',
  'after',
  'kind',
  'effects',
  'payload',
  'amount',
  'currency',
  'timeout',
  'input',
  'x',
];

/** Of half of the requests: an address that is there, with a method that it takes. */
const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ...Array<readonly [string, string]>(6).fill(['POST', '/api/sagas']),
  ...Array<readonly [string, string]>(3).fill(['POST', '/api/orders']),
  ['GET', '/api/sagas'],
  ['GET', '/api/sagas'],
  ['GET', '/api/sagas/{id}'],
  ['GET', '/api/sagas/{id}/events'],
  ['GET', '/api/admin/sagas/failed'],
  ['GET', '/api/admin/diagnosis'],
  ['GET', '/api/admin/sagas/{id}'],
  ['POST', '/api/admin/sagas/{id}/repair'],
  ['POST', '/api/admin/repair'],
  ['PUT', '/api/sagas/{id}/compensate'],
  ['POST', '/api/sagas/{id}/retry'],
  ['DELETE', '/api/sagas/{id}'],
];

/** One request for fetch; everything about it may be wrong. */
export function asked(seed: string, loot: Loot): HostileRequest {
  const dice = new Dice(seed);
  const [method, pattern] = dice.int(3) > 0 ? dice.pick(ROUTES) : [dice.pick(METHODS), dice.pick(PATHS)];
  const id = dice.int(3) === 0 ? dice.pick(loot.ids) : encodedId(dice, loot);
  const path = pattern.replaceAll('{id}', () => id);
  const query = dice.int(method === 'POST' ? 12 : 3) === 0 ? `?${dice.pick(QUERIES)}` : '';
  const hasBody = method !== 'GET' && method !== 'HEAD' && dice.int(12) > 0;
  const type = dice.int(8) === 0 ? dice.pick(TYPES) : 'application/json';
  return {
    method,
    path: path + query,
    headers: {
      ...(dice.int(2) === 0 ? strangeHeaders(dice, loot) : {}),
      ...(method === 'POST' && dice.int(3) === 0 ? { 'idempotency-key': `k-${dice.int(10)}` } : {}),
      ...tokenFor(dice, method, pattern, loot, id === loot.ids[0]),
      ...(hasBody ? { 'content-type': type } : {}),
    },
    body: hasBody ? bodyOf(dice, path) : undefined,
  };
}

/** Only readers and strangers try what would change one of the sagas that are to stay, and mean it. */
function tokenFor(
  dice: Dice,
  method: string,
  pattern: string,
  { secrets }: Loot,
  isStuck: boolean,
): Readonly<Record<string, string>> {
  const { read, operate, admin } = secrets;
  const isSafe = /^(GET|HEAD|OPTIONS|PROPFIND)$/.test(method);
  const isCreation = method === 'POST' && !pattern.includes('{id}');
  const mayDelete = method === 'DELETE' && isStuck; // which is refused, for it has not ended
  const isForMany = pattern === '/api/admin/repair'; // which an operator may not
  const mayWrite = isForMany
    ? [read, operate]
    : isCreation
      ? [operate, operate, admin]
      : mayDelete
        ? [admin]
        : [read];
  const usable = isSafe ? [read, operate, admin, admin] : mayWrite;
  const bad = [`${operate}x`, operate.slice(1), '', 'null', operate.toUpperCase(), 'x'.repeat(3_000)];
  switch (dice.int(12)) {
    case 0:
      return {};
    case 1:
      return { authorization: `Bearer ${dice.pick(bad)}` };
    case 2:
      return {
        authorization: dice.pick(['Basic ', 'Digest ', 'Bearer', '']) + btoa(`a:${dice.pick([read, 'x'])}`),
      };
    default:
      return { authorization: `Bearer ${dice.pick(usable)}` };
  }
}

function encodedId(dice: Dice, { secrets }: Loot): string {
  const id = dice.pick([...IDS, secrets.operate, secrets.admin]);
  return /%|^x+$/.test(id) ? id : encodeURIComponent(id);
}

function strangeHeaders(dice: Dice, { secrets }: Loot): Record<string, string> {
  const strange: readonly (readonly [string, string])[] = [
    [
      'idempotency-key',
      dice.pick(['', 'a b', 'k'.repeat(300), '\xfc', `k-${dice.int(50)}`, secrets.operate]),
    ],
    ['traceparent', dice.pick(['', '00-0-0-0', `00-${'f'.repeat(32)}-${'f'.repeat(16)}-01`, secrets.read])],
    ['origin', dice.pick(['http://evil.example', 'null', 'file://', 'x'])],
    ['x-request-id', secrets.operate],
    ['x-forwarded-for', '127.0.0.1'],
    ['x-http-method-override', 'DELETE'],
    ['content-encoding', dice.pick(['gzip', 'identity', 'br, gzip'])],
    ['accept', dice.pick(['', '*', 'x'.repeat(1_000)])],
    ['cookie', `token=${secrets.admin}`],
    ['sec-fetch-site', dice.pick(['cross-site', 'none', 'x'])],
    ['expect', 'nothing'],
    ['range', 'bytes=0-'],
    ['if-none-match', '*'],
  ];
  const count = dice.int(3);
  const chosen = Array.from({ length: count }, () => dice.pick(strange));
  return Object.fromEntries(chosen.filter(([name]) => name !== 'expect')); // fetch refuses it
}

function bodyOf(dice: Dice, path: string): string | Uint8Array {
  const order = { customerId: 'c-1', items: [{ productId: 'p', quantity: 1, price: 9.99 }] };
  const base = path.startsWith('/api/orders')
    ? order
    : path.endsWith('/repair')
      ? { act: 'resume', id: 'a-1', by: 'x', filter: { status: ['compensation_failed'] } }
      : dice.pick([EXAMPLE, { name: 'order', input: { a: 1 } }]);
  const text = JSON.stringify(mangled(dice, base));
  switch (dice.int(16)) {
    case 0:
      return dice.bytes(dice.int(300));
    case 1:
      return text.slice(0, dice.int(text.length));
    case 2:
      return '['.repeat(dice.int(100_000));
    case 3:
      return `${'{"a":'.repeat(dice.int(200))}1`;
    case 4:
      return `\ufeff${text}`;
    case 5:
      return text.replace('"name"', '"__proto__"');
    case 6:
      return text.replace(/\d+/g, () =>
        dice.pick(['1e999', '-0', '00', '1.', '99999999999999999999', '0.1e-400']),
      );
    case 7:
      return text.replace(/[a-z]/g, (letter) => (dice.int(9) === 0 ? '\\u0000' : letter));
    case 8:
      return dice.int(9) === 0 ? `"${'x'.repeat(300_000)}"` : '';
    default:
      return text;
  }
}

/** The value with some of its parts replaced, removed or renamed. */
function mangled(dice: Dice, value: unknown): unknown {
  if (dice.int(30) === 0) return dice.pick(VALUES);
  if (Array.isArray(value)) {
    const items = value.map((item) => mangled(dice, item));
    return dice.int(8) === 0 ? [...items, ...items] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => dice.int(40) > 0)
    .map(([name, part]) => [dice.int(40) === 0 ? dice.pick(NAMES) : name, mangled(dice, part)] as const);
  if (dice.int(25) === 0) entries.push([dice.pick(NAMES), dice.pick(VALUES)]);
  return Object.fromEntries(entries);
}

/** Bytes for a socket. Whoever reads them rightly does nothing. */
export function raw(seed: string, { secrets, ids }: Loot): Uint8Array {
  const dice = new Dice(seed);
  const auth = `Authorization: Bearer ${secrets.operate}\r\n`;
  const json = JSON.stringify(EXAMPLE);
  const post = `POST /api/sagas HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${auth}`;
  const whole = `${post}Content-Length: ${json.length}\r\n\r\n${json}`;
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${auth}`;
  const forms: readonly (() => string | Uint8Array)[] = [
    () => dice.bytes(dice.int(2_000)),
    () => `${dice.pick(METHODS)} ${'/'.repeat(dice.int(3_000))} HTTP/1.1\r\nHost: x\r\n\r\n`,
    // A request within the body of another, by two readings of its length.
    () => `${post}Content-Length: ${whole.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${whole}`,
    () => `${post}Content-Length: 4\r\nContent-Length: ${whole.length}\r\n\r\n{}  ${whole}`,
    () => `${post}Transfer-Encoding: xchunked\r\n\r\n${json}`,
    () => `${post}Transfer-Encoding: chunked\r\n\r\nZZ\r\n${json}\r\n0\r\n\r\n`,
    () => `${post}Transfer-Encoding: chunked\r\n\r\n${json.length.toString(16)}\n${json}0\r\n\r\n`,
    () => `${post}Content-Length: -5\r\n\r\n${json}`,
    () => `${post}Content-Length: ${json.length + 50}\r\n\r\n${json}`,
    () => `${post}Content-Length: ${dice.int(json.length - 1)}\r\n\r\n${json}`,
    () => `${post}Content-Length: 999999999999\r\n\r\n`,
    () => whole.slice(0, dice.int(whole.length - 1)),
    () => whole.replace('\r\nHost: localhost', ''),
    () => whole.replace('Bearer ', 'Bearer\t').replace(secrets.operate, `${secrets.operate}\u000b`),
    () => `GET / HTTP/1.1\r\n${'X-A: b\r\n'.repeat(dice.int(3_000))}\r\n`,
    () => `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(dice.int(40_000))}\r\n\r\n`,
    () => `${get('/api/events/stream')}\r\n`,
    () => `${get('/')}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n`,
    () => `${get('/')}Expect: 200-ok\r\n\r\n`,
    () => `${get(`http://evil.example/api/sagas/${ids[0]}`)}\r\n`,
    () => `${get('//evil.example/')}\r\n`,
    () => `${get('/\\..\\..\\x')}\r\n`,
    () => `${get(`/api/sagas/${dice.pick(IDS)}`)}\r\n`,
    () => `${get('/%')}\r\n`,
    () => `${get('*')}\r\n`,
    () => `OPTIONS * HTTP/1.1\r\nHost: localhost\r\n${auth}\r\n`,
    () => `CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n${auth}\r\n`,
    () => `TRACE /api/sagas HTTP/1.1\r\nHost: localhost\r\n${auth}\r\n`,
    () => `GET / HTTP/1.0\r\n\r\n`,
    () => `GET / HTTP/9.9\r\nHost: localhost\r\n\r\n`,
    () => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    () => `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
    () => `GET / HTTP/1.1\r\nHost: ${dice.pick(['', '[', 'a b', '@', 'x:99999', '\u0001'])}\r\n\r\n`,
    () => `${`${get('/health')}\r\n`.repeat(1 + dice.int(50))}`,
    () => `${get('/health')}\r\n`.replaceAll('\r\n', '\n'),
  ];
  const drawn = dice.pick(forms)();
  const bytes = typeof drawn === 'string' ? Buffer.from(drawn, 'latin1') : drawn;
  return bytes;
}
