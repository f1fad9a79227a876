// The stream of snapshots: one for all who watch, boundedly many, and nobody is forgotten or kept for ever.

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EventStream } from '../../../engine/api/event-stream.ts';
import { EXAMPLE, type Served, served } from './served.ts';

/** Watches the stream, and gives its snapshots one by one. */
async function watch({ api }: Served) {
  const stop = new AbortController();
  const response = await fetch(`${api.url}/api/events/stream`, { signal: stop.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    stop: () => stop.abort(),
    async next(): Promise<Readonly<Record<string, unknown>> | undefined> {
      for (;;) {
        const found = /^event: snapshot\ndata: (.*)\n\n/m.exec(text);
        if (found !== null) {
          text = text.slice(found.index + found[0].length);
          return JSON.parse(found[1]!) as Readonly<Record<string, unknown>>;
        }
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
      }
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(5);
}

test('who watches gets a snapshot at once, and another one each second', async () => {
  const all = await served();
  await all.ask('POST', '/api/sagas', EXAMPLE);
  const { response, next, stop } = await watch(all);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(await next()).toMatchObject({
    schema: 'sagastorm/status@1',
    sagas: { total: 1, byStatus: { completed: 1 } },
  });
  await all.ask('POST', '/api/sagas', EXAMPLE);
  expect(await next()).toMatchObject({ sagas: { total: 2 }, perSecond: { created: expect.any(Number) } });
  stop();
});

test('V3: who leaves is forgotten', async () => {
  const all = await served();
  const { next, stop } = await watch(all);
  await next();
  expect(all.api.subscribers).toBe(1);
  stop();
  await until(() => all.api.subscribers === 0);
});

test('V3: who hangs up without a word is forgotten too', async () => {
  const all = await served();
  const socket = connect(all.api.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /api/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'data');
  expect(all.api.subscribers).toBe(1);
  socket.resetAndDestroy();
  await until(() => all.api.subscribers === 0);
});

test('HEAD does not watch', async () => {
  const all = await served();
  expect((await all.ask('HEAD', '/api/events/stream')).headers.get('content-type')).toBe('text/event-stream');
  expect(all.api.subscribers).toBe(0);
});

test('V2: subscribers are bounded, and a place becomes free', async () => {
  const all = await served({ limits: { subscribersMax: 2 } });
  const [one] = [await watch(all), await watch(all)];
  const third = await all.ask('GET', '/api/events/stream');
  expect(third.json).toMatchObject({ status: 503, code: 'too-many-subscribers' });
  expect(third.headers.get('retry-after')).toBe('10');
  one.stop();
  await until(() => all.api.subscribers === 1);
  expect((await watch(all)).response.status).toBe(200);
});

test('closing ends the streams, and then the server', async () => {
  const all = await served();
  const { next } = await watch(all);
  await next();
  const closed = all.api.close();
  while ((await next()) !== undefined);
  await closed;
  await expect(fetch(`${all.api.url}/health`)).rejects.toThrow('fetch failed');
});

test('V1: one snapshot is made for all, and none when nobody watches', async () => {
  let made = 0;
  const snapshot = async () => `${++made}`;
  const stream = new EventStream({ snapshot, subscribersMax: 10, everyMs: 5 });
  const readers = Array.from({ length: 3 }, () => stream.subscribe().body!.getReader());
  const read = async (reader: (typeof readers)[number]) => {
    let text = '';
    while (!text.includes('data: 3\n')) text += new TextDecoder().decode((await reader.read()).value);
    return [...text.matchAll(/^data: (\d+)$/gm)].map(([, number]) => number);
  };
  const seen = await Promise.all(readers.map(read));
  expect(seen.map((numbers) => numbers.at(-1))).toEqual(['3', '3', '3']);
  await Promise.all(readers.map((reader) => reader.cancel()));
  expect(stream.size).toBe(0);
  const before = made;
  await delay(30);
  expect(made - before).toBeLessThanOrEqual(1); // one may have been under way
});

test('V2: who does not read is let go', async () => {
  const stream = new EventStream({ snapshot: async () => 'x', subscribersMax: 10, everyMs: 1 });
  const reader = stream.subscribe().body!.getReader();
  await until(() => stream.size === 0);
  await expect(
    (async () => {
      while (!(await reader.read()).done);
    })(),
  ).rejects.toThrow('does not read');
});

test('V3: when there is nothing to say, that is said', async () => {
  const snapshot = async (): Promise<string> => {
    throw new Error('the store is away');
  };
  const stream = new EventStream({ snapshot, subscribersMax: 1, everyMs: 1 });
  const reader = stream.subscribe().body!.getReader();
  let text = '';
  while (!text.includes('nothing')) text += new TextDecoder().decode((await reader.read()).value);
  expect(text).toContain(': nothing to say\n\n');
  stream.close();
});
