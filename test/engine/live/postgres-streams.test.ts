// Streams in a database: the acceptance suite of the port on a real server, and what only a server can go through.

import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { PostgresStreams } from '../../../engine/live/index.ts';
import { streamsContract } from '../../contracts/streams.ts';
import { beside, cut, schema, url } from './postgres-server.ts';
import { expectKilledWhole } from './streams-kill.ts';

let opened: PostgresStreams[] = [];
let schemas = 0;
afterEach(async () => {
  for (const streams of opened) await streams.close();
  opened = [];
});

async function connect(name = schema): Promise<PostgresStreams> {
  const streams = await PostgresStreams.connect({ url, schema: name });
  opened.push(streams);
  return streams;
}

streamsContract('events in a database', async () => {
  const name = `${schema}_s${++schemas}`;
  while (opened.length > 8) await opened.shift()!.close();
  return { streams: await connect(name), other: await connect(name) };
});

const append = { stream: 's', expectedVersion: 0, schema: 1, events: [{ kind: 'x' }, { kind: 'y' }] };

test('after three kills every append that was acknowledged is there, and each is whole', async () => {
  await expectKilledWhole([url, schema], await connect());
});

test('a database whose transactions are serializable by default changes nothing', async () => {
  const options = encodeURIComponent('-c default_transaction_isolation=serializable');
  const all = await Promise.all(
    Array.from({ length: 4 }, () => PostgresStreams.connect({ url: `${url}&options=${options}`, schema })),
  );
  opened.push(...all);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => all[i % 4]!.append({ ...append, stream: `s-${i}` })),
  );
  expect(new Set(answers)).toEqual(new Set(['appended']));
});

/** The first append waits after it is written, before its commit. */
async function slow(seconds = 30): Promise<void> {
  await beside(`CREATE SEQUENCE tries;
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF nextval('${schema}.tries') = 1 THEN PERFORM pg_sleep(${seconds}); END IF; RETURN NULL; END $$;
    CREATE TRIGGER slow AFTER INSERT ON stream_events FOR EACH STATEMENT EXECUTE FUNCTION slow()`);
}

async function untilSleeping(): Promise<void> {
  while ((await beside(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length === 0);
}

test('an append whose connection is lost before its commit is done, once', async () => {
  const streams = await connect();
  await slow();
  const answer = streams.append(append);
  await untilSleeping();
  expect(await cut('stream_head')).toBe(1);
  expect(await answer).toBe('appended');
  expect((await streams.readAll(0, 9)).map(({ position }) => position)).toEqual([1, 2]);
});

/** A way to the server on which the next answer is lost, and the connection with it, once it is told to. */
async function lossyWay() {
  const socket = join(new URL(url.replace('@/', '@localhost/')).searchParams.get('host')!, '.s.PGSQL.5432');
  const clients = new Set<Socket>();
  const way = {
    url: '',
    isLosing: false,
    lost: 0,
    /** The server hears nothing of it, and goes on. */
    cut: () => {
      for (const client of clients) client.destroy();
    },
    close: () => server.close(),
  };
  const server = createServer((client) => {
    clients.add(client);
    const inner = createConnection(socket);
    for (const end of [client, inner]) end.on('error', () => undefined);
    client.pipe(inner);
    inner.on('data', (data) => {
      if (!way.isLosing) return client.write(data);
      way.isLosing = false;
      way.lost++;
      client.destroy();
      return inner.end();
    });
    inner.on('end', () => client.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const direct = new URL(url.replace('@/', '@localhost/'));
  way.url = `postgres://${direct.username}:${direct.password}@127.0.0.1:${port}/postgres`;
  return way;
}

test('an append whose answer is lost after its commit is known by its id, and done once', async () => {
  const way = await lossyWay();
  const streams = await PostgresStreams.connect({ url: way.url, schema });
  opened.push(streams);
  await streams.append({ ...append, stream: 'before' });
  way.isLosing = true;
  expect(await streams.append(append)).toBe('appended');
  expect(way.lost).toBe(1);
  expect(await streams.read('s')).toHaveLength(2);
  way.isLosing = true; // and where somebody else was faster, it is a conflict all the same
  expect(await streams.append(append)).toBe('conflict');
  way.close();
});

test('an append that goes on after its connection was lost, while it is asked for again, is done once', async () => {
  const way = await lossyWay();
  const streams = await PostgresStreams.connect({ url: way.url, schema });
  opened.push(streams);
  await slow(1);
  const answer = streams.append(append);
  await untilSleeping();
  way.cut();
  expect(await answer).toBe('appended');
  expect((await streams.readAll(0, 9)).map(({ position }) => position)).toEqual([1, 2]);
  expect(await streams.append({ ...append, expectedVersion: 2 })).toBe('appended');
  way.close();
});

test('an append by two at the same version is a conflict for who comes second, also when neither saw the other', async () => {
  const [a, b] = [await connect(), await connect()];
  await beside(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$;
    CREATE TRIGGER slow AFTER INSERT ON stream_events FOR EACH STATEMENT EXECUTE FUNCTION slow()`);
  const answers = await Promise.all([a.append(append), b.append(append)]);
  expect(answers.toSorted()).toEqual(['appended', 'conflict']);
  expect((await a.readAll(0, 9)).map(({ position }) => position)).toEqual([1, 2]);
});
