// Workers in processes of their own, a real server, real signals: whatever happens to one of them, every saga that was
// accepted ends, and no call is made that had not been written.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Worker } from '../../../engine/live/index.ts';
import { beside, connect } from './postgres-server.ts';
import { Colleague, employ, holds, until } from './workers.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function allEnd(worker: Worker, sagas: readonly string[]): Promise<void> {
  expect(new Set(sagas).size).toBe(sagas.length);
  for (const saga of sagas) {
    expect((await (await worker.hostOf(saga)).whenEnded(saga)).status).toBe('completed');
  }
  expect(await beside(`SELECT saga FROM events GROUP BY saga HAVING count(*) <> max(version)`)).toEqual([]);
}

/** E1. */
async function allIntended(called: readonly string[]): Promise<void> {
  const rows = await beside<{ key: string }>(
    `SELECT saga || '/' || (event ->> 'step') || '/forward' AS key FROM events WHERE kind = 'step-requested'`,
  );
  const intended = new Set(rows.map(({ key }) => key));
  expect(called.filter((key) => !intended.has(key))).toEqual([]);
}

const writtenUnder = async (epochs: readonly number[]): Promise<number> => {
  const sql = 'SELECT count(*)::integer AS n FROM batches WHERE epoch = ANY ($1)';
  return (await beside<{ n: number }>(sql, [epochs]))[0]!.n;
};

test('a worker that was stopped past its lease and goes on writes nothing', async () => {
  const a = new Colleague(folder, { leaseMs: 3_000 }); // a busy machine renews late
  await until(() => a.said('begun').length >= 4 && a.said('accepted').length > 200);
  const b = employ(await connect(), { name: 'b', leaseMs: 60_000 });
  a.signal('SIGSTOP');
  await b.worker.start();
  const { epochs } = a;
  await until(holds(b.worker, 4));
  const written = await writtenUnder(epochs);
  expect(written).toBeGreaterThan(200);
  const before = a.said('accepted').length;
  a.signal('SIGCONT');
  await until(() => new Set(a.said('lost')).size === 4 && a.said('accepted').length - before > 200);
  expect(await writtenUnder(epochs)).toBe(written);
  expect(a.epochs.length).toBeGreaterThan(4); // it has its share again, under others
  a.signal('SIGKILL');
  await until(holds(b.worker, 4));
  await allEnd(b.worker, a.said('accepted'));
  await allIntended(a.called);
});

test('after kill -9 of a worker the other ends its sagas', async () => {
  const b = employ(await connect(), { name: 'b', leaseMs: 60_000 });
  const a = new Colleague(folder, { partitionsMax: 2 });
  await until(() => a.said('begun').length >= 2);
  await b.worker.start();
  await until(() => holds(b.worker, 2)() && a.said('accepted').length > 200);
  a.signal('SIGKILL');
  expect(await a.gone()).toBe('SIGKILL');
  await until(holds(b.worker, 4));
  await allEnd(b.worker, a.said('accepted'));
  await allIntended(a.called);
});

test('a worker that is told to stop while its database hangs is gone soon', async () => {
  const store = await connect();
  const { worker } = employ(store, { name: 'a', leaseMs: 600_000 });
  await worker.start();
  await until(holds(worker, 4));
  const backends = await beside<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'sagastorm'",
  );
  for (const { pid } of backends) process.kill(pid, 'SIGSTOP');
  try {
    await worker.stop({ graceMs: 0 });
    await store.close();
  } finally {
    for (const { pid } of backends) process.kill(pid, 'SIGCONT');
  }
  const sql = "SELECT count(*)::integer AS n FROM partitions WHERE owner = 'a' AND lease_until > now()";
  expect(await beside(sql)).toEqual([{ n: 4 }]); // nobody could be told
});

test('a worker that is told to stop hands over, and cuts nothing off', async () => {
  const a = new Colleague(folder, { leaseMs: 3_600_000 });
  await until(() => a.said('begun').length >= 4 && a.said('accepted').length > 200);
  const b = employ(await connect(), { name: 'b', leaseMs: 3_600_000 });
  await b.worker.start();
  a.signal('SIGTERM');
  expect(await a.gone()).toBe(0);
  expect(a.said('stopped')).toEqual(['0']);
  await until(holds(b.worker, 4));
  await allEnd(b.worker, a.said('accepted'));
  await allIntended(a.called);
});
