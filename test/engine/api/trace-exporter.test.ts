// What is sent to a collector of traces, and what becomes of it when the collector is not well.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { TraceExporter } from '../../../engine/api/index.ts';
import type { StoredEvent } from '../../../engine/core/saga-event.ts';
import { type OtlpTraces, spansOf } from '../../../engine/observe/index.ts';
import { NO } from '../live/stage.ts';
import { EXAMPLE, served } from './served.ts';

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

/** A collector that answers so, and what it was sent. */
async function collector(status = 200) {
  const requests: { readonly path: string; readonly type: string; readonly body: OtlpTraces }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += String(part);
    });
    request.on('end', () => {
      const body = JSON.parse(text) as OtlpTraces;
      requests.push({ path: request.url!, type: request.headers['content-type']!, body });
      response.writeHead(status, { connection: 'close' }).end('{}');
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const LOG: readonly StoredEvent[] = [
  { kind: 'saga-created', definition: 'order', definitionVersion: 1, input: {} } as const,
  { kind: 'saga-completed' } as const,
].map((event, i) => ({ saga: 's', version: i + 1, epoch: 1, atUs: i, event }));
const ended = (saga: string) => ({ kind: 'ended', saga, status: 'completed' }) as const;

test('the trace of a saga that ended is sent, as its log says', async () => {
  const { url, requests } = await collector();
  const { ask, host, store } = await served({
    answer: ({ action }) => (action === 'charge' ? NO : { kind: 'applied' }),
  });
  const exporter = new TraceExporter({ url: `${url}/`, logOf: (saga) => store.logOf(saga), version: '1' });
  const { json } = await ask('POST', '/api/sagas', EXAMPLE);
  await host.whenEnded(String(json.id));
  exporter.report(ended(String(json.id)));
  await exporter.close();
  const [{ path, type, body }] = requests as [(typeof requests)[0]];
  expect([path, type, requests.length]).toEqual(['/v1/traces', 'application/json', 1]);
  const names = body.resourceSpans[0]!.scopeSpans[0]!.spans.map((span) => (span as { name: string }).name);
  expect(names).toEqual(spansOf(await store.logOf(String(json.id))).map(({ name }) => name));
  expect(names).toContain('payment process_payment #1');
  expect([exporter.sent, exporter.lost]).toEqual([1, 0]);
});

test('a hundred sagas go together, and one that is reported twice goes once', async () => {
  const { url, requests } = await collector();
  const exporter = new TraceExporter({ url, logOf: () => Promise.resolve(LOG), version: '1' });
  for (let i = 0; i < 250; i++) exporter.report(ended(`s-${i % 150}`));
  await exporter.close();
  expect(requests).toHaveLength(2);
  expect(exporter.sent).toBe(150);
});

test('X2: what cannot be sent is lost and counted, and told once', async () => {
  const { url } = await collector(503);
  const told: string[] = [];
  const onTrouble = ({ message }: Error): void => void told.push(message);
  const exporter = new TraceExporter({ url, logOf: () => Promise.resolve(LOG), version: '1', onTrouble });
  for (let i = 0; i < 250; i++) exporter.report(ended(`s-${i}`));
  await exporter.close();
  expect([exporter.sent, exporter.lost]).toEqual([0, 250]);
  expect(told).toEqual(['traces were lost, 250 so far: the collector answered 503']);
});

test('X3: a collector that fails while the exporter closes is not asked again', async () => {
  const { url, requests } = await collector(503);
  const exporter = new TraceExporter({ url, logOf: () => Promise.resolve(LOG), version: '1' });
  for (let i = 0; i < 2_500; i++) exporter.report(ended(`s-${i}`));
  await exporter.close();
  expect([requests.length, exporter.lost]).toEqual([1, 2_500]);
});

test('X2: at most so many wait', async () => {
  const { url } = await collector();
  const exporter = new TraceExporter({ url, logOf: () => Promise.resolve([]), version: '1' });
  for (let i = 0; i < 10_005; i++) exporter.report(ended(`s-${i}`));
  expect(exporter.lost).toBe(5);
  await exporter.close();
});

test.each(['nowhere', 'ftp://a', 'http://user:secret@a', 'http://a?x=1'])('%s is no collector', (url) => {
  expect(() => new TraceExporter({ url, logOf: () => Promise.resolve([]), version: '1' })).toThrow(
    expect.objectContaining({ code: 'bad-option', message: expect.not.stringContaining('secret') as string }),
  );
});
