// Workers share the partitions of a database by themselves, while sagas go on: who comes gets his share, who goes leaves
// it to the others, and no saga is lost or done twice by it.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { definePolicy } from '../../../engine/index.ts';
import { beside, connect } from './postgres-server.ts';
import { NOT_NOW, order } from './stage.ts';
import { Colleague, employ, holds, until } from './workers.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shares-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** How many partitions each has, by the database's clock. */
async function shares(): Promise<Readonly<Record<string, number>>> {
  const rows = await beside<{ owner: string; n: number }>(
    `SELECT owner, count(*)::integer AS n FROM partitions WHERE lease_until > clock_timestamp() GROUP BY owner`,
  );
  return Object.fromEntries(rows.map(({ owner, n }) => [owner, n]));
}

const untilShares = (...wanted: readonly number[]): Promise<void> =>
  until(async () => `${Object.values(await shares()).sort()}` === `${wanted}`);

/** All of them go on: each begins so many more sagas. */
async function goOn(...staff: readonly Colleague[]): Promise<void> {
  const before = staff.map((one) => one.said('accepted').length);
  await until(() => staff.every((one, i) => one.said('accepted').length > before[i]! + 100));
}

test('G5: workers that come and go share evenly, while sagas go on; none is lost, none is done twice', async () => {
  const six = { partitions: 6, leaseMs: 8_000 }; // a busy machine renews late
  const a = new Colleague(folder, { ...six, name: 'a' });
  await until(() => a.said('begun').length >= 6);
  await goOn(a);
  const b = new Colleague(folder, { ...six, name: 'b' });
  await untilShares(3, 3);
  await goOn(a, b);
  const c = new Colleague(folder, { ...six, name: 'c' });
  await untilShares(2, 2, 2);
  await goOn(a, b, c);
  expect([a, b, c].flatMap((one) => one.said('lost'))).toEqual([]);
  expect([a.said('given-back').length, b.said('given-back').length]).toEqual([4, 1]);

  b.signal('SIGKILL');
  await b.gone();
  await untilShares(3, 3);
  await goOn(a, c);
  a.signal('SIGTERM'); // hands over, and cuts nothing off
  expect(await a.gone()).toBe(0);
  await until(async () => (await shares()).c === 6);
  c.signal('SIGTERM');
  expect(await c.gone()).toBe(0);
  const last = employ(await connect(), { partitions: 6 });
  await last.worker.start();
  await until(() => holds(last.worker, 6)() && last.worker.size === 0);

  const accepted = [a, b, c].flatMap((one) => one.said('accepted'));
  expect(new Set(accepted).size).toBe(accepted.length);
  const unfinished = `SELECT id, status FROM sagas WHERE status <> 'completed'`;
  const known = new Set((await beside<{ id: string }>('SELECT id FROM sagas')).map(({ id }) => id));
  expect(await beside(unfinished)).toEqual([]);
  expect(accepted.filter((saga) => !known.has(saga))).toEqual([]);
  expect(await beside(`SELECT saga FROM events GROUP BY saga HAVING count(*) <> max(version)`)).toEqual([]);
  // Only what the one that was killed had on the wire was sent again, under the same key.
  const byB = b.called;
  const byOthers = [...a.called, ...c.called, ...last.transport.calls.map(({ call }) => call.key)];
  expect(new Set(byB).size).toBe(byB.length);
  expect(new Set(byOthers).size).toBe(byOthers.length);
  const settledByB = await beside<{ key: string }>(
    `SELECT saga || '/' || (event ->> 'step') || '/forward' AS key FROM events
     WHERE kind = 'step-applied' AND epoch = ANY ($1)`,
    [b.epochs],
  );
  const again = new Set(byOthers);
  expect(settledByB.length).toBeGreaterThan(100);
  expect(settledByB.filter(({ key }) => again.has(key))).toEqual([]);
  expect(new Set([...byB, ...byOthers]).size).toBe(2 * known.size);
});

test('a worker with an upper bound never has more, whoever else goes', async () => {
  const store = await connect();
  const leaseMs = 3_600_000; // nobody looks by himself
  const a = employ(store, { name: 'a', leaseMs });
  const small = employ(store, { name: 'small', leaseMs, partitionsMax: 1 });
  await a.worker.start();
  await small.worker.start();
  await until(() => holds(a.worker, 3)() && holds(small.worker, 1)());
  await a.worker.stop();
  const b = employ(store, { name: 'b', leaseMs });
  await b.worker.start();
  await until(holds(b.worker, 3));
  expect(small.worker.partitions).toHaveLength(1);
  expect(small.reports.filter(({ kind }) => kind === 'begun')).toHaveLength(1);
});

test('H4: what is given back is waited for, and its sagas go on elsewhere; the others do not wait', async () => {
  const store = await connect();
  const a = employ(store, { name: 'a', partitions: 2, leaseMs: 3_600_000 });
  await a.worker.start();
  await until(holds(a.worker, 2));
  a.transport.answer = () => undefined;
  const ids = ['s-0', 's-1', 's-2', 's-3', 's-4', 's-5'];
  for (const id of ids) await a.worker.create(order, {}, { id });
  const b = employ(store, { name: 'b', partitions: 2, leaseMs: 3_600_000 });
  await b.worker.start();
  await until(() => a.worker.partitions.length === 1);
  expect(b.worker.partitions).toEqual([]);
  const leaving = ids.filter((id) => !a.worker.partitions.includes(a.worker.partitionOf(id)));
  expect(leaving.length).toBeGreaterThan(0);
  await expect(a.worker.hostOf(leaving[0]!)).rejects.toMatchObject({ hint: 'Ask again in a moment.' });
  a.transport.answer = () => ({ kind: 'applied' });
  for (let i = 0; i < ids.length; i++) a.transport.reply(i, { kind: 'applied' });
  await until(holds(b.worker, 1));
  expect(a.reports).toContainEqual({
    kind: 'given-back',
    partition: a.worker.partitionOf(leaving[0]!),
    handedOver: leaving.length,
  });
  for (const id of ids) {
    const { worker } = leaving.includes(id) ? b : a;
    expect((await (await worker.hostOf(id)).whenEnded(id)).status).toBe('completed');
  }
  const keys = [...a.transport.keys, ...b.transport.keys];
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toHaveLength(2 * ids.length);
});

test('G4: a worker that cannot run its share leaves it to the others for a while', async () => {
  const store = await connect();
  const HOUR = { attemptsMax: 2, initialMs: 3_600_000, maxMs: 3_600_000, factorPermille: 1_000 };
  const patient = definePolicy({ name: 'patient', retry: { transient: HOUR } });
  const a = employ(store, { name: 'a', leaseMs: 600, policy: patient });
  await a.worker.start();
  await until(holds(a.worker, 4));
  a.transport.answer = () => NOT_NOW;
  for (let i = 0; i < 20; i++) await a.worker.create(order, {}, { id: `s-${i}` }); // some in each partition
  const b = employ(store, { name: 'b', leaseMs: 600, definitions: [{ ...order, version: 2 }] });
  await b.worker.start();
  await until(() => b.reports.some(({ kind }) => kind === 'failed'));
  await until(() => a.worker.partitions.length < 4);
  await until(holds(a.worker, 4));
  expect(a.worker.size).toBe(20);
});

test('a worker that stops is not counted from then on, although its last calls take their time', async () => {
  const [first, second] = await Promise.all([connect(), connect()]);
  const a = employ(first, { name: 'a', leaseMs: 3_600_000 });
  const b = employ(second, { name: 'b', leaseMs: 3_600_000 });
  await a.worker.start();
  await b.worker.start();
  await until(() => holds(a.worker, 2)() && holds(b.worker, 2)());
  a.transport.answer = () => undefined;
  await a.worker.create(order, {});
  const stopped = a.worker.stop();
  await until(holds(b.worker, 3)); // all but that of the saga
  a.transport.reply(0, { kind: 'applied' });
  expect(await stopped).toEqual({ handedOver: 1, callsCut: 0 });
  await until(holds(b.worker, 4));
  expect(await beside('SELECT name FROM workers')).toEqual([{ name: 'b' }]);
});
