// What people ask of a database of sagas: the acceptance suite of the port on a real server, and what only a server can
// go through.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { SagaEvent } from '../../../engine/core/saga-event.ts';
import { MIGRATIONS } from '../../../engine/live/postgres-schema.ts';
import { catalogueContract } from '../../contracts/catalogue.ts';
import { beside, connect, cut, during, epochOf, openLogs, schema } from './postgres-server.ts';
import { appendAll, appendOf, COMPLETED, CREATED, load } from './store-asking.ts';

catalogueContract(
  'the store on PostgreSQL',
  () => connect(),
  () => connect({ schema: `${schema}_other` }),
);

const FAILED: SagaEvent = { kind: 'saga-failed', reason: { kind: 'deadline' } };
const RETRIED: SagaEvent = { kind: 'saga-retried', round: 1 };

describe('several workers', () => {
  test('any of them lists, counts and removes the sagas of all', async () => {
    const [a, b] = await Promise.all([connect(), connect()]);
    const epochs = [await epochOf(a), await epochOf(b, 'q')];
    await appendAll(a, [appendOf('of-a', epochs[0]!, [CREATED, FAILED])]);
    await appendAll(b, [appendOf('of-b', epochs[1]!, [CREATED])]);
    for (const store of [a, b]) {
      expect((await store.find({ limit: 5 })).sagas.map(({ saga }) => saga)).toEqual(['of-b', 'of-a']);
      expect(await store.logOf('of-a')).toHaveLength(2);
    }
    expect(await b.remove('of-a')).toBe('removed');
    expect((await a.find({ limit: 5 })).sagas).toHaveLength(1);
    expect(await a.counts()).toEqual([{ status: 'running', count: 1, durationUsTotal: 0 }]);
  });

  test('one that appends slowly keeps nobody waiting who asks', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await appendAll(store, [appendOf('s', epoch, [CREATED])]);
    await beside(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN PERFORM pg_sleep(30); RETURN NEW; END $$;
                  CREATE TRIGGER slow BEFORE INSERT ON batches FOR EACH ROW EXECUTE FUNCTION slow()`);
    let isAnswered = false;
    const more = Array.from({ length: 20 }, (_, i) => appendOf(`s-${i}`, epoch, [CREATED]));
    const late = appendAll(store, [...more, appendOf('s', epoch, [COMPLETED], { expectedVersion: 1 })]).then(
      () => {
        isAnswered = true;
      },
    );
    while ((await beside(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length < 2)
      await turn();
    expect(await store.logOf('s')).toHaveLength(1);
    expect((await store.find({ limit: 5 })).sagas).toHaveLength(1);
    expect(await store.counts()).toEqual([{ status: 'running', count: 1, durationUsTotal: 0 }]);
    expect(isAnswered).toBe(false);
    await cut('mine AS MATERIALIZED');
    await late;
  });
});

describe('a removal', () => {
  const failed = async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await appendAll(store, [appendOf('s', epoch, [CREATED, FAILED], { atUs: 10 })]);
    return { store, epoch };
  };
  const orphans = () => beside('SELECT saga FROM batches WHERE saga NOT IN (SELECT no FROM sagas)');

  test('of a saga that is taken up at this moment is not done', async () => {
    const { store } = await failed();
    const removed = await during(
      `UPDATE sagas SET status = 'running', ended_at_us = NULL WHERE id = 's'`,
      () => store.remove('s'),
    );
    expect(removed).toBe('not-ended');
    expect(await store.logOf('s')).toHaveLength(2);
  });

  test('of a saga that is taken up at this moment, and ends again, takes all of it', async () => {
    const { store } = await failed();
    const removed = await during(
      `UPDATE sagas SET ended_at_us = 20 WHERE id = 's';
       INSERT INTO batches SELECT no, 3, 2, 1, 20, '[{"kind":"saga-retried"},{"kind":"saga-completed"}]' FROM sagas`,
      () => store.remove('s'),
    );
    expect(removed).toBe('removed');
    expect(await orphans()).toEqual([]);
  });

  test('that comes first leaves a retry nothing to write to', async () => {
    const { store, epoch } = await failed();
    const answers = await during(
      `WITH gone AS (DELETE FROM sagas WHERE id = 's' RETURNING no) DELETE FROM batches USING gone WHERE saga = gone.no`,
      () => appendAll(store, [appendOf('s', epoch, [RETRIED], { expectedVersion: 2 })]),
    );
    expect(answers).toEqual(['append-gone']);
    expect(await orphans()).toEqual([]);
    expect(await store.remove('s')).toBe('unknown');
  });

  test('of what somebody else removes at this moment finds nothing', async () => {
    const { store } = await failed();
    const removed = await during(
      `WITH gone AS (DELETE FROM sagas WHERE id = 's' RETURNING no) DELETE FROM batches USING gone WHERE saga = gone.no`,
      () => store.remove('s'),
    );
    expect(removed).toBe('unknown');
  });
});

test('a question is asked again after the connection was lost, and says so meanwhile', async () => {
  const store = await connect();
  await store.find({ limit: 1 });
  await beside('ALTER TABLE sagas RENAME TO elsewhere');
  await expect(store.find({ limit: 1 })).rejects.toMatchObject({ name: 'UserError', code: 'store-failed' });
  await expect(store.logOf('s')).rejects.toMatchObject({ code: 'store-failed' });
  await beside('ALTER TABLE elsewhere RENAME TO sagas');
  await cut('');
  let answer: unknown;
  while (answer === undefined) answer = await store.find({ limit: 1 }).catch(() => undefined);
  expect(answer).toEqual({ sagas: [], next: undefined });
});

describe('a schema of version 1', () => {
  /** As version 1 left it: three sagas, one of them open. */
  async function old(): Promise<void> {
    await beside(`CREATE SCHEMA "${schema}"`);
    await beside(`${MIGRATIONS[0]};
      CREATE TABLE schema_version (version integer NOT NULL);
      INSERT INTO schema_version VALUES (1);
      INSERT INTO partitions VALUES ('p', nextval('epochs'), NULL, NULL);
      INSERT INTO sagas VALUES (nextval('saga_numbers'), 'done', 'p', 'd', 3, 'completed', 100, 107),
                               (nextval('saga_numbers'), 'stuck', 'p', 'e', 3, 'compensation_failed', 200, NULL),
                               (nextval('saga_numbers'), 'open', 'p', 'd', 3, 'running', 300, NULL);
      INSERT INTO batches VALUES
        (1, 1, 2, 1, 107, '${JSON.stringify([CREATED, COMPLETED])}'),
        (2, 1, 2, 1, 220, '${JSON.stringify([CREATED, { kind: 'saga-compensation-failed' }])}'),
        (3, 1, 1, 1, 300, '${JSON.stringify([CREATED])}')`);
  }

  test('becomes one of the present version once, with all that it holds', async () => {
    await old();
    const stores = await Promise.all([connect(), connect(), connect()]);
    expect(await beside('SELECT version FROM schema_version')).toEqual([{ version: 6 }]);
    const indexes = await beside<{ indexname: string }>(
      'SELECT indexname FROM pg_indexes WHERE schemaname = $1 ORDER BY indexname',
      [schema],
    );
    expect(indexes.map(({ indexname }) => indexname)).toEqual(
      expect.arrayContaining(['sagas_amiss', 'sagas_zones']),
    );
    for (const store of stores) {
      expect(await load(store, 'done')).toHaveLength(2);
      const found = await store.find({ limit: 5, definition: 'd', createdFromUs: 100 });
      expect(found.sagas.map(({ saga }) => saga)).toEqual(['open', 'done']);
      expect((await store.find({ limit: 5, statuses: ['compensation_failed'] })).sagas).toHaveLength(1);
    }
    const counts = (await stores[0]!.counts()).toSorted((a, b) => a.status.localeCompare(b.status));
    expect(counts).toEqual([
      { status: 'compensation_failed', count: 1, durationUsTotal: 0 },
      { status: 'completed', count: 1, durationUsTotal: 7 },
      { status: 'running', count: 1, durationUsTotal: 0 },
    ]);
  });

  test('goes on where it was', async () => {
    await old();
    const store = await connect();
    expect(await openLogs(store)).toHaveLength(1);
    const epoch = await epochOf(store);
    const end = appendOf('open', epoch, [COMPLETED], { expectedVersion: 1, atUs: 320 });
    expect(await appendAll(store, [end, appendOf('new', epoch, [CREATED])])).toEqual([
      'appended',
      'appended',
    ]);
    expect((await store.find({ limit: 1 })).sagas[0]).toMatchObject({ saga: 'new' });
  });
});
