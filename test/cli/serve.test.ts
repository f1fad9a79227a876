// `sagastorm serve` as people use it: a process of its own, asked over HTTP, and told to stop.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { SagaEvent } from '../../engine/core/saga-event.ts';
import { SqliteStore } from '../../engine/live/index.ts';
import { EXAMPLE } from '../engine/api/example.ts';
import { appendAll, appendOf } from '../engine/live/store-asking.ts';
import { otlpFaults } from '../engine/observe/otlp-request.ts';
import { type Ended, ended, fixture, freshFolder, sagastorm, start } from './sagastorm.ts';

const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
  readonly greeting: string;
  readonly end: Promise<Ended>;
}

/** A server that listens. */
async function running(
  words: readonly string[],
  folder = freshFolder(),
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const child = start(['serve', '--port', '0', ...words], folder, env);
  children.push(child);
  const end = ended(child);
  let greeting = '';
  child.stdout!.on('data', (chunk) => {
    greeting += String(chunk);
  });
  const isOver = end.then(({ stderr }) => {
    throw new Error(`it ended: ${stderr}`);
  });
  isOver.catch(() => undefined);
  const isUp = async (): Promise<void> => {
    while (!greeting.includes('access:')) await delay(10);
  };
  await Promise.race([isUp(), isOver]);
  return { child, url: /http:\/\/\S+/.exec(greeting)![0], greeting, end };
}

const post = (url: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function statusOf(url: string, id: string): Promise<string> {
  for (;;) {
    const { status } = (await (await fetch(`${url}/api/sagas/${id}`)).json()) as { status: string };
    if (!/created|running|compensating/.test(status)) return status;
    await delay(10);
  }
}

describe.concurrent('sagastorm serve', () => {
  test('with --otlp the trace of each saga is sent to a collector', async () => {
    const bodies: string[] = [];
    const collector = createHttpServer((request, response) => {
      request.on('data', (part) => bodies.push(String(part)));
      request.on('end', () => response.end('{}'));
    });
    await new Promise<void>((done) => collector.listen(0, '127.0.0.1', done));
    const { port } = collector.address() as AddressInfo;
    const { child, url, end } = await running(['--mock', '--otlp', `http://127.0.0.1:${port}`]);
    const { id } = (await (await post(url, '/api/sagas', EXAMPLE)).json()) as { id: string };
    await statusOf(url, id);
    child.kill('SIGTERM');
    await end;
    collector.close();
    expect(bodies.join('')).toContain(`"sagastorm.saga.id","value":{"stringValue":"${id}"}`);
    expect(otlpFaults(JSON.parse(bodies.join('')))).toEqual([]);
  });

  test('with mocks it runs the example of the API; a signal stops it', async () => {
    const { child, url, greeting, end } = await running(['--store', 'memory', '--mock']);
    expect(greeting).toMatch(/^sagastorm \d\S* listens on http:\/\/127\.0\.0\.1:\d+\n/);
    expect(greeting).toContain('services: bank, inventory, payment, shipping\n');
    const created = await post(url, '/api/sagas', EXAMPLE);
    expect(created.status).toBe(201);
    const { id } = (await created.json()) as { id: string };
    expect(await statusOf(url, id)).toBe('completed');
    const order = { customerId: 'c-1', items: [{ productId: 'prod_123', quantity: 1, price: 19.99 }] };
    const { orderId } = (await (await post(url, '/api/orders', order)).json()) as { orderId: string };
    expect(await statusOf(url, orderId)).toBe('completed');
    child.kill('SIGTERM');
    const { code, stderr } = await end;
    expect(code).toBe(0);
    expect(stderr).toContain('sagastorm: stopping.\n');
    for (const line of stderr.trim().split('\n').slice(0, -1))
      expect(JSON.parse(line)).toHaveProperty('route');
  });

  test('definitions of a module are begun by name', async () => {
    const words = ['--store', 'memory', '--mock', '--quiet', '--definitions', fixture('definitions.ts')];
    const { child, url, end } = await running(words);
    const body = { name: 'transfer', input: { account: 'a-1', amount: 100 } };
    const created = (await (await post(url, '/api/sagas', body)).json()) as { id: string; version: number };
    expect(created.version).toBe(2);
    expect(await statusOf(url, created.id)).toBe('completed');
    child.kill('SIGINT');
    expect(await end).toMatchObject({ code: 0, stderr: 'sagastorm: stopping.\n' });
  });

  test('a second signal ends it at once, whatever is under way', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const service = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const folder = freshFolder();
    const services = { inventory: service, payment: service };
    writeFileSync(join(folder, 'sagastorm.config.json'), JSON.stringify({ services }));
    const { child, url, end } = await running(['--store', 'memory', '--quiet'], folder);
    const called = once(silent, 'connection');
    expect((await post(url, '/api/sagas', EXAMPLE)).status).toBe(201);
    await called;
    let stderr = '';
    child.stderr!.on('data', (chunk) => {
      stderr += String(chunk);
    });
    child.kill('SIGTERM');
    while (!stderr.includes('stopping')) await delay(5);
    child.kill('SIGTERM');
    expect((await end).code).toBe(130);
    silent.close();
  });

  test('sagas outlive the server: what is open when it is killed is taken up by the next', async () => {
    const folder = freshFolder();
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const service = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    writeFileSync(join(folder, 'sagastorm.config.json'), JSON.stringify({ services: { payment: service } }));
    const first = await running(['--mock', '--quiet'], folder);
    expect(first.greeting).toContain('store: sqlite, .sagastorm/sagas.db\n');
    const called = once(silent, 'connection');
    const headers = { 'idempotency-key': 'order-1' };
    const { id } = (await (await post(first.url, '/api/sagas', EXAMPLE, headers)).json()) as { id: string };
    await called;
    first.child.kill('SIGKILL');
    await first.end;
    silent.close();
    writeFileSync(join(folder, 'sagastorm.config.json'), '{}');
    const second = await running(['--mock', '--quiet'], folder);
    expect(second.greeting).toContain('sagas taken up: 1\n');
    expect(await statusOf(second.url, id)).toBe('completed');
    expect((await post(second.url, '/api/sagas', EXAMPLE, headers)).status).toBe(200);
    second.child.kill('SIGTERM');
    expect((await second.end).code).toBe(0);
  });

  test('with tokens it listens anywhere, and shows none of them', async () => {
    const folder = freshFolder();
    const secret = 'the-secret-of-the-command-line';
    writeFileSync(join(folder, 'my.json'), JSON.stringify({ tokens: [{ env: 'SAGA_TOKEN', role: 'read' }] }));
    const words = ['--store', 'memory', '--config', 'my.json', '--host', '0.0.0.0'];
    const { child, url, greeting, end } = await running(words, folder, { SAGA_TOKEN: secret });
    expect(greeting).toContain('access: 1 token\n');
    const own = url.replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(`${own}/api/sagas`)).status).toBe(401);
    expect((await fetch(`${own}/api/sagas`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(
      200,
    );
    expect((await post(own, '/api/sagas', EXAMPLE, { authorization: `Bearer ${secret}` })).status).toBe(403);
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await end;
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(secret);
  });

  test.each([
    ['--host 0.0.0.0', /nobody but this machine may reach the server/],
    ['--host 0.0.0.0 --store memory --mock', /nobody but this machine may reach the server/],
    ['--store sqlit', /--store takes one of sqlite, postgres, memory, not "sqlit"/],
    ['--store postgres', /the address of the database is not said/],
    ['--store postgres --db file.db', /is no postgres:\/\/ address/],
    ['--store sqlite --db postgres://u:hunter2@h/d', /--db does not go with --store sqlite/],
    ['--store memory --db file.db', /--db does not go with --store memory/],
    ['--db postgres://u:hunter2@127.0.0.1:1/d', /database of sagas cannot be used/, 2],
    ['--port 70000', /--port takes a whole number from 0 to 65,535/],
    ['--config none.json', /no file none\.json/],
    ['--policy patint', /no policy called "patint"/],
    ['--definitions none.ts', /no module none\.ts/],
    ['now', /does not take the argument "now"/],
  ] as [string, RegExp, number?][])('serve %s ends in one sentence', async (line, sentence, ends = 64) => {
    const { DATABASE_URL, ...env } = process.env;
    const child = start(['serve', ...line.split(' ')], freshFolder(), { ...env, DATABASE_URL: '' });
    const { code, stdout, stderr } = await ended(child);
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^sagastorm: [^\n]+[.!?]\n( {2}[^\n]+\n)?$/);
    expect(stdout + stderr).not.toContain('hunter2');
    expect(code).toBe(ends);
  });

  test('a port that is taken is said to be', async () => {
    const { url } = await running(['--store', 'memory', '--quiet']);
    const { code, stderr } = await sagastorm(['serve', '--store', 'memory', '--port', new URL(url).port]);
    expect([code, stderr]).toEqual([
      64,
      expect.stringMatching(/cannot listen on 127\.0\.0\.1, port \d+: it is taken\./),
    ]);
  });
});

test('a mock that cannot start ends the server, and those that started with it', async () => {
  const folder = freshFolder();
  const config = (mocks: Readonly<Record<string, string>>) =>
    writeFileSync(join(folder, 'sagastorm.config.json'), JSON.stringify({ mocks }));
  config({ card: 'payment', orders: 'bank' });
  const first = await running(['--mock'], folder);
  first.child.kill('SIGTERM');
  expect((await first.end).code).toBe(0);
  config({ card: 'payment', orders: 'shipping' }); // the file is another's now
  const { code, stderr } = await sagastorm(['serve', '--port', '0', '--mock'], folder);
  expect(code).toBe(64);
  expect(stderr).toContain('orders.db');
});

test('sagas that wait for a person without a definition are told at the start', async () => {
  const folder = freshFolder();
  const store = new SqliteStore({ file: join(folder, 'sagas.db') });
  let epoch = 0;
  store.open('main', { opened: (opened) => (epoch = opened) });
  const log = (definition: string): readonly SagaEvent[] => [
    { kind: 'saga-created', definition, definitionVersion: 1, input: {} },
    { kind: 'step-requested', step: 'pay' },
    { kind: 'compensation-started', reason: { kind: 'cancelled' } },
    { kind: 'compensation-requested', step: 'pay' },
    { kind: 'saga-compensation-failed' },
  ];
  const append = (saga: string, definition: string) => appendOf(saga, epoch, log(definition));
  expect(await appendAll(store, [append('a', 'lost'), append('b', 'lost'), append('c', 'other')])).toEqual([
    'appended',
    'appended',
    'appended',
  ]);
  await store.close();
  const { child, end } = await running(['--db', 'sagas.db'], folder);
  child.kill('SIGTERM');
  const { code, stderr } = await end;
  expect(code).toBe(0);
  expect(stderr).toContain(
    '3 sagas wait for a person, and their definition is not here (1 of "other" version 1, 2 of "lost" version 1)',
  );
  expect(stderr.match(/definition is not here/g)).toHaveLength(1);
  expect(stderr).toContain('--definitions FILE');
});
