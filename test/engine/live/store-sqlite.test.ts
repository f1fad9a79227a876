// The store on SQLite: the acceptance suite of its port on real files, and what only a file can go through.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test, vi } from 'vitest';
import type { AppendOutput } from '../../../engine/core/orchestrator-messages.ts';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import { storeContract } from '../../contracts/store.ts';
import {
  appendAll,
  appendOf,
  beside,
  COMPLETED,
  CREATED,
  epochOf,
  file,
  folder,
  load,
  open,
  REQUESTED,
} from './sqlite-files.ts';

storeContract('the store on SQLite', () => {
  const under = () => {
    const store = open();
    // Loads are answered after the appends that came before them (L4).
    const settle = async (): Promise<void> => void (await load(store, 'nobody'));
    return {
      store,
      partition: 'p',
      otherPartition: 'q',
      sagas: ['s-0', 's-1'] as const,
      settle,
      reopen: under,
      remove: (saga: string) => store.remove(saga),
    };
  };
  return under();
});

describe('group commit', () => {
  test('L1: appends of many sagas become durable together, and none is answered before', async () => {
    const store = open();
    const epoch = epochOf(store);
    const seen: number[] = [];
    const appends = Array.from({ length: 50 }, (_, i) => appendOf(`s-${i}`, epoch, [CREATED]));
    const rows = (): number => beside((db) => Number(db.prepare('SELECT count(*) AS n FROM sagas').get()!.n));
    for (const append of appends) store.append(append, { input: () => seen.push(rows()) });
    expect(seen).toEqual([]);
    expect(rows()).toBe(0);
    await load(store, 's-0');
    expect(seen).toEqual(appends.map(() => 50));
  });

  test('L1: an idle writer does not wait for the turn to end when many have come', () => {
    const store = open();
    const epoch = epochOf(store);
    const rows = (): number => beside((db) => Number(db.prepare('SELECT count(*) AS n FROM sagas').get()!.n));
    for (let i = 0; i < 300; i++)
      store.append(appendOf(`s-${i}`, epoch, [CREATED]), { input: () => undefined });
    const wait = new Int32Array(new SharedArrayBuffer(4));
    for (let tries = 0; rows() === 0 && tries < 500; tries++) Atomics.wait(wait, 0, 0, 20); // all in one turn
    expect(rows()).toBe(256);
  });

  test('more appends than fit into one transaction are all answered, in their order', async () => {
    const store = open();
    const epoch = epochOf(store);
    const appends = Array.from({ length: 4_500 }, (_, i) => appendOf(`s-${i}`, epoch, [CREATED]));
    const order: string[] = [];
    for (const append of appends)
      store.append(append, { input: (a) => order.push((a as { append: AppendOutput }).append.saga) });
    while (order.length < appends.length) await turn();
    expect(order).toEqual(appends.map(({ saga }) => saga));
  });

  test('a saga may end and be taken up again in one transaction', async () => {
    const store = open();
    const epoch = epochOf(store);
    const again: SagaEvent[] = [{ kind: 'saga-retried', round: 1 }];
    const appends = [
      appendOf('s', epoch, [CREATED, REQUESTED]),
      appendOf('s', epoch, [COMPLETED], { expectedVersion: 2 }),
      appendOf('s', epoch, again, { expectedVersion: 3 }),
    ];
    expect(await appendAll(store, appends)).toEqual(['appended', 'appended', 'appended']);
    expect((await load(store, 's')).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  });

  test('L4: a load that comes after appends sees them, also when they take two transactions', async () => {
    const store = open();
    const epoch = epochOf(store);
    for (let i = 0; i < 4_500; i++)
      store.append(appendOf(`s-${i}`, epoch, [CREATED]), { input: () => undefined });
    expect(await load(store, 's-4499')).toHaveLength(1);
  });

  test('L4: a load is answered although more appends come all the time than fit into a transaction', async () => {
    const store = open();
    const epoch = epochOf(store);
    let isOver = false;
    const go = (saga: string, expectedVersion: number): void => {
      const events = expectedVersion === 0 ? [CREATED] : [REQUESTED];
      const next = (): void => (isOver ? undefined : go(saga, expectedVersion + 1));
      store.append(appendOf(saga, epoch, events, { expectedVersion }), { input: next });
    };
    for (let i = 0; i < 13_000; i++) go(`s-${i}`, 0);
    expect((await load(store, 's-0')).length).toBeGreaterThan(0);
    isOver = true;
  });

  test('L2: batches that follow one another without end leave the event loop its turn', async () => {
    const store = open();
    const epoch = epochOf(store);
    await appendAll(store, [appendOf('first', epoch, [CREATED])]); // the writer is up
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const chain = (saga: string): Promise<void> =>
      new Promise((resolve) => {
        let version = 0;
        const next = (): void => {
          if (version === 60) return resolve();
          for (const untilMs = performance.now() + 3; performance.now() < untilMs; ); // busy
          const events = version === 0 ? [CREATED] : [REQUESTED];
          store.append(appendOf(saga, epoch, events, { expectedVersion: version++ }), { input: next });
        };
        next();
      });
    const first = chain('s-0');
    await turn(); // so that there is always a batch under way when another is answered
    await Promise.all([first, chain('s-1')]);
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(40); // of 120 answers, of which two may come at once
  });

  test('to close a store writes and answers what has come; what comes later is not done', async () => {
    const store = open();
    const epoch = epochOf(store);
    await appendAll(store, [appendOf('s', epoch, [CREATED])]);
    const kinds: string[] = [];
    const more = appendOf('s', epoch, [REQUESTED], { expectedVersion: 1 });
    store.append(more, { input: ({ kind }) => kinds.push(kind) });
    const closed = store.close();
    store.append(appendOf('t', epoch, [CREATED]), { input: ({ kind }) => kinds.push(kind) });
    store.load({ kind: 'load', saga: 's', number: 1 }, { input: ({ kind }) => kinds.push(kind) });
    await closed;
    expect(kinds).toEqual(['load-failed', 'appended']);
    expect(await load(open(), 's')).toHaveLength(2);
  });
});

describe('when the file fails', () => {
  /** From now on a commit that has written to `sagas` fails, as late as it can. */
  const breakCommits = (): void =>
    beside((db) =>
      db.exec(`CREATE TABLE trap (saga REFERENCES sagas (no) DEFERRABLE INITIALLY DEFERRED);
               CREATE TRIGGER trip AFTER INSERT ON batches BEGIN INSERT INTO trap VALUES (-1); END;`),
    );
  const mend = (): void => beside((db) => db.exec('DROP TRIGGER trip; DROP TABLE trap'));

  test('L3: when the commit fails nobody knows, and what is loaded tells', async () => {
    const troubles: string[] = [];
    const store = open({ onTrouble: ({ message }) => troubles.push(message) });
    const epoch = epochOf(store);
    await appendAll(store, [appendOf('s-0', epoch, [CREATED])]);
    breakCommits();
    const more = appendOf('s-0', epoch, [REQUESTED], { expectedVersion: 1 });
    expect(await appendAll(store, [more, appendOf('s-1', epoch, [CREATED])])).toEqual([
      'append-unknown',
      'append-unknown',
    ]);
    expect(troubles.join()).toContain('FOREIGN KEY');
    expect(await load(store, 's-0')).toHaveLength(1);
    expect(await load(store, 's-1')).toEqual([]);
    mend();
    expect(await appendAll(store, [more, appendOf('s-1', epoch, [CREATED])])).toEqual([
      'appended',
      'appended',
    ]);
    expect(await load(store, 's-0')).toHaveLength(2);
  });

  test('L3: while another process holds the file, an append certainly fails', async () => {
    const troubles: string[] = [];
    const store = open({ onTrouble: ({ message }) => troubles.push(message) });
    const epoch = epochOf(store);
    const holder = new DatabaseSync(file());
    holder.exec('BEGIN IMMEDIATE');
    expect(await appendAll(store, [appendOf('s', epoch, [CREATED])])).toEqual(['append-failed']);
    expect(troubles).toEqual(['database is locked']);
    expect(() => epochOf(store)).toThrow(expect.objectContaining({ code: 'store-busy' }));
    expect(() => open()).toThrow(expect.objectContaining({ code: 'store-busy' }));
    holder.close();
    expect(await appendAll(store, [appendOf('s', epoch, [CREATED])])).toEqual(['appended']);
  });

  test('L3: when the writer cannot write at all nobody knows, and it is tried again', async () => {
    const troubles: string[] = [];
    const store = open({ onTrouble: ({ message }) => troubles.push(message) });
    const epoch = epochOf(store);
    rmSync(folder, { recursive: true });
    expect(await appendAll(store, [appendOf('s', epoch, [CREATED])])).toEqual(['append-unknown']);
    expect(await appendAll(store, [appendOf('s', epoch, [CREATED])])).toEqual(['append-unknown']);
    expect(troubles).toEqual(['unable to open database file', 'unable to open database file']);
  });

  test('L3: when the thread dies with an answer still in hand, that answers nothing else', async () => {
    const threads: Worker[] = [];
    const { postMessage } = Worker.prototype;
    const spy = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (
      this: Worker,
      message,
    ) {
      threads.push(this);
      postMessage.call(this, message);
    });
    const store = open();
    const epoch = epochOf(store);
    const first = appendAll(store, [appendOf('a', epoch, [CREATED])]);
    while (threads.length === 0) await turn();
    const [thread] = threads;
    thread!.emit('message', { answers: Uint8Array.of(0), trouble: undefined });
    const second = appendAll(store, [appendOf('b', epoch, [REQUESTED], { expectedVersion: 5 })]);
    thread!.emit('exit', 1);
    expect(await first).toEqual(['append-unknown']);
    expect(await second).toEqual(['append-gone']);
    spy.mockRestore();
  });

  test('what is not JSON fails alone', async () => {
    const store = open();
    const epoch = epochOf(store);
    const bad: SagaEvent = { ...CREATED, input: { n: 1n } };
    expect(
      await appendAll(store, [appendOf('s-0', epoch, [bad]), appendOf('s-1', epoch, [CREATED])]),
    ).toEqual(['append-failed', 'appended']);
    expect(await load(store, 's-0')).toEqual([]);
  });

  test('a saga is filed under its own definition, also beside one that was fenced', async () => {
    const store = open();
    const [old, epoch] = [epochOf(store), epochOf(store)];
    const other: SagaEvent = { ...CREATED, definition: 'other' };
    const both = [appendOf('s-0', old, [other]), appendOf('s-1', epoch, [CREATED])];
    expect(await appendAll(store, both)).toEqual(['append-fenced', 'appended']);
    const { sagas } = await store.find({ limit: 10 });
    expect(sagas).toMatchObject([{ saga: 's-1', definition: CREATED.definition }]);
  });

  test('E10: a writer that was fenced by another process writes nothing more', async () => {
    const first = open();
    const epoch = epochOf(first);
    await appendAll(first, [appendOf('s', epoch, [CREATED])]);
    const second = open();
    const later = epochOf(second);
    const more = (by: number) => appendOf('s', by, [REQUESTED], { expectedVersion: 1 });
    expect(await appendAll(first, [more(epoch)])).toEqual(['append-fenced']);
    expect(await appendAll(second, [more(later)])).toEqual(['appended']);
  });

  test('E10: what another process wrote meanwhile is known to who opens the partition again', async () => {
    const first = open();
    await appendAll(first, [appendOf('s', epochOf(first), [CREATED])]);
    const second = open();
    await appendAll(second, [appendOf('s', epochOf(second), [REQUESTED], { expectedVersion: 1 })]);
    const epoch = epochOf(first);
    expect(await appendAll(first, [appendOf('s', epoch, [COMPLETED], { expectedVersion: 1 })])).toEqual([
      'append-conflict',
    ]);
    expect(await appendAll(first, [appendOf('s', epoch, [COMPLETED], { expectedVersion: 2 })])).toEqual([
      'appended',
    ]);
  });

  test('what was acknowledged before a kill -9 is there', async () => {
    const child = spawn(process.execPath, [
      join(import.meta.dirname, 'fixtures/appends-for-ever.ts'),
      file(),
    ]);
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
      if (said.split('\n').length > 200) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const acknowledged = said.split('\n').slice(0, -1);
    expect(acknowledged.length).toBeGreaterThan(199);
    const store = open();
    const logs: (readonly StoredEvent[])[] = [];
    store.open('p', { opened: (_epoch, open) => void logs.push(...open) });
    expect(logs.map((log) => log[0]!.saga)).toEqual(expect.arrayContaining(acknowledged));
    expect(beside((db) => db.prepare('PRAGMA integrity_check').get())).toEqual({ integrity_check: 'ok' });
  });
});
