// The server of the API benchmark, in a process of its own: a host on SQLite or PostgreSQL that keeps so many sagas in
// flight, whose services answer after a while, and the REST API over it. Tells its parent where it listens, and each
// second how it does.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveApi } from '../engine/api/index.ts';
import type { Call, InputSink, Transport } from '../engine/index.ts';
import { Host, SqliteStore } from '../engine/live/index.ts';
import { APPLIED, transfer } from './live-transfer.ts';

const [inFlight, latencyMs] = process.argv.slice(2).map(Number) as [number, number];

/** Answers each call after a time that is drawn from its key: half to one and a half of the mean. */
class SlowServices implements Transport {
  readonly services = ['shop', 'inventory', 'payment'];
  send(call: Call, answers: InputSink): void {
    const share = 0.5 + (call.payloadHash % 1_000) / 1_000;
    setTimeout(() => answers.input({ kind: 'reply', call, outcome: APPLIED }), latencyMs * share);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'sagastorm-api-'));
const store = new SqliteStore({ file: join(folder, 'sagas.db') });
let begun = 0;
let ended = 0;
const begin = (): void => {
  const number = begun++;
  void host
    .create(transfer, { item: number % 100, amount: 1 + (number % 5_000) }, { id: `s-${number}` })
    .catch(() => undefined); // it is stopping
};
const host = new Host({
  store,
  transport: new SlowServices(),
  definitions: [transfer],
  report: (report) => {
    if (report.kind === 'halted') throw report.error;
    if (report.kind !== 'ended' || !report.saga.startsWith('s-')) return;
    ended++;
    begin();
  },
});
await host.start();
const api = await serveApi({
  engine: host,
  catalogue: store,
  definitions: [transfer],
  limits: { requestsPerSecond: 1_000_000, requestsBurst: 1_000_000 },
});

// Not all at once: they would stay in step.
for (let i = 0; i < inFlight; i++) setTimeout(begin, (i / inFlight) * 3 * latencyMs);
process.send!({ kind: 'ready', url: api.url });
const ticks = setInterval(() => {
  const { rss } = process.memoryUsage();
  process.send!({ kind: 'tick', inFlight: host.size, ended, rss });
}, 1_000);

process.on('disconnect', () => process.exit(1));
process.on('message', async () => {
  clearInterval(ticks);
  await api.close({ graceMs: 1_000 });
  await host.stop({ graceMs: 1 });
  await store.close();
  rmSync(folder, { recursive: true });
  process.exit(0);
});
