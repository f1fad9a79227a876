// How long operations of the REST API take while ten thousand sagas are in flight on SQLite, every commit durable: create
// (answered when it is on the disk), get and status, over HTTP from another process, at a steady rate whatever the answers
// take: `node bench/api.bench.ts [--in-flight 10000] [--latency-ms 2000] [--seconds 30] [--rate 100]`.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import order from '../scenarios/order.json' with { type: 'json' };

const { values } = parseArgs({
  options: {
    'in-flight': { type: 'string', default: '10000' },
    'latency-ms': { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '30' },
    /** Of each operation, per second. */
    rate: { type: 'string', default: '100' },
  },
});
const [inFlight, latencyMs, seconds, rate] = [
  values['in-flight'],
  values['latency-ms'],
  values.seconds,
  values.rate,
].map(Number) as [number, number, number, number];

const ORDER = JSON.stringify(order);

/** Before it, code is compiled; what it takes is not counted. */
const WARM_UP_MS = 3_000;

interface Tick {
  readonly inFlight: number;
  readonly ended: number;
  readonly rss: number;
}

const ticks: Tick[] = [];
const server = fork(join(import.meta.dirname, 'api-server.ts'), [`${inFlight}`, `${latencyMs}`]);
const ready = Promise.withResolvers<string>();
server.on('message', (message: { kind: 'ready'; url: string } | ({ kind: 'tick' } & Tick)) => {
  if (message.kind === 'ready') ready.resolve(message.url);
  else ticks.push(message);
});
const url = await ready.promise;
while ((ticks.at(-1)?.inFlight ?? 0) < 0.97 * inFlight) await delay(200);
const from = ticks.at(-1)!;

const took: Record<'create' | 'get' | 'status', number[]> = { create: [], get: [], status: [] };
const ids: string[] = [];
let wrong = 0;

async function timed(
  operation: keyof typeof took,
  ask: () => Promise<Response>,
  wanted: number,
): Promise<unknown> {
  const start = performance.now();
  const response = await ask();
  const body = await response.json();
  if (start >= countedFromMs) took[operation].push(performance.now() - start);
  if (response.status !== wanted) wrong++;
  return body;
}

async function create(): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const ask = (): Promise<Response> => fetch(`${url}/api/sagas`, { method: 'POST', headers, body: ORDER });
  ids.push(((await timed('create', ask, 201)) as { id: string }).id);
}

const anyId = (i: number): string =>
  i % 2 === 0 && ids.length > 0 ? ids[i % ids.length]! : `s-${i % inFlight}`;
const pending: Promise<unknown>[] = [];
const beganMs = performance.now();
const countedFromMs = beganMs + WARM_UP_MS;
for (let i = 0; i < rate * (seconds + WARM_UP_MS / 1_000); i++) {
  await delay(Math.max(0, beganMs + (i * 1_000) / rate - performance.now()));
  pending.push(create());
  pending.push(timed('get', () => fetch(`${url}/api/sagas/${anyId(i)}`), 200));
  pending.push(timed('status', () => fetch(`${url}/api/sagas/${anyId(i + 1)}/status`), 200));
}
await Promise.all(pending);
const to = ticks.at(-1)!;
server.send('stop');
await once(server, 'exit');

const at = (list: readonly number[], share: number): string => {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1).padStart(8);
};
console.log(`${inFlight} in flight, ${rate} of each operation a second, for ${seconds} s`);
console.log(
  `${'ms'.padEnd(8)}${['p50', 'p90', 'p99', 'p99.9', 'max'].map((name) => name.padStart(8)).join('')}`,
);
for (const [operation, list] of Object.entries(took)) {
  console.log(operation.padEnd(8) + [0.5, 0.9, 0.99, 0.999, 1].map((share) => at(list, share)).join(''));
}
const megabytes = ticks.map(({ rss }) => rss / 1e6);
console.log(
  `sagas ended meanwhile: ${to.ended - from.ended} (${Math.round((to.ended - from.ended) / seconds)}/s) · in flight ${Math.min(
    ...ticks.slice(ticks.indexOf(from)).map((tick) => tick.inFlight),
  )} to ${Math.max(...ticks.map((tick) => tick.inFlight))} · memory ${Math.round(from.rss / 1e6)} MB at first, ${Math.round(
    Math.max(...megabytes),
  )} at most, ${Math.round(to.rss / 1e6)} at last`,
);
if (wrong > 0) console.log(`${wrong} answers were not as they should be`);
process.exitCode = wrong > 0 ? 1 : 0;
