// The levels of service for real, on SQLite with every commit on the disk:
//
// - five hundred orders a second, whatever their answers take, with services that answer after about five milliseconds and
//   now and then refuse the last step, so that there is something to undo;
// - ten thousand sagas that wait for slow services, and operations meanwhile;
// - and what becomes of ten thousand sagas after SIGKILL (recovery.ts).

import { setTimeout as delay } from 'node:timers/promises';
import type { Call, InputSink, Outcome, Transport } from '../engine/index.ts';
import { Host, type HostOptions } from '../engine/live/index.ts';
import { type Measured, percentile } from './levels.ts';
import { type Medium, type MediumStore, mediumOf, storeAt } from './live-medium.ts';
import { APPLIED, transfer } from './live-transfer.ts';
import { liveAndDie, recover } from './recovery.ts';

const CONCURRENT = 10_000;
const PER_SECOND = 500;
const TICK_MS = 10;
/** Operations that are timed while ten thousand sagas wait. */
const PROBES = 300;
const PROBE_EVERY_MS = 10;
const REFUSED: Outcome = Object.freeze({ kind: 'rejected', failure: 'business', reason: 'no' });

/** @param seconds how long orders come */
export async function levelsLive(seconds: number): Promise<Measured> {
  const medium = (await mediumOf('sqlite'))!;
  try {
    const steady = await steadyLoad(medium, seconds);
    const crowd = await crowded(medium);
    const place = await medium.place();
    const figure = await recover(place, await liveAndDie(place, CONCURRENT), CONCURRENT);
    if (figure.lost > 0) throw new Error(`${figure.lost} sagas were lost`);
    return { where: 'live', ...steady, ...crowd, recoveryMs: figure.ended * 1_000 };
  } finally {
    await medium.close();
  }
}

/** Answers after some milliseconds; refuses the last step of one saga in twenty. */
class QuickServices implements Transport {
  readonly services = ['shop'];
  send(call: Call, answers: InputSink): void {
    const { action, saga } = call;
    const isRefused = action === 'credit' && Number(saga.slice(2)) % 20 === 0;
    const outcome: Outcome = isRefused ? REFUSED : APPLIED;
    setTimeout(() => answers.input({ kind: 'reply', call, outcome }), 3 + (call.payloadHash % 5));
  }
}

type Steady = Pick<Measured, 'meanMs' | 'p99Ms' | 'undoP99Ms' | 'endedWell'>;

async function steadyLoad(medium: Medium, seconds: number): Promise<Steady> {
  const begunMs = new Map<string, number>();
  const tookMs: number[] = [];
  const undoneMs: number[] = [];
  let well = 0;
  const total = seconds * PER_SECOND;
  const done = Promise.withResolvers<void>();
  const { host, close } = await hostOn(medium, new QuickServices(), (report) => {
    if (report.kind === 'halted') return done.reject(report.error);
    if (report.kind !== 'ended') return;
    const ms = performance.now() - begunMs.get(report.saga)!;
    tookMs.push(ms);
    if (report.status === 'compensated') undoneMs.push(ms);
    if (report.status !== 'compensation_failed') well++;
    if (tookMs.length === total) done.resolve();
  });
  const start = performance.now();
  for (let sent = 0; sent < total; await delay(TICK_MS)) {
    const due = Math.min(total, Math.ceil(((performance.now() - start) / 1_000) * PER_SECOND));
    for (; sent < due; sent++) {
      const id = `s-${sent}`;
      begunMs.set(id, start + (sent / PER_SECOND) * 1_000); // when it was due: no coordinated omission
      host.create(transfer, { amount: sent }, { id }).catch(done.reject);
    }
  }
  await done.promise;
  await close();
  const meanMs = tookMs.reduce((sum, ms) => sum + ms, 0) / total;
  // An undo is a part of its saga: the whole is the upper bound.
  return {
    meanMs,
    p99Ms: percentile(tookMs, 99),
    undoP99Ms: percentile(undoneMs, 99),
    endedWell: well / total,
  };
}

/** Never answers: whoever calls waits. */
const SILENT: HostOptions['transport'] = { services: ['shop'], send: () => undefined };

/** Ten thousand sagas wait; one more is begun now and then, its state asked for, and its log. */
async function crowded(medium: Medium): Promise<Pick<Measured, 'operationsMs' | 'concurrent'>> {
  const { host, close } = await hostOn(medium, SILENT, () => undefined);
  const names = Array.from({ length: CONCURRENT }, (_, i) => `s-${i}`);
  await Promise.all(names.map((id) => host.create(transfer, {}, { id })));
  const concurrent = host.size;
  const took: Record<'create' | 'get' | 'log', number[]> = { create: [], get: [], log: [] };
  const timed = async (operation: keyof typeof took, act: () => Promise<unknown>): Promise<void> => {
    const begin = performance.now();
    await act();
    took[operation].push(performance.now() - begin);
  };
  for (let i = 0; i < PROBES; i++) {
    const known = names[(i * 31) % CONCURRENT]!;
    await timed('create', () => host.create(transfer, {}, { id: `probe-${i}` }));
    await timed('get', () => host.state(known));
    await timed('log', () => host.log(known));
    await delay(PROBE_EVERY_MS);
  }
  await close();
  const operationsMs = {
    'a saga is begun, durably': percentile(took.create, 99),
    'the state of a saga': percentile(took.get, 99),
    'the log of a saga': percentile(took.log, 99),
  };
  return { operationsMs, concurrent };
}

async function hostOn(
  medium: Medium,
  transport: HostOptions['transport'],
  report: NonNullable<HostOptions['report']>,
): Promise<{ host: Host; close(): Promise<void> }> {
  const store: MediumStore = await storeAt(await medium.place());
  const host = new Host({ store, transport, definitions: [transfer], report });
  await host.start();
  const close = async (): Promise<void> => {
    await host.stop({ graceMs: 1 });
    await store.close();
  };
  return { host, close };
}
