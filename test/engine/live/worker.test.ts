// Several workers on one database: who has which partition, and what becomes of it when a worker stops, loses its lease
// or its connections.

import { Client } from 'pg';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Lease } from '../../../engine/live/index.ts';
import { beside, connect, cut, epochOf, openLogs, schema, url } from './postgres-server.ts';
import { failsWith } from './running-host.ts';
import { order } from './stage.ts';
import { appendAll, appendOf, CREATED, REQUESTED } from './store-asking.ts';
import { employ, holds, until } from './workers.ts';

/** As if so much time had gone by. */
async function expire(owner: string): Promise<void> {
  const ago = `clock_timestamp() - interval '1 ms'`;
  await beside(`UPDATE partitions SET lease_until = ${ago} WHERE owner = $1`, [owner]);
  await beside(`UPDATE workers SET alive_until = ${ago} WHERE name = $1`, [owner]);
}

const locks: Client[] = [];

afterEach(async () => {
  await Promise.all(locks.splice(0).map((client) => client.end())); // before the workers stop, which need their rows
});

/** The worker cannot look any more, for it waits for its own row, until the test ends. */
async function hold(worker: string): Promise<void> {
  const client = new Client({ connectionString: url });
  locks.push(client);
  await client.connect();
  await client.query(`BEGIN; SET search_path = "${schema}"`);
  await client.query('SELECT FROM workers WHERE name = $1 FOR UPDATE', [worker]);
}

/** Makes the looks of workers countable: each writes the worker's row. To be called before they start. */
async function countLooks(): Promise<void> {
  await beside('CREATE TABLE looks (worker text)');
  await beside(`CREATE FUNCTION note_look() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN INSERT INTO looks VALUES (NEW.name); RETURN NEW; END'`);
  await beside(
    'CREATE TRIGGER note_look AFTER INSERT OR UPDATE ON workers FOR EACH ROW EXECUTE FUNCTION note_look()',
  );
}

/** A worker that has just come looks once more, for it hears its own arrival: whether it has, and has renewed its leases. */
async function hasSettled(worker: string): Promise<boolean> {
  const [found] = await beside<{ ok: boolean }>(
    `SELECT (SELECT count(*) FROM looks WHERE worker = $1) >= 2 AND min(p.lease_until) > min(w.alive_until) AS ok
      FROM partitions p JOIN workers w ON w.name = p.owner WHERE p.owner = $1`,
    [worker],
  );
  return found!.ok;
}

describe('leases', () => {
  test('of two workers each has what the other has not, at most as many as it wants', async () => {
    const store = await connect();
    const a = employ(store, { name: 'a', partitionsMax: 1 });
    const b = employ(store, { name: 'b' });
    await a.worker.start();
    await b.worker.start();
    await until(() => holds(a.worker, 1)() && holds(b.worker, 3)());
    expect([...a.worker.partitions, ...b.worker.partitions].sort()).toEqual([
      'part-0',
      'part-1',
      'part-2',
      'part-3',
    ]);
  });

  test('workers that start at the same moment never share a partition', async () => {
    const staff = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => employ(await connect(), { name, partitionsMax: 1 })),
    );
    await Promise.all(staff.map(({ worker }) => worker.start()));
    await until(() => staff.every(({ worker }) => worker.partitions.length === 1));
    expect(new Set(staff.flatMap(({ worker }) => worker.partitions)).size).toBe(4);
  });

  test('R1: are renewed, so that nobody takes them', async () => {
    const store = await connect();
    const leaseMs = 6_000; // a busy machine renews late
    const a = employ(store, { name: 'a', leaseMs });
    const b = employ(store, { name: 'b', leaseMs });
    await Promise.all([a.worker.start(), b.worker.start()]);
    await until(() => holds(a.worker, 2)() && holds(b.worker, 2)());
    const begun = () => [...a.reports, ...b.reports].filter(({ kind }) => kind === 'begun').length;
    const sofar = begun();
    const before = await beside<{ until: string }>('SELECT min(lease_until)::text AS until FROM partitions');
    const isLater = 'SELECT min(lease_until) > $1::timestamptz + interval $$900 ms$$ AS ok FROM partitions';
    await until(async () => (await beside<{ ok: boolean }>(isLater, [before[0]!.until]))[0]!.ok);
    expect([a.worker.partitions.length, b.worker.partitions.length]).toEqual([2, 2]);
    expect([...a.reports, ...b.reports].filter(({ kind }) => kind === 'lost')).toEqual([]);
    expect(begun()).toBe(sofar);
  });

  test('are not kept waiting by people who ask for sagas that belong elsewhere: the database is asked once', async () => {
    const store = await connect();
    const a = employ(store, { name: 'a', leaseMs: 3_600_000, partitionsMax: 2 });
    const b = employ(store, { name: 'b', leaseMs: 3_600_000, partitionsMax: 2 });
    await a.worker.start();
    await b.worker.start();
    await until(() => holds(a.worker, 2)() && holds(b.worker, 2)());
    const ofB = ['s-0', 's-1', 's-2', 's-3', 's-4'].find((id) =>
      b.worker.partitions.includes(a.worker.partitionOf(id)),
    )!;
    const queries = vi.spyOn(Client.prototype, 'query');
    const answers = await Promise.allSettled(Array.from({ length: 10_000 }, () => a.worker.hostOf(ofB)));
    const asked = queries.mock.calls.length;
    queries.mockRestore();
    expect(answers[0]).toMatchObject({ reason: { code: 'elsewhere', hint: 'Ask the worker "b".' } });
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThan(100); // some are looks of the workers, which have just come
  });

  test('R3: that are over are fenced, although nobody has taken the partition', async () => {
    const store = await connect();
    const { worker, reports } = employ(store, { name: 'a', leaseMs: 3_600_000 });
    await worker.start();
    await until(holds(worker, 4));
    const begun = reports.find((report) => report.kind === 'begun')!;
    const epoch = begun.kind === 'begun' ? begun.epoch : 0;
    expect(await appendAll(store, [appendOf('s-0', epoch, [CREATED])])).toEqual(['appended']);
    await expire('a');
    expect(await appendAll(store, [appendOf('s-1', epoch, [CREATED])])).toEqual(['append-fenced']);
  });

  test('that are over are taken over, under a higher epoch, and their sagas with them', async () => {
    const store = await connect();
    await countLooks();
    const a = employ(store, { name: 'a', leaseMs: 3_600_000 });
    await a.worker.start();
    await until(async () => holds(a.worker, 4)() && (await hasSettled('a'))); // from now on it will not look
    a.transport.answer = () => undefined;
    // Some in each partition: a host with nothing to write would hear of its end only when it looks.
    const ids = Array.from({ length: 20 }, (_, i) => `s-${i}`);
    expect(new Set(ids.map((id) => a.worker.partitionOf(id))).size).toBe(4);
    for (const id of ids) await a.worker.create(order, {}, { id });
    await expire('a');
    await hold('a');
    const b = employ(await connect(), { name: 'b', leaseMs: 2_000 });
    await b.worker.start();
    await until(holds(b.worker, 4));
    for (const id of ids) {
      expect((await (await b.worker.hostOf(id)).whenEnded(id)).status).toBe('completed');
    }
    const begun = b.reports.flatMap((report) => (report.kind === 'begun' ? [report] : []));
    expect(begun.reduce((sum, { recovered }) => sum + recovered, 0)).toBe(20);
    expect(Math.min(...begun.map(({ epoch }) => epoch))).toBeGreaterThan(4);

    // What the first one does now is not done, and ends it.
    for (let i = 0; i < a.transport.calls.length; i++) a.transport.reply(i, { kind: 'applied' });
    await until(() => a.reports.filter(({ kind }) => kind === 'lost').length === 4);
    expect(a.worker.partitions).toEqual([]);
    await expect(a.worker.create(order, {})).rejects.toThrow(failsWith('no-partition'));
  });

  test('that are over open nothing: who comes too late is given no saga, and writes none', async () => {
    const store = await connect();
    const claimed: Lease[] = [];
    const holder = {
      claimed: (lease: Lease) => claimed.push(lease),
      lost: () => undefined,
      surplus: () => undefined,
    };
    const leases = store.leases({ owner: 'a', holder, partitions: 1, leaseMs: 3_600_000 });
    await leases.start();
    const mine = store.leased(claimed[0]!);
    await appendAll(mine, [appendOf('s', claimed[0]!.epoch, [CREATED])]);
    expect(await openLogs(mine, 'part-0')).toHaveLength(1);
    expect(await epochOf(mine, 'part-0')).toBe(claimed[0]!.epoch);
    await expire('a');
    expect(await openLogs(mine, 'part-0')).toEqual([]);
    const more = appendOf('s', claimed[0]!.epoch, [REQUESTED], { expectedVersion: 1 });
    expect(await appendAll(mine, [more])).toEqual(['append-fenced']);
    await leases.close();
  });

  test('that are over are claimed anew by who had them, if nobody else did', async () => {
    const { worker, reports } = employ(await connect(), { name: 'a', leaseMs: 6_000 });
    await worker.start();
    await until(holds(worker, 4));
    await expire('a');
    await until(() => reports.filter(({ kind }) => kind === 'begun').length >= 8);
    expect(reports.filter(({ kind }) => kind === 'lost')).toHaveLength(4);
    expect(await worker.create(order, {})).toMatch(/^[-0-9a-f]{36}$/);
  });

  test('R4: that are given back are taken at once, long before anybody looks', async () => {
    const [first, second] = await Promise.all([connect(), connect()]);
    const a = employ(first, { name: 'a', leaseMs: 3_600_000 });
    const b = employ(second, { name: 'b', leaseMs: 3_600_000 });
    await a.worker.start();
    await b.worker.start();
    await until(() => holds(a.worker, 2)() && holds(b.worker, 2)());
    a.transport.answer = ({ action }) => (action === 'charge' ? undefined : { kind: 'applied' });
    const id = await a.worker.create(order, {});
    await until(() => a.transport.calls.length === 2);
    expect(await a.worker.stop({ graceMs: 1 })).toEqual({ handedOver: 1, callsCut: 1 });
    await until(holds(b.worker, 4));
    expect((await (await b.worker.hostOf(id)).whenEnded(id)).status).toBe('completed');
    expect(b.transport.keys).toEqual([`${id}/pay/forward#1`]);
  });
});

describe('a worker', () => {
  test('says who runs a saga that is not its own', async () => {
    const store = await connect();
    const a = employ(store, { name: 'a', partitionsMax: 2 });
    const b = employ(store, { name: 'b', partitionsMax: 1 });
    await a.worker.start();
    await b.worker.start();
    await until(() => holds(a.worker, 2)() && holds(b.worker, 1)());
    const id = await b.worker.create(order, {});
    await expect(a.worker.create(order, {}, { id })).rejects.toMatchObject({
      code: 'elsewhere',
      hint: 'Ask the worker "b".',
    });
    expect(await b.worker.create(order, {}, { id })).toBe(id);
    const nobody = ['s-0', 's-1', 's-2', 's-3', 's-4', 's-5', 's-6', 's-7', 's-8', 's-9'].find(
      (saga) => ![...a.worker.partitions, ...b.worker.partitions].includes(a.worker.partitionOf(saga)),
    )!;
    await expect(a.worker.hostOf(nobody)).rejects.toMatchObject({ hint: 'Ask again in a moment.' });
  });

  test('with another number of partitions, or a wrong option, does not start', async () => {
    const store = await connect();
    await employ(store).worker.start();
    await expect(employ(store, { partitions: 5 }).worker.start()).rejects.toThrow(
      'the sagas of this database are in 4 partitions, not in 5',
    );
    expect(() => employ(store, { leaseMs: 10 })).toThrow(failsWith('bad-option'));
    expect(() => employ(store, { partitionsMax: 0 })).toThrow(failsWith('bad-option'));
  });

  test('G4: whose host cannot start leaves the partition to others, and tries again when the lease is over', async () => {
    const store = await connect();
    const a = employ(store, { name: 'a', leaseMs: 60_000 });
    await a.worker.start();
    await until(holds(a.worker, 4));
    a.transport.answer = () => undefined;
    const id = await a.worker.create(order, {});
    await a.worker.stop({ graceMs: 0 });
    const partition = a.worker.partitionOf(id);
    const b = employ(store, { name: 'b', leaseMs: 300, definitions: [{ ...order, version: 2 }] });
    await b.worker.start();
    const failures = () => b.reports.filter((report) => report.kind === 'failed');
    await until(() => failures().length >= 2);
    expect(failures()[0]).toMatchObject({ partition, error: failsWith('unknown-definition') });
    await until(holds(b.worker, 3));
    const c = employ(store, { name: 'c', leaseMs: 60_000 });
    await c.worker.start();
    await until(() => c.worker.partitions.includes(partition));
    expect((await (await c.worker.hostOf(id)).whenEnded(id)).status).toBe('completed');
  });

  test('L3: whose connections are cut again and again loses nothing', async () => {
    const troubles: Error[] = [];
    const store = await connect({ onTrouble: (error) => troubles.push(error) });
    const { worker, reports } = employ(store, { name: 'a', leaseMs: 60_000 });
    await worker.start();
    await until(holds(worker, 4));
    const ended = () =>
      reports.filter((report) => report.kind === 'host' && report.report.kind === 'ended').length;
    const ids: string[] = [];
    const lanes = Promise.all(
      Array.from({ length: 20 }, async () => {
        for (let i = 0; i < 50; i++) ids.push(await worker.create(order, {}));
      }),
    );
    for (let i = 1; i <= 8; i++) {
      await until(() => ended() > i * 100);
      await cut('');
    }
    await lanes;
    for (const id of ids) expect((await (await worker.hostOf(id)).whenEnded(id)).status).toBe('completed');
    expect(reports.filter(({ kind }) => kind === 'lost' || kind === 'failed')).toEqual([]);
    expect(troubles.length).toBeGreaterThan(0);
    const holes = `SELECT saga FROM events GROUP BY saga HAVING max(version) <> count(*) OR count(*) <> 6`;
    expect(await beside(holes)).toEqual([]);
  });
});
