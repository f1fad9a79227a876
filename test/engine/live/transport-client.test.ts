// A user's own HTTP client under a server that misbehaves in every way: msw stands between its `fetch` and the world.

import { delay, HttpResponse, type HttpResponseResolver, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Call, Outcome } from '../../../engine/core/protocol.ts';
import { defineSaga } from '../../../engine/index.ts';
import { ClientTransport, Host, MemoryStore, type ServiceClient } from '../../../engine/live/index.ts';
import { quick } from './stage.ts';

const PAY = 'https://pay.example/v1/charge';
const world = setupServer();
beforeAll(() => world.listen({ onUnhandledFrame: 'error' }));
afterEach(() => world.resetHandlers());
afterAll(() => world.close());

/** As a user would write it. */
const pay: ServiceClient = ({ action, payload }, { signal, headers }) =>
  fetch(`https://pay.example/v1/${action}`, {
    method: 'POST',
    headers,
    signal,
    body: JSON.stringify(payload),
  });

const CALL: Call = {
  kind: 'call',
  saga: 's-1',
  step: 'pay',
  direction: 'forward',
  round: 0,
  attempt: 1,
  key: 's-1/pay/forward',
  service: 'payment',
  action: 'charge',
  payload: { amount: 5 },
  payloadHash: 42,
};

async function ask(client: ServiceClient, timeoutMs = 2_000, call: Call = CALL): Promise<Outcome> {
  const transport = new ClientTransport({ services: { payment: client }, timeoutMs });
  const outcomes: Outcome[] = [];
  await new Promise<void>((resolve) => {
    transport.send(call, {
      input(input) {
        if (input.kind === 'reply') outcomes.push(input.outcome);
        resolve();
      },
    });
  });
  expect(outcomes).toHaveLength(1);
  return outcomes[0]!;
}

function paying(resolver: HttpResponseResolver): Promise<Outcome> {
  world.use(http.post(PAY, resolver));
  return ask(pay);
}

describe('what a response means, as the table of http-outcome.ts has it', () => {
  test.each<readonly [string, () => Response, Partial<Outcome>]>([
    ['JSON', () => HttpResponse.json({ id: 7 }), { kind: 'applied', result: { id: 7 } }],
    ['nothing', () => new HttpResponse(null, { status: 204 }), { kind: 'applied' }],
    [
      'a page in HTML',
      () => HttpResponse.html('<p>hello'),
      { kind: 'unknown', failure: 'dependency_failure' },
    ],
    [
      'a refusal',
      () => HttpResponse.json({ detail: 'no funds' }, { status: 422 }),
      { kind: 'rejected', failure: 'business', reason: 'answered 422: no funds' },
    ],
    [
      'too many requests',
      () => new HttpResponse(null, { status: 429, headers: { 'retry-after': '3' } }),
      { kind: 'rejected', failure: 'rate_limited', retryAfterUs: 3_000_000 },
    ],
    ['an error', () => new HttpResponse('oops', { status: 500 }), { kind: 'unknown', failure: 'transient' }],
    [
      'an outage',
      () => new HttpResponse(null, { status: 503, headers: { 'retry-after': '1' } }),
      { kind: 'unknown', failure: 'resource_exhausted', retryAfterUs: 1_000_000 },
    ],
    [
      'more than is read',
      () => HttpResponse.text('x'.repeat(2_000_000)),
      { kind: 'unknown', failure: 'dependency_failure' },
    ],
  ])('%s', async (_what, respond, expected) => {
    expect(await paying(respond)).toMatchObject(expected);
  });
});

test.each<readonly [string, unknown, string]>([
  ['nothing', undefined, 'payment answered nothing'],
  ['another kind', { kind: 'ok' }, 'payment answered {"kind":"ok"}'],
  [
    'another failure class',
    { kind: 'rejected', failure: 'declined', reason: 'no' },
    'payment answered the failure class "declined", which is none of transient, rate_limited,',
  ],
  [
    'a time that is none',
    { kind: 'unknown', failure: 'transient', reason: 'later', retryAfterUs: Number.NaN },
    'payment answered retryAfterUs NaN, which is no whole number from 0',
  ],
  [
    'a result that no log can hold',
    { kind: 'applied', result: { rows: [1n] } },
    'payment answered a result that is not JSON: rows[0]: a bigint is not JSON',
  ],
])('E2: a client of its own making that answers %s leaves it unknown', async (_what, answer, reason) => {
  const outcome = await ask(async () => answer as Outcome);
  expect(outcome).toMatchObject({ kind: 'unknown', failure: 'dependency_failure' });
  expect('reason' in outcome && outcome.reason).toContain(reason);
});

test('a result of its own making is as JSON gives it back', async () => {
  const outcome = await ask(async () => ({ kind: 'applied', result: { at: new Date(0), gone: undefined } }));
  expect(outcome).toEqual({ kind: 'applied', result: { at: '1970-01-01T00:00:00.000Z' } });
});

describe('no response', () => {
  test('E2: a connection that broke leaves it unknown', async () => {
    expect(await paying(() => HttpResponse.error())).toMatchObject({ kind: 'unknown', failure: 'transient' });
  });

  test('E2: who answers too late leaves it unknown, and the client is told to stop', async () => {
    let isStopped = false;
    world.use(
      http.post(PAY, async ({ request }) => {
        await delay('infinite');
        return HttpResponse.json(request.url);
      }),
    );
    const watched: ServiceClient = (call, context) => {
      context.signal.addEventListener('abort', () => {
        isStopped = true;
      });
      return pay(call, context);
    };
    expect(await ask(watched, 30)).toMatchObject({ kind: 'unknown', failure: 'timeout' });
    expect(isStopped).toBe(true);
  });

  test('a connection that was refused certainly had no effect', async () => {
    const refused = Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    });
    expect(await ask(() => Promise.reject(refused))).toEqual({
      kind: 'rejected',
      failure: 'transient',
      reason: 'ECONNREFUSED',
    });
  });

  test('a client that breaks before it asks is not trusted to have asked nobody', async () => {
    const broken: ServiceClient = () => {
      throw new Error('no token');
    };
    expect(await ask(broken)).toMatchObject({ kind: 'unknown', reason: 'no token' });
  });
});

test('a client may decide itself: an outcome is taken at its word', async () => {
  const outcome: Outcome = { kind: 'rejected', failure: 'business', reason: 'blocked' };
  expect(await ask(async () => outcome)).toEqual(outcome);
});

test('a service that is not there was certainly not reached', async () => {
  expect(await ask(pay, 100, { ...CALL, service: 'bank' })).toMatchObject({
    kind: 'rejected',
    failure: 'dependency_failure',
  });
});

test('E4: attempts carry one key, and a saga completes through a client whose first answer was lost', async () => {
  const keys: (string | null)[] = [];
  world.use(
    http.post(PAY, ({ request }) => {
      keys.push(request.headers.get('idempotency-key'));
      return keys.length === 1 ? HttpResponse.error() : HttpResponse.json({ paid: true });
    }),
  );
  const checkout = defineSaga({
    name: 'checkout',
    version: 1,
    steps: { pay: { service: 'payment', action: 'charge', compensation: 'refund' } },
  });
  const transport = new ClientTransport({ services: { payment: pay } });
  const host = new Host({
    store: new MemoryStore(),
    transport,
    definitions: [checkout],
    policy: quick,
    overridePolicy: true,
  });
  await host.start();
  const { status } = await host.whenEnded(await host.create(checkout, { amount: 5 }, { id: 's-9' }));
  expect(status).toBe('completed');
  expect(keys).toEqual(['s-9/pay/forward', 's-9/pay/forward']);
  await host.stop();
});
