// The events of all sagas of a database in one order, and views of them: the acceptance suite of the port on a real server, and
// what only a server can go through.

import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { projectSagas } from '../../../engine/live/index.ts';
import { MIGRATIONS } from '../../../engine/live/postgres-schema.ts';
import { sagaStateSummary } from '../../../engine/observe/index.ts';
import { historyContract } from '../../contracts/history.ts';
import { beside, connect, epochOf, schema, url } from './postgres-server.ts';
import { appendAll, appendOf, COMPLETED, CREATED, REQUESTED } from './store-asking.ts';

let schemas = 0;
historyContract('the store on PostgreSQL', () => connect({ schema: `${schema}_h${++schemas}` }));

const FAILED = { kind: 'saga-failed', reason: { kind: 'deadline' } } as const;

describe('a database', () => {
  test('in which a lower position is committed after a higher one misses none', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await appendAll(store, [appendOf('first', epoch, [CREATED])]);
    await projectSagas(store, sagaStateSummary);
    const late = new Client({ connectionString: url });
    await late.connect();
    await late.query(`SET search_path = "${schema}"; BEGIN;
      INSERT INTO sagas VALUES (nextval('saga_numbers'), 'late', 'p', 'd', 3, 'running', 5, NULL);
      INSERT INTO batches (saga, first, count, epoch, at_us, events)
      VALUES (currval('saga_numbers'), 1, 1, ${epoch}, 5, '${JSON.stringify([CREATED])}')`);
    await appendAll(store, [appendOf('early', epoch, [CREATED])]);
    let isRead = false;
    const reading = projectSagas(store, sagaStateSummary).finally(() => {
      isRead = true;
    });
    const waits = `SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%virtualtransaction%'`;
    while (!isRead && (await beside(waits)).length === 0);
    await late.query('COMMIT');
    await late.end();
    await reading;
    const { view } = await projectSagas(store, sagaStateSummary);
    expect([...view.keys()].sort()).toEqual(['early', 'first', 'late']);
    expect(
      await beside(`SELECT s.id FROM batches b JOIN sagas s ON s.no = b.saga ORDER BY b.position`),
    ).toEqual([{ id: 'first' }, { id: 'late' }, { id: 'early' }]);
  });

  test('of version 1 has its history, too, and goes on in its order', async () => {
    await beside(`CREATE SCHEMA "${schema}"`);
    await beside(`${MIGRATIONS[0]};
      CREATE TABLE schema_version (version integer NOT NULL);
      INSERT INTO schema_version VALUES (1);
      INSERT INTO partitions VALUES ('p', nextval('epochs'), NULL, NULL);
      INSERT INTO sagas VALUES (nextval('saga_numbers'), 'done', 'p', 'd', 3, 'completed', 100, 107),
                               (nextval('saga_numbers'), 'open', 'p', 'd', 3, 'running', 300, NULL);
      INSERT INTO batches VALUES (2, 1, 1, 1, 300, '${JSON.stringify([CREATED])}'),
        (1, 2, 1, 1, 107, '${JSON.stringify([COMPLETED])}'), (1, 1, 1, 1, 100, '${JSON.stringify([CREATED])}')`);
    const store = await connect();
    expect(await projectSagas(store, sagaStateSummary)).toMatchObject({ folded: 3, isRebuilt: true });
    await appendAll(store, [appendOf('open', await epochOf(store), [REQUESTED], { expectedVersion: 1 })]);
    const { view, folded, isRebuilt } = await projectSagas(store, sagaStateSummary);
    expect([[...view.values()], folded, isRebuilt]).toMatchObject([[{ step: 'a', version: 2 }], 1, false]);
  });

  test('that is retired from makes its views anew, once', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await appendAll(store, [appendOf('old', epoch, [CREATED, FAILED])]);
    await appendAll(store, [appendOf('new', epoch, [CREATED], { atUs: 9 })]);
    expect((await projectSagas(store, sagaStateSummary)).view.size).toBe(2);
    expect(await store.retire({ endedBeforeUs: 6 })).toBe(1);
    const { view, isRebuilt } = await projectSagas(store, sagaStateSummary);
    expect([[...view.keys()], isRebuilt]).toEqual([['new'], true]);
    expect(await store.retire({ endedBeforeUs: 6 })).toBe(0);
    expect(await projectSagas(store, sagaStateSummary)).toMatchObject({ isRebuilt: false });
  });
});
