// A connection to a server that takes it and then says nothing: it is given up, and nobody waits for ever. And one that can only
// read.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type LineError, PostgresLine } from '../../../engine/live/postgres-line.ts';

/** "You are in", and "ask": of the PostgreSQL frontend/backend protocol, version 3. */
const WELCOME = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

const sockets: Socket[] = [];
const server = createServer((socket) => {
  sockets.push(socket);
  socket.on('error', () => undefined); // it was cut
  socket.once('data', () => socket.write(WELCOME));
});

beforeEach(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
  await once(server, 'close');
});

test('what a new connection needs first has a bound, too', async () => {
  const { port } = server.address() as AddressInfo;
  const line = new PostgresLine({
    answerMs: 200,
    connect: async () => {
      const client = new Client({ host: '127.0.0.1', port, user: 'u', password: 'p', ssl: false });
      await client.connect();
      return client;
    },
    prepare: async (client) => {
      await client.query('LISTEN "anything"');
    },
  });
  await expect(line.run({ text: 'SELECT 1' })).rejects.toMatchObject({ name: 'LineError', effect: 'none' });
  await line.close();
});

function hangingLine(): PostgresLine {
  const { port } = server.address() as AddressInfo;
  return new PostgresLine({
    connect: async () => {
      const client = new Client({ host: '127.0.0.1', port, user: 'u', password: 'p', ssl: false });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
  });
}

test('N3: while it is not time to try again, each statement is still told why there is no connection', async () => {
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const line = new PostgresLine({ connect: () => Promise.reject(refused) });
  await expect(line.run({ text: 'SELECT 1' })).rejects.toMatchObject({ cause: refused });
  await expect(line.run({ text: 'SELECT 2' })).rejects.toMatchObject({ cause: { cause: refused } });
  await line.close();
});

test('N4: what waits for an answer, or for its turn, is told that it gets none', async () => {
  const line = hangingLine();
  const asked = [line.run({ text: 'SELECT 1' }), line.run({ text: 'SELECT 2' })];
  while (sockets.length === 0 || sockets[0]!.bytesRead < 60) await turn(); // it was sent
  line.giveUp();
  const effects = asked.map((answer) => answer.catch((error: LineError) => error.effect));
  expect(await Promise.all(effects)).toEqual(['unknown', 'none']);
  await line.close();
  await expect(line.run({ text: 'SELECT 3' })).rejects.toMatchObject({ effect: 'none' });
  expect(sockets).toHaveLength(1);
});
