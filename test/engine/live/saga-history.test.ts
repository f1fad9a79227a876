// The events of all sagas in one order, and views of them: the acceptance suite of the port, in memory and in a file, and what
// only a file can go through.

import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { MemoryStore, projectSagas, SqliteStore } from '../../../engine/live/index.ts';
import { MIGRATIONS } from '../../../engine/live/sqlite-file.ts';
import { sagaStateSummary, summaryRows } from '../../../engine/observe/index.ts';
import { historyContract } from '../../contracts/history.ts';
import {
  appendAll,
  appendOf,
  beside,
  COMPLETED,
  CREATED,
  epochOf,
  file,
  open,
  REQUESTED,
} from './sqlite-files.ts';

let files = 0;
historyContract('the store in memory', async () => new MemoryStore());
historyContract('the store on SQLite', async () => open({ file: file(`history-${++files}.db`) }));

describe('a file', () => {
  test('of version 1 has its history, too', async () => {
    beside((db) => {
      db.exec(`${MIGRATIONS[0]}; PRAGMA application_id = ${0x53414741}; PRAGMA user_version = 1;
        INSERT INTO partitions VALUES ('p', 7);
        INSERT INTO sagas VALUES (1, 'done', 'p', 'd', 3, 'completed', 100, 107), (2, 'open', 'p', 'd', 3, 'running', 300, NULL);
        INSERT INTO batches (saga, version, epoch, at_us, events) VALUES
          (1, 2, 7, 107, '${JSON.stringify([CREATED, COMPLETED])}'), (2, 1, 7, 300, '${JSON.stringify([CREATED])}')`);
    });
    const { view, folded } = await projectSagas(open(), sagaStateSummary);
    expect(folded).toBe(3);
    expect(summaryRows(view, 400)).toMatchObject([{ status: 'running', count: 1, averageAgeUs: 100 }]);
  });

  test('that is retired from, by whatever means, makes its views anew', async () => {
    const store = open();
    const epoch = epochOf(store);
    await appendAll(store, [
      appendOf('old', epoch, [CREATED, { kind: 'saga-failed', reason: { kind: 'deadline' } }]),
    ]);
    await appendAll(store, [appendOf('new', epoch, [CREATED, REQUESTED], { atUs: 9 })]);
    expect((await projectSagas(store, sagaStateSummary)).view.size).toBe(2);
    expect(await store.retire({ endedBeforeUs: 6 })).toBe(1);
    const { view, isRebuilt, folded } = await projectSagas(store, sagaStateSummary);
    expect([[...view.keys()], isRebuilt, folded]).toEqual([['new'], true, 2]);
  });

  test('takes its views along in a copy, which goes on by itself', async () => {
    const store = open();
    const epoch = epochOf(store);
    await appendAll(store, [appendOf('a', epoch, [CREATED])]);
    await projectSagas(store, sagaStateSummary);
    await store.backup(file('copy.db'));
    await appendAll(store, [appendOf('b', epoch, [CREATED])]);
    await projectSagas(store, sagaStateSummary);
    const copy = open({ file: file('copy.db') });
    await appendAll(copy, [appendOf('c', epochOf(copy), [CREATED])]);
    const { view, isRebuilt, folded } = await projectSagas(copy, sagaStateSummary);
    expect([[...view.keys()], isRebuilt, folded]).toEqual([['a', 'c'], false, 1]);
  });

  test('of which two views are made at the same time keeps one that is right', async () => {
    const store = open();
    const epoch = epochOf(store);
    const other = new SqliteStore({ file: file() });
    for (let i = 0; i < 10; i++) {
      await appendAll(store, [appendOf(`s-${i}`, epoch, [CREATED])]);
      await Promise.all([projectSagas(store, sagaStateSummary), projectSagas(other, sagaStateSummary)]);
    }
    expect((await projectSagas(store, sagaStateSummary)).view.size).toBe(10);
    await other.close();
    const kept = new DatabaseSync(file(), { readOnly: true });
    expect(kept.prepare('SELECT count(*) AS n FROM projections').get()).toEqual({ n: 1 });
    kept.close();
  });
});
