// `sagastorm serve` on PostgreSQL: a worker, which shares its sagas with those beside it.

import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EXAMPLE } from '../engine/api/example.ts';
import { url as database } from '../engine/live/postgres-server.ts';
import { ended, freshFolder, start } from './sagastorm.ts';

async function serving() {
  const words = ['serve', '--port', '0', '--store', 'postgres', '--mock', '--quiet'];
  const child = start(words, freshFolder(), { DATABASE_URL: database });
  const end = ended(child);
  let greeting = '';
  child.stdout!.on('data', (chunk) => {
    greeting += String(chunk);
  });
  while (!greeting.includes('access:')) {
    if (child.exitCode !== null) throw new Error((await end).stderr);
    await delay(10);
  }
  return { child, end, greeting, url: /http:\/\/\S+/.exec(greeting)![0] };
}

const create = (url: string, key: string) =>
  fetch(`${url}/api/sagas`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(EXAMPLE),
  });

test('two servers share a database: each knows all sagas, and says whose they are', async () => {
  const one = await serving();
  let answer = await create(one.url, 'k-1');
  while (answer.status === 421 || answer.status === 503) answer = await create(one.url, 'k-1'); // it claims partitions yet
  expect(answer.status).toBe(201);
  const { id } = (await answer.json()) as { id: string };
  const other = await serving();
  expect(((await (await fetch(`${other.url}/api/sagas/${id}`)).json()) as { id: string }).id).toBe(id);
  expect((await create(other.url, 'k-1')).status).toBe(200);
  const elsewhere = await create(other.url, 'k-2'); // all partitions are the first one's
  expect(elsewhere.status).toBe(421);
  expect(await elsewhere.json()).toMatchObject({
    code: 'elsewhere',
    hint: expect.stringContaining('worker-'),
  });
  for (const { child, end, greeting } of [one, other]) {
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await end;
    expect([code, greeting.includes('store: postgres\n')]).toEqual([0, true]);
    expect(stdout + stderr).not.toContain('for-tests'); // the password
  }
});
