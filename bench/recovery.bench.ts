// How long the sagas of a process that was killed wait for the next one:
// `node bench/recovery.bench.ts [--store sqlite|postgres] [--sagas 10000] [--rounds 3]`. A process with so many sagas in
// flight, and more coming, is killed with SIGKILL; a new host starts on its store. Exits with 1 when a saga was lost.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Host, type HostOptions, PAGE_MAX, type SagaCatalogue } from '../engine/live/index.ts';
import { mediumOf, type Place, storeAt } from './live-medium.ts';
import { APPLIED, transfer } from './live-transfer.ts';

const CHILD = join(import.meta.dirname, 'recovery-child.ts');
/** From when all sagas wait for an answer; others end meanwhile. */
const KILL_AFTER_MS = 300;

/** Times since the new process began to open the store, in seconds. */
interface Figure {
  readonly started: number;
  readonly sent: number;
  readonly ended: number;
  /** Accepted by the process that was killed, and not completed. */
  readonly lost: number;
}

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    sagas: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
  },
});
const [sagas, rounds] = [Number(values.sagas), Number(values.rounds)];
const isUsable = [sagas, rounds].every((number) => Number.isInteger(number) && number > 0);
const medium = isUsable ? await mediumOf(values.store) : undefined;
if (medium === undefined) {
  const usage = 'node bench/recovery.bench.ts [--store sqlite|postgres] [--sagas 10000] [--rounds 3]';
  console.error(`this is not to be had. Usage: ${usage}`);
  process.exit(64);
}

/** @returns the names of the sagas that were accepted */
async function liveAndDie(place: Place): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ place, sagas })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  let isDying = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (isDying || !said.startsWith('ready\n')) return;
    isDying = true;
    void delay(KILL_AFTER_MS).then(() => child.kill('SIGKILL'));
  });
  const [code, signal] = await once(child, 'close');
  if (signal !== 'SIGKILL') throw new Error(`the process ended by itself: ${code}`);
  const later = said.split('\n').slice(1, -1);
  return [...Array.from({ length: sagas }, (_, i) => `s-${i}`), ...later];
}

async function recover(place: Place, accepted: readonly string[]): Promise<Figure> {
  const begin = performance.now();
  const since = (): number => (performance.now() - begin) / 1_000;
  const expected = new Set(Array.from({ length: sagas }, (_, i) => `s-${i}`));
  const unsent = new Set(expected);
  let sent = Number.NaN;
  const transport: HostOptions['transport'] = {
    services: ['shop'],
    send(call, answers) {
      if (unsent.delete(call.saga) && unsent.size === 0) sent = since();
      answers.input({ kind: 'reply', call, outcome: APPLIED });
    },
  };
  const store = await storeAt(place);
  const ends = Promise.withResolvers<number>();
  const host = new Host({
    store,
    transport,
    definitions: [transfer],
    report: (report) => {
      if (report.kind === 'halted') ends.reject(report.error);
      if (report.kind !== 'ended') return;
      expected.delete(report.saga);
      if (expected.size === 0) ends.resolve(since());
    },
  });
  const { recovered } = await host.start();
  const started = since();
  if (recovered < sagas) throw new Error(`${recovered} of ${sagas} sagas were given back by the store`);
  const ended = await ends.promise;
  await host.stop();
  const completed = await completedIn(store);
  await store.close();
  return { started, sent, ended, lost: accepted.filter((saga) => !completed.has(saga)).length };
}

async function completedIn(store: SagaCatalogue): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (let next: string | undefined, isFirst = true; isFirst || next !== undefined; isFirst = false) {
    const page = await store.find({
      statuses: ['completed'],
      limit: PAGE_MAX,
      ...(next === undefined ? {} : { cursor: next }),
    });
    for (const { saga } of page.sagas) names.add(saga);
    next = page.next;
  }
  return names;
}

const figures: Figure[] = [];
for (let round = 0; round < rounds; round++) {
  const place = await medium.place();
  figures.push(await recover(place, await liveAndDie(place)));
}
await medium.close();

const median = (of: (figure: Figure) => number): string =>
  `${figures
    .map(of)
    .toSorted((a, b) => a - b)
    [figures.length >> 1]!.toFixed(2)} s`;
const lost = figures.reduce((sum, figure) => sum + figure.lost, 0);
console.log(
  `${sagas.toLocaleString('en')} sagas in flight, ${values.store}, medians of ${rounds} after SIGKILL`,
);
console.log(`  start() has resolved    ${median(({ started }) => started)}`);
console.log(`  all calls sent again    ${median(({ sent }) => sent)}`);
console.log(`  all sagas have ended    ${median(({ ended }) => ended)}`);
console.log(`  sagas lost, all rounds  ${lost}`);
process.exitCode = lost === 0 ? 0 : 1;
