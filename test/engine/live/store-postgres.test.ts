// The store on PostgreSQL: the acceptance suite of its port on a real server, and what only a server can go through.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { SagaEvent } from '../../../engine/core/saga-event.ts';
import { PostgresStore } from '../../../engine/live/index.ts';
import { storeContract } from '../../contracts/store.ts';
import { beside, Counted, connect, cut, during, epochOf, openLogs, schema, url } from './postgres-server.ts';
import { failsWith } from './running-host.ts';
import { appendAll, appendOf, COMPLETED, CREATED, load, REQUESTED } from './store-asking.ts';

const AGAIN: SagaEvent = { kind: 'saga-retried', round: 1 };

/** From now on an append takes so long, once for each. */
async function slowDown(seconds = 0.3): Promise<void> {
  await beside(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(${seconds}); RETURN NEW; END $$;
                CREATE TRIGGER slow BEFORE INSERT ON batches FOR EACH ROW EXECUTE FUNCTION slow()`);
}

async function asleep(): Promise<void> {
  while ((await beside(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length === 0)
    await turn();
}

storeContract('the store on PostgreSQL', () => {
  const under = () => {
    const store = new Counted(connect());
    return {
      store,
      partition: 'p',
      otherPartition: 'q',
      sagas: ['s-0', 's-1'] as const,
      settle: store.settle,
      reopen: under,
      remove: async (saga: string) => (await store.inner).remove(saga),
    };
  };
  return under();
});

describe('the schema', () => {
  test('is made once, however many workers start at the same time', async () => {
    const stores = await Promise.all(Array.from({ length: 8 }, () => connect()));
    expect(await beside('SELECT version FROM schema_version')).toEqual([{ version: 6 }]);
    const epochs = await Promise.all(stores.map((store) => epochOf(store)));
    expect(new Set(epochs).size).toBe(8);
  });

  test('of another program, and of a later version, is refused', async () => {
    await beside(`CREATE SCHEMA "${schema}"; CREATE TABLE "${schema}".notes (text text)`);
    await expect(connect()).rejects.toThrow('it holds the tables of another program');
    expect(await beside('SELECT count(*)::integer FROM notes')).toEqual([{ count: 0 }]);
    const later = `${schema}_later`;
    await connect({ schema: later });
    await beside(`UPDATE "${later}".schema_version SET version = 99`);
    await expect(connect({ schema: later })).rejects.toThrow(failsWith('store-newer'));
  });

  test('that nobody may reach is a clear error, and never shows the password', async () => {
    const wrong = url.replace('for-tests', 'no-secret');
    await expect(PostgresStore.connect({ url: wrong })).rejects.toThrow(failsWith('store-unreachable'));
    await expect(PostgresStore.connect({ url: wrong })).rejects.not.toThrow('no-secret');
    const nowhere = 'postgres://me:no-secret@127.0.0.1:1/sagas';
    await expect(PostgresStore.connect({ url: nowhere })).rejects.toThrow(/cannot be used: .*ECONNREFUSED/);
    await expect(connect({ schema: 'a"b' })).rejects.toThrow(failsWith('bad-option'));
  });

  test('can be asked in SQL, event by event', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await appendAll(store, [appendOf('s', epoch, [CREATED, REQUESTED])]);
    await appendAll(store, [appendOf('s', epoch, [COMPLETED], { expectedVersion: 2, atUs: 9 })]);
    expect(await beside('SELECT saga, version, kind, at_us FROM events ORDER BY version')).toEqual([
      { saga: 's', version: 1, kind: 'saga-created', at_us: '5' },
      { saga: 's', version: 2, kind: 'step-requested', at_us: '5' },
      { saga: 's', version: 3, kind: 'saga-completed', at_us: '9' },
    ]);
    expect(await beside('SELECT definition, definition_version, status, ended_at_us FROM sagas')).toEqual([
      { definition: 'd', definition_version: 3, status: 'completed', ended_at_us: '9' },
    ]);
  });
});

describe('group commit', () => {
  test('L1: appends of many sagas become durable in a transaction or two', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await appendAll(
      store,
      Array.from({ length: 50 }, (_, i) => appendOf(`s-${i}`, epoch, [CREATED])),
    );
    const written = await beside<{ n: number }>(
      'SELECT count(DISTINCT xmin::text)::integer AS n FROM batches',
    );
    expect(written[0]!.n).toBeLessThanOrEqual(2);
  });

  test('more appends than fit into one transaction are all answered, those of a saga in their order', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    const appends = Array.from({ length: 9_000 }, (_, i) =>
      appendOf(`s-${i >> 1}`, epoch, [i % 2 === 0 ? CREATED : COMPLETED], { expectedVersion: i % 2 }),
    );
    expect(new Set(await appendAll(store, appends))).toEqual(new Set(['appended']));
    expect(await openLogs(store)).toEqual([]);
  });

  test('W3: what is fenced or in conflict fails alone', async () => {
    const store = await connect();
    const old = await epochOf(store);
    const epoch = await epochOf(store);
    const other = await epochOf(store, 'q');
    await appendAll(store, [appendOf('there', other, [CREATED]), appendOf('old', epoch, [CREATED])]);
    const answers = await appendAll(store, [
      appendOf('s-0', epoch, [CREATED]),
      appendOf('s-1', old, [CREATED]),
      appendOf('s-2', 12_345, [CREATED]),
      appendOf('there', epoch, [REQUESTED], { expectedVersion: 1 }),
      appendOf('old', epoch, [REQUESTED], { expectedVersion: 7 }),
      appendOf('s-3', other, [CREATED, REQUESTED]),
    ]);
    expect(answers).toEqual([
      'appended',
      'append-fenced',
      'append-fenced',
      'append-elsewhere',
      'append-conflict',
      'appended',
    ]);
    const written = await beside('SELECT id FROM sagas ORDER BY id');
    expect(written).toEqual([{ id: 'old' }, { id: 's-0' }, { id: 's-3' }, { id: 'there' }]);
    expect(await beside('SELECT count(*)::integer AS n FROM batches')).toEqual([{ n: 4 }]);
  });

  test('a saga may end and be taken up again in one turn', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    const appends = [
      appendOf('s', epoch, [CREATED, REQUESTED]),
      appendOf('s', epoch, [COMPLETED], { expectedVersion: 2 }),
      appendOf('s', epoch, [AGAIN], { expectedVersion: 3 }),
    ];
    expect(await appendAll(store, appends)).toEqual(['appended', 'appended', 'appended']);
    expect((await load(store, 's')).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    expect(await openLogs(store)).toHaveLength(1);
  });

  test('L4: a load that comes after appends sees them', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    for (let i = 0; i < 4_500; i++)
      store.append(appendOf(`s-${i}`, epoch, [CREATED]), { input: () => undefined });
    expect(await load(store, 's-4499')).toHaveLength(1);
  });

  test('what can never be written fails alone', async () => {
    const troubles: string[] = [];
    const store = await connect({ onTrouble: ({ message }) => troubles.push(message) });
    const epoch = await epochOf(store);
    const bad: SagaEvent = { ...CREATED, input: { n: 1n } };
    const answers = await appendAll(store, [
      appendOf('s-0', epoch, [bad]),
      appendOf('line\nfeed', epoch, [CREATED]),
      appendOf('half \ud800', epoch, [CREATED]),
      appendOf('s-1', epoch, [CREATED], { atUs: 1e19 }), // refused by the server: no bigint
      appendOf('s-2', epoch, [{ ...CREATED, input: 'zero \0, half \ud800, quote "\\\n' }]),
    ]);
    expect(answers).toEqual(['append-failed', 'append-failed', 'append-failed', 'append-failed', 'appended']);
    expect((await load(store, 's-2'))[0]!.event).toEqual({
      ...CREATED,
      input: 'zero \0, half \ud800, quote "\\\n',
    });
    expect(troubles).toHaveLength(4);
  });

  test('W4: two writers that begin the same saga at once: one does, and the other fails alone', async () => {
    const [a, b] = await Promise.all([connect(), connect()]);
    const epochs = [await epochOf(a), await epochOf(b, 'q')];
    for (let i = 0; i < 20; i++) {
      const same = `same-${i}`;
      const both = await Promise.all(
        [a, b].map((store, k) =>
          appendAll(store, [
            appendOf(same, epochs[k]!, [CREATED]),
            appendOf(`${i}-${k}`, epochs[k]!, [CREATED]),
          ]),
        ),
      );
      expect(both.map(([, own]) => own)).toEqual(['appended', 'appended']);
      expect(both.map(([first]) => first).filter((answer) => answer === 'appended')).toHaveLength(1);
      expect(await load(a, same)).toHaveLength(1);
    }
  });

  test('W2: who opens a partition waits for an append that is under way, and is given it', async () => {
    const [a, b] = await Promise.all([connect(), connect()]);
    const epoch = await epochOf(a);
    await slowDown();
    const answers = appendAll(a, [appendOf('s', epoch, [CREATED])]);
    await asleep();
    const logs = await openLogs(b);
    expect(await answers).toEqual(['appended']);
    expect(logs).toEqual([await load(a, 's')]);
  });

  test('to close a store writes and answers what has come; what comes later is not done', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    const kinds: string[] = [];
    store.append(appendOf('s', epoch, [CREATED]), { input: ({ kind }) => kinds.push(kind) });
    store.load({ kind: 'load', saga: 's', number: 1 }, { input: ({ kind }) => kinds.push(kind) });
    const closed = store.close();
    store.append(appendOf('t', epoch, [CREATED]), { input: ({ kind }) => kinds.push(kind) });
    store.load({ kind: 'load', saga: 's', number: 1 }, { input: ({ kind }) => kinds.push(kind) });
    await closed;
    expect(kinds).toEqual(['load-failed', 'appended', 'loaded']);
    expect(await load(await connect(), 's')).toHaveLength(1);
  });
});

describe('when the connection fails', () => {
  test('L3: cut while a statement is under way nobody knows, and the next one is written', async () => {
    const troubles: string[] = [];
    const store = await connect({ onTrouble: ({ message }) => troubles.push(message) });
    const epoch = await epochOf(store);
    await appendAll(store, [appendOf('s-0', epoch, [CREATED])]);
    await slowDown(30);
    const answers = appendAll(store, [appendOf('s-1', epoch, [CREATED])]);
    await asleep();
    expect(await cut('mine AS MATERIALIZED')).toBeGreaterThan(0);
    expect(await answers).toEqual(['append-unknown']);
    await beside('DROP TRIGGER slow ON batches');
    expect(await load(store, 's-1')).toEqual([]);
    expect(await appendAll(store, [appendOf('s-1', epoch, [CREATED])])).toEqual(['appended']);
    expect(troubles).toHaveLength(1);
  });

  test('L3: cut while nothing is under way, the next append is written', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await appendAll(store, [appendOf('s-0', epoch, [CREATED])]);
    expect(await cut('')).toBe(2);
    for (let answer = ''; answer !== 'appended'; ) {
      [answer = ''] = await appendAll(store, [appendOf('s-1', epoch, [CREATED])]);
      if (answer === 'append-unknown') expect(await load(store, 's-1')).toEqual([]);
    }
    let log = await load(store, 's-0');
    while (log.length === 0) log = await load(store, 's-0'); // its connection, too, was cut
    expect(log).toHaveLength(1);
  });

  test('L3: what the server refuses, as late as at the commit, is not written and asked for again', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await beside(`CREATE TABLE trap (no bigint REFERENCES sagas (no) DEFERRABLE INITIALLY DEFERRED);
                  CREATE FUNCTION trip() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN INSERT INTO trap VALUES (-1); RETURN NEW; END $$;
                  CREATE TRIGGER trip BEFORE INSERT ON batches FOR EACH ROW EXECUTE FUNCTION trip()`);
    const both = [appendOf('s-0', epoch, [CREATED]), appendOf('s-1', epoch, [CREATED])];
    expect(await appendAll(store, both)).toEqual(['append-failed', 'append-failed']);
    expect(await load(store, 's-0')).toEqual([]);
    await beside('DROP TRIGGER trip ON batches');
    expect(await appendAll(store, both)).toEqual(['appended', 'appended']);
  });

  test('L3: a database that is not there is an append that certainly failed', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    await beside(`CREATE ROLE guest LOGIN PASSWORD 'guest'; GRANT ALL ON SCHEMA "${schema}" TO guest;
                  GRANT ALL ON ALL TABLES IN SCHEMA "${schema}" TO guest;
                  GRANT ALL ON ALL SEQUENCES IN SCHEMA "${schema}" TO guest`);
    const guest = await connect({ url: url.replace('postgres:for-tests@', 'guest:guest@') });
    await beside('ALTER ROLE guest NOLOGIN');
    expect(await appendAll(guest, [appendOf('s', epoch, [CREATED])])).toEqual(['append-failed']);
    expect(await load(guest, 's')).toEqual([]);
    await beside('ALTER ROLE guest LOGIN');
    let answer = '';
    while (answer !== 'appended') [answer = ''] = await appendAll(guest, [appendOf('s', epoch, [CREATED])]);
    expect(await load(store, 's')).toHaveLength(1);
  });
});

describe('upkeep', () => {
  async function two(): Promise<{ store: PostgresStore; epoch: number }> {
    const store = await connect();
    const epoch = await epochOf(store);
    await appendAll(store, [
      appendOf('old', epoch, [CREATED, REQUESTED, COMPLETED], { atUs: 10 }),
      appendOf('new', epoch, [CREATED, REQUESTED, COMPLETED], { atUs: 1_000 }),
      appendOf('open', epoch, [CREATED, REQUESTED], { atUs: 10 }),
      appendOf('stuck', epoch, [CREATED, { kind: 'saga-compensation-failed' }], { atUs: 10 }),
    ]);
    return { store, epoch };
  }

  test('retires what ended before a time, and nothing else, into an archive', async () => {
    const { store } = await two();
    const folder = mkdtempSync(join(tmpdir(), 'archive-'));
    const archiveTo = join(folder, 'sagas.ndjson');
    const log = await load(store, 'old');
    expect(await store.retire({ endedBeforeUs: 1_000, archiveTo })).toBe(1);
    expect(await store.retire({ endedBeforeUs: 1_000, archiveTo })).toBe(0);
    const lines = readFileSync(archiveTo, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(log);
    expect(await beside('SELECT id FROM sagas ORDER BY id')).toEqual([
      { id: 'new' },
      { id: 'open' },
      { id: 'stuck' },
    ]);
    expect(await beside('SELECT count(*)::integer AS n FROM batches')).toEqual([{ n: 3 }]);
    rmSync(folder, { recursive: true });
  });

  test('retires more than fit into one transaction; a saga that was taken up again stays', async () => {
    const store = await connect();
    const epoch = await epochOf(store);
    const sagas = Array.from({ length: 450 }, (_, i) => appendOf(`s-${i}`, epoch, [CREATED, COMPLETED]));
    await appendAll(store, sagas);
    await appendAll(store, [appendOf('s-7', epoch, [AGAIN], { expectedVersion: 2, atUs: 9 })]);
    expect(await store.retire({ endedBeforeUs: 6 })).toBe(449);
    expect(await beside('SELECT id FROM sagas')).toEqual([{ id: 's-7' }]);
  });

  test('a saga that is retired at this moment is not written to', async () => {
    const { store, epoch } = await two();
    const answers = await during(
      `WITH gone AS (DELETE FROM sagas WHERE id = 'old' RETURNING no)
       DELETE FROM batches USING gone WHERE saga = gone.no`,
      () =>
        appendAll(store, [
          appendOf('old', epoch, [AGAIN], { expectedVersion: 3, atUs: 20 }),
          appendOf('open', epoch, [REQUESTED], { expectedVersion: 2 }),
        ]),
    );
    expect(answers).toEqual(['append-gone', 'appended']);
    expect(await beside('SELECT saga FROM batches WHERE saga NOT IN (SELECT no FROM sagas)')).toEqual([]);
  });

  test('a saga that is taken up again at this moment is not retired', async () => {
    const { store } = await two();
    const retired = await during(
      `UPDATE sagas SET status = 'running', ended_at_us = NULL WHERE id = 'old'`,
      () => store.retire({ endedBeforeUs: 500 }),
    );
    expect(retired).toBe(0);
    expect(await load(store, 'old')).toHaveLength(3);
  });

  test('the export is every event of one moment, while sagas go on', async () => {
    const { store, epoch } = await two();
    const lines: string[] = [];
    for await (const line of store.export()) {
      if (lines.length === 0) await appendAll(store, [appendOf('late', epoch, [CREATED])]);
      lines.push(line);
    }
    const events = lines.map((line) => JSON.parse(line) as { saga: string });
    expect(events).toHaveLength(3 + 3 + 2 + 2);
    expect(events.filter(({ saga }) => saga === 'open')).toEqual(await load(store, 'open'));
  });
});
