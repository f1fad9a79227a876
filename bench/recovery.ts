// What becomes of the sagas of a process that was killed: a process with so many sagas in flight, and more coming, is killed
// with SIGKILL, and a new host starts on its store.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Host, type HostOptions, PAGE_MAX, type SagaCatalogue } from '../engine/live/index.ts';
import { modulePath } from '../simulator/campaign/source-tree.ts';
import { type Place, storeAt } from './live-medium.ts';
import { APPLIED, transfer } from './live-transfer.ts';

const CHILD = modulePath('bench/recovery-child');
/** From when all sagas wait for an answer; others end meanwhile. */
const KILL_AFTER_MS = 300;

/** Times since the new process began to open the store, in seconds. */
export interface Figure {
  readonly started: number;
  readonly sent: number;
  readonly ended: number;
  /** Accepted by the process that was killed, and not completed. */
  readonly lost: number;
}

/** Kills a process with so many sagas in flight. @returns the names of all sagas that it had accepted */
export async function liveAndDie(place: Place, sagas: number): Promise<readonly string[]> {
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

/** Starts on the store of a process that was killed, until all its sagas have ended. @throws Error when the store lacks one */
export async function recover(place: Place, accepted: readonly string[], sagas: number): Promise<Figure> {
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
