// What watches the engine: statistics, health, meters, pages, and what administrators see.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { EngineMeter } from '../../../engine/api/index.ts';
import { SAGA_STATUSES } from '../../../engine/core/saga-status.ts';
import type { Book } from '../../../engine/index.ts';
import { UserError } from '../../../engine/index.ts';
import { liveNowUs, MemoryStore } from '../../../engine/live/index.ts';
import { storeFailed } from '../../../engine/live/saga-catalogue.ts';
import { APPLIED, LOST, NO } from '../live/stage.ts';
import { HandClock } from './hand-clock.ts';
import { EXAMPLE, type ServedOptions, served } from './served.ts';

/** One saga that completes, one that is compensated, one whose undo is given up, one that runs. */
async function mixed(options: ServedOptions = {}) {
  const all = await served(options);
  const { ask, transport, host } = all;
  const ids: string[] = [];
  for (const answer of ['completes', 'is undone', 'gets stuck', 'runs'] as const) {
    transport.answer = ({ action }) => {
      if (action === 'reserve' || answer === 'completes') return APPLIED;
      if (action === 'charge') return answer === 'runs' ? undefined : NO;
      return answer === 'is undone' ? APPLIED : LOST;
    };
    const { json } = await ask('POST', '/api/sagas', EXAMPLE);
    ids.push(String(json.id));
    if (answer !== 'runs') await host.whenEnded(String(json.id));
  }
  return { ...all, ids };
}

test('the statistics count sagas by what became of them', async () => {
  const { ask } = await mixed();
  const { json } = await ask('GET', '/api/sagas/stats');
  expect(json).toMatchObject({
    totalSagas: 4,
    runningSagas: 1,
    completedSagas: 1,
    failedSagas: 2,
    successRate: 1 / 3,
    byStatus: { completed: 1, compensated: 1, compensation_failed: 1, running: 1, failed: 0 },
  });
  expect(json.averageDuration).toBeGreaterThan(0);
});

test('without sagas the statistics are zeros', async () => {
  const { ask } = await served();
  expect((await ask('GET', '/api/sagas/stats')).json).toMatchObject({
    totalSagas: 0,
    successRate: 0,
    averageDuration: 0,
  });
});

test('the meters say the same, in the words of Prometheus', async () => {
  const { ask } = await mixed();
  const { text, headers } = await ask('GET', '/metrics');
  expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  for (const line of [
    'sagastorm_sagas{status="completed"} 1',
    'sagastorm_sagas{status="failed"} 0',
    'transaction_started_total{saga_type="order_processing"} 4',
    'transaction_completed_total{saga_type="order_processing"} 1',
    'transaction_compensated_total{saga_type="order_processing",cause="business"} 1',
    'transaction_compensated_total{saga_type="order_processing",cause="technical"} 0',
    'transaction_compensation_failed_total{saga_type="order_processing"} 1',
    'saga_step_success_total{saga_type="order_processing",step="reserve_inventory"} 4',
    'saga_step_failure_total{saga_type="order_processing",step="process_payment",failure="business"} 2',
    'saga_stuck{saga_type="order_processing"} 1',
    'sagastorm_sagas_in_flight 1',
    'sagastorm_calls_in_flight 1',
    'sagastorm_engine_up 1',
    'sagastorm_api_request_seconds_count{method="POST",route="/api/sagas",status="201"} 4',
  ]) {
    expect(text).toContain(`${line}\n`);
  }
  expect(text).toMatch(/sagastorm_event_loop_lag_p99_seconds [\d.]+\n/);
  expect((await ask('GET', '/api/sagas/metrics')).text).toContain(
    'transaction_started_total{saga_type="order_processing"} 4',
  );
});

test('two servers in a process have meters of their own', async () => {
  const [one, other] = [await served(), await served()];
  await one.ask('POST', '/api/sagas', EXAMPLE);
  expect((await one.ask('GET', '/metrics')).text).toContain('transaction_started_total{');
  expect((await other.ask('GET', '/metrics')).text).not.toContain('transaction_started_total{');
});

test('a retry that fails again is counted as another end', async () => {
  const { ask } = await served({ answer: ({ action }) => (action === 'charge' ? NO : APPLIED) });
  const { json } = await ask('POST', '/api/sagas', EXAMPLE);
  await ask('PUT', `/api/sagas/${String(json.id)}/compensate`);
  await ask('POST', `/api/sagas/${String(json.id)}/retry`);
  expect((await ask('GET', '/metrics')).text).toContain(
    'transaction_compensated_total{saga_type="order_processing",cause="business"} 2\n',
  );
});

test('health is told to anybody, and in detail to those who may read', async () => {
  const { ask } = await served();
  expect((await ask('GET', '/health')).json).toEqual({ status: 'ok' });
  expect((await ask('GET', '/api/sagas/health')).json).toMatchObject({
    status: 'healthy',
    metrics: { activeSagas: 0, successRate24h: null },
    engine: { sagasInMemory: 0 },
  });
});

test('the health of sagas: rates of the day, who waits for whom, where time goes, and what to do', async () => {
  const { ask, ids } = await mixed();
  const { json } = await ask('GET', '/api/sagas/health');
  expect(json).toMatchObject({
    status: 'degraded',
    metrics: {
      activeSagas: 2,
      endedSagas24h: 2,
      waitForPerson24h: 1,
      successRate24h: 1 / 3,
      compensationRate24h: 1 / 3,
    },
    stuckCount: 1,
    stuckSagas: [{ sagaID: ids[2], waitsFor: 'person', stuck: true }],
    engine: { sagasInMemory: 1, callsInFlight: 1 },
  });
  expect(json.issues).toContain('1 wait for a person');
  expect((json.steps as { step: string }[]).map(({ step }) => step)).toEqual([
    'reserve_inventory',
    'process_payment',
  ]);
});

test('the health of sagas says what the timers of the engine know', async () => {
  const clock = new HandClock();
  const meter = new EngineMeter({ clock });
  const { ask, host } = await served({ meter, answer: () => undefined });
  const { json: saga } = await ask('POST', '/api/sagas', EXAMPLE);
  meter.report({ kind: 'read', log: await host.log(String(saga.id)) });
  expect(meter.notMoving).toEqual([]);
  clock.goTo(liveNowUs() + 60_000_000);
  expect(meter.notMoving).toEqual([saga.id]);
  const { json } = await ask('GET', '/api/sagas/health');
  expect(json).toMatchObject({ status: 'healthy', metrics: { activeSagas: 1 }, stuckSagas: [] }); // by its log it is early
  expect((await ask('GET', '/')).text).toContain('<b id="still">1</b>');
});

test('an engine that was halted is not well', async () => {
  const meter = new EngineMeter();
  const { ask } = await served({ meter });
  meter.report({ kind: 'halted', error: new Error('fenced') });
  expect((await ask('GET', '/health')).json).toMatchObject({ status: 503, code: 'halted' });
});

test('a stopped engine answers 503, and reading goes on', async () => {
  const { ask, host } = await served();
  const { json } = await ask('POST', '/api/sagas', EXAMPLE);
  await host.stop();
  expect((await ask('POST', '/api/sagas', EXAMPLE)).json).toMatchObject({ status: 503, code: 'stopped' });
  expect((await ask('GET', `/api/sagas/${String(json.id)}`)).status).toBe(200);
});

test('an administrator sees each step: when, how often, what it made, what went wrong', async () => {
  const { ask } = await served({
    answer: ({ action }) => (action === 'reserve' ? { kind: 'applied', result: { shipment: 'ship-1' } } : NO),
  });
  const { json: saga } = await ask('POST', '/api/sagas', EXAMPLE);
  const { json } = await ask('GET', `/api/admin/sagas/${String(saga.id)}`);
  expect(json).toMatchObject({
    sagaId: saga.id,
    orderId: null,
    reason: { kind: 'step-failed', step: 'process_payment', failure: 'business' },
    duration: expect.stringMatching(/^PT[\d.]+S$/),
    steps: [
      { name: 'reserve_inventory', resourceId: 'ship-1', attempts: 1, startedAt: expect.any(String) },
      {
        name: 'process_payment',
        status: 'rejected',
        attempts: 1,
        undoAttempts: 0,
        lastError: 'business: no',
      },
    ],
  });
});

test('an administrator finds what did not complete in the last hours, newest first, page by page', async () => {
  const { ask, ids } = await mixed();
  const { json } = await ask('GET', '/api/admin/sagas/failed?hours=1');
  expect((json.sagas as { id: string }[]).map(({ id }) => id)).toEqual([ids[2], ids[1]]);
  const { json: first } = await ask('GET', '/api/admin/sagas/failed?limit=1');
  const { json: second } = await ask('GET', `/api/admin/sagas/failed?limit=1&cursor=${String(first.next)}`);
  expect((second.sagas as { id: string }[])[0]!.id).toBe(ids[1]);
});

test('an administrator is told why sagas did not complete, at which service, and what helps', async () => {
  const { ask, ids } = await mixed();
  const { json } = await ask('GET', '/api/admin/diagnosis');
  expect(json).toMatchObject({
    primary: 'compensating-failure',
    sagas: 3,
    classes: { 'business-refusal': 1, 'compensating-failure': 1, none: 1 },
    serviceFailures: { payment: 2, inventory: 3 },
  });
  const one = await ask('GET', `/api/admin/diagnosis?saga=${ids[1]}`);
  expect(one.json.diagnoses).toMatchObject([
    { saga: ids[1], class: 'business-refusal', service: 'payment', compensationAttempted: true },
  ]);
  expect((await ask('GET', '/api/admin/diagnosis?saga=nobody')).json).toMatchObject({ code: 'unknown-saga' });
});

test('an administrator is told where the books of the services and the log differ, and what settles it', async () => {
  const entry = { saga: 'nobody', step: 'charge', direction: 'forward', round: 0, action: 'charge' } as const;
  const postings = [
    { account: 'c-0', amount: -5 },
    { account: 'merchant', amount: 5 },
  ];
  const { ask, ids } = await mixed({
    books: async () => [{ service: 'payment', entries: [{ ...entry, postings }] }],
  });
  const { json } = await ask('GET', '/api/admin/reconciliation');
  expect(json).toMatchObject({
    reconciled: false,
    sagas: ids.length,
    entries: 1,
    differencesTotal: 1,
    differences: [
      { kind: 'unknown-saga', saga: 'nobody', service: 'payment', status: null, settle: { act: 'restore' } },
    ],
    accounts: [
      { service: 'payment', account: 'c-0', posted: -5, unexplained: -5, drift: null },
      { service: 'payment', account: 'merchant', posted: 5, unexplained: 5, drift: null },
    ],
  });
  const noBooks = new UserError('no-books', 'the books of bank cannot be read', 'Mend it.');
  const silent = await mixed({ books: () => Promise.reject(noBooks) });
  expect(await silent.ask('GET', '/api/admin/reconciliation')).toMatchObject({
    status: 502,
    json: { code: 'no-books', detail: 'the books of bank cannot be read.' },
  });
});

test('with the books, an administrator is told of the stock and the payments of a saga, too', async () => {
  let wanted: readonly Book[] = [];
  const { ask, ids } = await mixed({ books: async () => wanted });
  const operation = { saga: ids[0]!, direction: 'forward', round: 0 } as const;
  const stock = { item: 'lamp', onHand: 7, reserved: 3, sold: 0, total: 10 };
  const postings = [
    { account: 'c-0', amount: -5 },
    { account: 'merchant', amount: 5 },
  ];
  const [reserved, charged] = [
    { ...operation, step: 'reserve_inventory', action: 'reserve', stock },
    { ...operation, step: 'process_payment', action: 'charge', postings },
  ];
  wanted = [
    { service: 'inventory', entries: [reserved], stock: [{ ...stock, onHand: 6 }] },
    { service: 'payment', entries: [charged, charged] },
  ];
  const { json } = await ask('GET', `/api/admin/diagnosis?saga=${ids[0]}&books=true`);
  const move = { saga: ids[0], reserved: 3, onHand: 7 };
  expect(json).toMatchObject({
    primary: 'duplicate-processing',
    stock: [{ service: 'inventory', item: 'lamp', own: [move], computed: 7, onHand: 6 }],
    payments: { chain: [{ service: 'payment', amount: 5, times: 2, conflict: null }], lookalikes: [] },
  });
  const all = await ask('GET', '/api/admin/diagnosis?books=true');
  expect([all.status, all.json.stock]).toEqual([200, undefined]);
  expect((await ask('GET', '/api/admin/diagnosis?books=maybe')).status).toBe(400);
});

test.each(['0', '8761', '1.5', 'many', ''])('hours=%s is refused', async (hours) => {
  const { ask } = await served();
  expect((await ask('GET', `/api/admin/sagas/failed?hours=${hours}`)).status).toBe(400);
});

test('the status page reads without JavaScript, and says what is stuck', async () => {
  const { ask, api, ids } = await mixed();
  const { text, headers } = await ask('GET', '/');
  expect(text).toContain('id="n-total">4<');
  expect(text).toContain('id="n-compensation_failed">1<');
  expect(text).toContain('<b id="person">1</b>');
  expect(text).toContain(`data-label="Saga">${ids[2]}</th>`);
  expect(text).toMatch(
    /data-label="Why">It waits for a person since [\d.]+ m?s: the undo of \S*reserve_inventory\S* was given up/,
  );
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  const [page = '', script] = text.split('<script>');
  expect(page.replaceAll(api.url, '')).not.toMatch(/https?:\/\//);
  expect(script).not.toMatch(/https?:\/\/(?!127\.0\.0\.1:8080')/);
});

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('when the store is away, a browser is told so by a page, with a way on; a program by a problem', async () => {
  const away = new MemoryStore();
  let isAway = true;
  const find = away.find.bind(away);
  away.find = (query) => (isAway ? Promise.reject(storeFailed(new Error('<pg> db.example'))) : find(query));
  const { ask, log } = await served({ catalogue: away });
  const { status, headers, text } = await ask('GET', '/', undefined, BROWSER);
  expect([status, headers.get('content-type'), headers.get('retry-after')]).toEqual([
    503,
    'text/html; charset=utf-8',
    '1',
  ]);
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(text).toMatch(
    /<main>[\s\S]*The store cannot be asked at present\.[\s\S]*<a href="\/">[\s\S]*<\/main>/,
  );
  expect(text).not.toMatch(/db\.example|\{"/);
  expect(log.join('')).toContain(`"code":"store-failed"`);
  for (const [path, accept] of [
    ['/', '*/*'],
    ['/', 'application/json'],
    ['/api/sagas', BROWSER.accept],
  ]) {
    const problem = await ask('GET', path!, undefined, { accept: accept! });
    expect([problem.status, problem.json.code]).toEqual([503, 'store-failed']);
  }
  isAway = false;
  expect((await ask('GET', '/', undefined, BROWSER)).status).toBe(200);
});

test('whatever keeps a browser from a page is told by a page, and never as HTML of who asked', async () => {
  const { ask } = await served();
  const { status, text } = await ask('GET', '/?%3Cb%3E=1', undefined, BROWSER);
  expect(status).toBe(400);
  expect(text).toContain('<a href="/">');
  expect(text).not.toContain('<b>');
});

test('every id that the script of the page writes to is on the page', async () => {
  const { ask } = await served();
  const { text } = await ask('GET', '/');
  const [page = '', script = ''] = text.split('<script>');
  const named = [...script.matchAll(/(?:put|at)\('([\w-]+)'/g)].map(([, id]) => id!);
  const [, units = '{}'] = /UNITS = (\{.*?\});/.exec(script)!;
  const cards = Object.keys(JSON.parse(units) as object).flatMap((id) => [id, `course-${id}`]);
  const states = SAGA_STATUSES.flatMap((status) => [`n-${status}`, `bar-${status}`]);
  const written = named.filter((id) => !/-$/.test(id));
  expect(written.length).toBeGreaterThan(5);
  for (const id of [...written, ...cards, ...states]) expect(page).toContain(`id="${id}"`);
  expect(page.match(/ id="/g)!.length).toBe(new Set(page.match(/ id="[^"]*"/g)).size);
});

test('H2: the policy of a page allows its own style and script, by their hash', async () => {
  const { ask } = await served();
  const { text, headers } = await ask('GET', '/');
  for (const [tag, directive] of [
    ['style', 'style-src'],
    ['script', 'script-src'],
  ]) {
    const inside = new RegExp(`<${tag}>([^]*)</${tag}>`).exec(text)![1]!;
    const hash = createHash('sha256').update(inside).digest('base64');
    expect(headers.get('content-security-policy')).toContain(`${directive} 'sha256-${hash}'`);
  }
});

test('the documents for people name every endpoint, and load nothing from elsewhere', async () => {
  const { ask } = await served();
  const [{ text }, { json }] = [await ask('GET', '/docs'), await ask('GET', '/openapi.json')];
  for (const path of Object.keys(json.paths as object)) expect(text).toContain(`<code>${path}</code>`);
  expect(text).not.toMatch(/<script|<link|https?:\/\//);
});
