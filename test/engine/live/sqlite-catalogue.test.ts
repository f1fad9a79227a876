// What people ask of a file of sagas: the acceptance suite of the port on real files, and what only a file can go through.

import { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { SagaEvent, SagaStatus } from '../../../engine/core/saga-event.ts';
import { batchOf } from '../../../engine/live/append-batch.ts';
import type { SagaQuery, SqliteStore } from '../../../engine/live/index.ts';
import { MIGRATIONS, openSagasFile } from '../../../engine/live/sqlite-file.ts';
import { SqliteWriter } from '../../../engine/live/sqlite-writer.ts';
import { catalogueContract } from '../../contracts/catalogue.ts';
import {
  appendAll,
  appendOf,
  beside,
  COMPLETED,
  CREATED,
  epochOf,
  file,
  load,
  open,
} from './sqlite-files.ts';

catalogueContract(
  'the store on SQLite',
  async () => open(),
  async () => open({ file: file('other.db') }),
);

const FAILED: SagaEvent = { kind: 'saga-failed', reason: { kind: 'deadline' } };
const RETRIED: SagaEvent = { kind: 'saga-retried', round: 1 };

interface Row {
  readonly no: number;
  readonly id: string;
  readonly definition: string;
  readonly status: SagaStatus;
  readonly created_at_us: number;
}

/** Newest first. */
const rows = (): readonly Row[] =>
  beside((db) => db.prepare('SELECT * FROM sagas ORDER BY no DESC').all() as unknown as Row[]);

/** `totals` and `zones`, and what counting gives. */
const summaries = () =>
  beside((db) => {
    const all = (sql: string): unknown[] => db.prepare(sql).all();
    return {
      kept: all('SELECT * FROM totals WHERE sagas <> 0 OR duration_us <> 0 ORDER BY status'),
      counted:
        all(`SELECT status, count(*) AS sagas, coalesce(sum(ended_at_us - created_at_us), 0) AS duration_us
                    FROM sagas GROUP BY status ORDER BY status`),
      zones: all('SELECT zone, definition FROM zones ORDER BY zone, definition'),
      sagasIn: all('SELECT DISTINCT no / 8192 AS zone, definition FROM sagas ORDER BY 1, 2'),
    };
  });

function expectSummariesRight(): void {
  const { kept, counted, zones, sagasIn } = summaries();
  expect(kept).toEqual(counted);
  expect(zones).toEqual(sagasIn);
}

describe('a file with several zones', () => {
  /** 17,000 sagas of three definitions, one of them seldom; some fail, some stay open; clocks run by fits and starts. */
  async function many(): Promise<{ store: SqliteStore; epoch: number }> {
    const store = open();
    const epoch = epochOf(store);
    const appends = Array.from({ length: 17_000 }, (_, i) => {
      const definition = i % 2_000 === 77 ? 'seldom' : i % 3 === 0 ? 'ride' : 'order';
      const end = i % 7 === 0 ? [] : [i % 400 === 1 ? FAILED : COMPLETED];
      return appendOf(`s-${i}`, epoch, [{ ...CREATED, definition }, ...end], { atUs: 1_000 * (i ^ 5) });
    });
    expect(new Set(await appendAll(store, appends))).toEqual(new Set(['appended']));
    return { store, epoch };
  }

  const matches = (row: Row, { statuses, definition, createdFromUs = 0 }: Partial<SagaQuery>): boolean =>
    (statuses?.includes(row.status) ?? true) &&
    (definition ?? row.definition) === row.definition &&
    row.created_at_us >= createdFromUs;

  test('C1: whatever is asked, the pages together are what going through all sagas gives', async () => {
    const { store, epoch } = await many();
    expect(await store.remove('s-2077')).toBe('removed');
    await appendAll(store, [appendOf('s-4077', epoch, [RETRIED], { expectedVersion: 2 })]);
    const all = rows();
    const statuses: (readonly SagaStatus[] | undefined)[] = [
      undefined,
      ['failed'],
      ['completed', 'failed'],
      ['running', 'failed'],
      ['compensating'],
    ];
    for (const wanted of statuses) {
      for (const definition of [undefined, 'seldom', 'order', 'nobody']) {
        for (const createdFromUs of [undefined, 5_000_000, 16_990_000]) {
          const query = {
            ...(wanted && { statuses: wanted }),
            ...(definition && { definition }),
            ...(createdFromUs && { createdFromUs }),
          };
          const found: string[] = [];
          for (let cursor: string | undefined = `${all[0]!.no + 1}`; cursor !== undefined; ) {
            const page = await store.find({ ...query, limit: 500, cursor });
            found.push(...page.sagas.map(({ saga }) => saga));
            cursor = found.length < 1_000 ? page.next : undefined;
          }
          const expected = all.filter((row) => matches(row, query)).slice(0, Math.max(found.length, 1_000));
          expect({ query, found }).toEqual({ query, found: expected.map(({ id }) => id) });
        }
      }
    }
    expectSummariesRight();
  });

  test('C1: others have their turn while a long list is looked through', async () => {
    const { store } = await many();
    let turns = 0;
    let isOver = false;
    const others = (async () => {
      for (; !isOver; turns++) await turn();
    })();
    const { sagas } = await store.find({
      limit: 500,
      definition: 'seldom',
      statuses: ['completed', 'failed'],
    });
    isOver = true;
    await others;
    expect(sagas.length).toBeGreaterThan(5);
    expect(turns).toBeGreaterThan(1); // of three zones
  });

  test('a zone without sagas is forgotten, and what begins in it later is found', async () => {
    const { store } = await many();
    await store.retire({ endedBeforeUs: Number.MAX_SAFE_INTEGER });
    expectSummariesRight();
    const epoch = epochOf(store);
    const ends = rows().map(({ id }) => appendOf(id, epoch, [COMPLETED], { expectedVersion: 1, atUs: 9 }));
    await appendAll(store, ends);
    await store.retire({ endedBeforeUs: Number.MAX_SAFE_INTEGER });
    expect(summaries()).toEqual({ kept: [], counted: [], zones: [], sagasIn: [] });
    await appendAll(store, [appendOf('new', epoch, [CREATED])]);
    expect((await store.find({ limit: 2, definition: 'd' })).sagas).toHaveLength(1);
    expectSummariesRight();
  });
});

describe('what is kept beside the sagas', () => {
  test('T1: is right after a transaction that failed, whether before its commit or with it', async () => {
    const store = open();
    const epoch = epochOf(store);
    await appendAll(store, [appendOf('s-0', epoch, [CREATED])]);
    beside((db) =>
      db.exec(`CREATE TABLE trap (saga REFERENCES sagas (no) DEFERRABLE INITIALLY DEFERRED);
               CREATE TRIGGER trip AFTER INSERT ON batches BEGIN INSERT INTO trap VALUES (-1); END;`),
    );
    const lost = [
      appendOf('s-0', epoch, [COMPLETED], { expectedVersion: 1, atUs: 9 }),
      appendOf('s-1', epoch, [{ ...CREATED, definition: 'e' }]),
    ];
    expect(await appendAll(store, lost)).toEqual(['append-unknown', 'append-unknown']);
    expectSummariesRight();
    beside((db) => db.exec('DROP TRIGGER trip; DROP TABLE trap'));
    expect(await appendAll(store, lost)).toEqual(['appended', 'appended']);
    expectSummariesRight();
    expect(await store.counts()).toEqual([
      { status: 'completed', count: 1, durationUsTotal: 4 },
      { status: 'running', count: 1, durationUsTotal: 0 },
    ]);
  });

  test('T1: is right when two processes write to the file', async () => {
    const [a, b] = [open(), open()];
    const epochs = [epochOf(a, 'p'), epochOf(b, 'q')];
    await Promise.all(
      [a, b].map(async (store, k) => {
        for (let i = 0; i < 20; i++) {
          const saga = `${k}-${i}`;
          await appendAll(store, [appendOf(saga, epochs[k]!, [CREATED])]);
          await appendAll(store, [appendOf(saga, epochs[k]!, [FAILED], { expectedVersion: 1, atUs: 8 })]);
          await (k === 0 ? b : a).remove(`${k}-${i - 3}`);
        }
      }),
    );
    expectSummariesRight();
    expect(await a.counts()).toEqual(await b.counts());
    expect(await a.counts()).toEqual([{ status: 'failed', count: 6, durationUsTotal: 18 }]);
  });

  test('a sum of times may be longer than a safe integer', async () => {
    const store = open();
    const epoch = epochOf(store);
    const appends = [0, 1, 2].flatMap((i) => [
      appendOf(`s-${i}`, epoch, [CREATED], { atUs: 0 }),
      appendOf(`s-${i}`, epoch, [COMPLETED], { expectedVersion: 1, atUs: 2 ** 52 }),
    ]);
    await appendAll(store, appends);
    expect(await store.counts()).toEqual([{ status: 'completed', count: 3, durationUsTotal: 3 * 2 ** 52 }]);
  });
});

test('A1: a question does not wait behind appends that cannot be written yet', async () => {
  const store = open();
  const epoch = epochOf(store);
  await appendAll(store, [appendOf('s', epoch, [CREATED])]);
  const holder = new DatabaseSync(file());
  holder.exec('BEGIN IMMEDIATE');
  let isAnswered = false;
  const late = appendAll(store, [appendOf('t', epoch, [CREATED])]).then(() => {
    isAnswered = true;
  });
  await turn();
  expect(await store.logOf('s')).toHaveLength(1);
  expect((await store.find({ limit: 5 })).sagas).toHaveLength(1);
  expect(await store.counts()).toHaveLength(1);
  expect(isAnswered).toBe(false);
  holder.close();
  await late;
});

test('of a retry by another process and a removal, one is done', async () => {
  const store = open();
  const epoch = epochOf(store);
  await appendAll(store, [appendOf('s', epoch, [CREATED, FAILED])]);
  const retry = appendOf('s', epoch, [RETRIED], { expectedVersion: 2 });
  const other = new SqliteWriter(file());
  expect(await store.remove('s')).toBe('removed');
  other.write(batchOf([{ append: retry, text: JSON.stringify(retry.events) }]));
  other.close();
  expect(await store.logOf('s')).toEqual([]);
  expect(beside((db) => db.prepare('PRAGMA foreign_key_check').all())).toEqual([]);
});

describe('a file of version 1', () => {
  /** As version 1 left it: three sagas, one of them open. */
  function old(): void {
    beside((db) => {
      db.exec(`${MIGRATIONS[0]}; PRAGMA application_id = ${0x53414741}; PRAGMA user_version = 1;
        INSERT INTO partitions VALUES ('p', 7);
        INSERT INTO sagas VALUES (1, 'done', 'p', 'd', 3, 'completed', 100, 107),
                                 (2, 'stuck', 'p', 'e', 3, 'compensation_failed', 200, NULL),
                                 (9000, 'open', 'p', 'd', 3, 'running', 300, NULL);
        INSERT INTO batches (saga, version, epoch, at_us, events) VALUES
          (1, 2, 7, 107, '${JSON.stringify([CREATED, COMPLETED])}'),
          (2, 2, 7, 220, '${JSON.stringify([CREATED, { kind: 'saga-compensation-failed' }])}'),
          (9000, 1, 7, 300, '${JSON.stringify([CREATED])}')`);
    });
  }

  test('becomes one of the present version, with all that it holds', async () => {
    old();
    const store = open();
    expect(beside((db) => db.prepare('PRAGMA user_version').get())).toEqual({ user_version: 5 });
    expect(await load(store, 'done')).toHaveLength(2);
    expectSummariesRight();
    expect((await store.counts()).toSorted((a, b) => a.status.localeCompare(b.status))).toEqual([
      { status: 'compensation_failed', count: 1, durationUsTotal: 0 },
      { status: 'completed', count: 1, durationUsTotal: 7 },
      { status: 'running', count: 1, durationUsTotal: 0 },
    ]);
    const found = await store.find({ limit: 5, definition: 'd', createdFromUs: 100 });
    expect(found.sagas.map(({ saga }) => saga)).toEqual(['open', 'done']);
    expect((await store.find({ limit: 5, statuses: ['compensation_failed'] })).sagas).toHaveLength(1);
  });

  test('goes on where it was', async () => {
    old();
    const store = open();
    const opened = new Promise<readonly [number, number]>((resolve) => {
      store.open('p', { opened: (epoch, logs) => resolve([epoch, logs.length]) });
    });
    expect(await opened).toEqual([8, 1]);
    const end = appendOf('open', 8, [COMPLETED], { expectedVersion: 1, atUs: 320 });
    expect(await appendAll(store, [end])).toEqual(['appended']);
    expect((await store.counts()).find(({ status }) => status === 'completed')).toEqual({
      status: 'completed',
      count: 2,
      durationUsTotal: 27,
    });
    await store.close();
    openSagasFile(file()).close(); // once more: nothing is left to do
    expectSummariesRight();
  });

  test('is brought up to date once, and an index that somebody made by hand is no obstacle', () => {
    old();
    beside((db) => db.exec('CREATE INDEX sagas_amiss ON sagas (status)'));
    expect(() => open()).not.toThrow();
    expect(() => open()).not.toThrow();
    expectSummariesRight();
  });
});
