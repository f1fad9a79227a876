// A connection to a server that takes it and then says nothing: it is given up, and nobody waits for ever.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PostgresLine } from '../../../engine/live/postgres-line.ts';

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
  for (const socket of sockets) socket.destroy();
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
