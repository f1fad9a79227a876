// Those who look after the processes of a run for real, of processes that are not there.

import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Child, type End } from '../../cli/live/child.ts';
import type { LiveJob } from '../../cli/live/live-job.ts';
import { Staff } from '../../cli/live/staff.ts';

/** A process that is only what is told of it. */
class FakeProcess extends EventEmitter {
  readonly signals: string[] = [];
  readonly heard: unknown[] = [];
  readonly connected = true;
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  pid: number | undefined = 1;
  kill(signal: string): boolean {
    this.signals.push(signal);
    return true;
  }
  send(message: unknown): boolean {
    this.heard.push(message);
    return true;
  }
}

const forked = vi.hoisted((): { all: unknown[]; fork: () => unknown } => ({
  all: [],
  fork: () => undefined,
}));
vi.mock('node:child_process', async (original) => ({
  ...(await original<typeof import('node:child_process')>()),
  fork: () => {
    const made = forked.fork();
    forked.all.push(made);
    return made as ChildProcess;
  },
}));

vi.mock('node:fs', async (original) => ({
  ...(await original<typeof import('node:fs')>()),
  createWriteStream: () => new PassThrough(), // nothing is complained of
}));

beforeEach(() => {
  forked.all = [];
  forked.fork = () => new FakeProcess();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => void vi.useRealTimers());

function lives(): readonly FakeProcess[] {
  return forked.all as FakeProcess[];
}

function someChild(died: (end: End) => number | undefined = () => undefined) {
  return new Child<{ kind: string }, { kind: string }>({
    name: 'somebody',
    module: 'cli/live/participant-process',
    log: 'somebody.log',
    begin: () => ({ kind: 'begin' }),
    told: () => undefined,
    died,
  });
}

test('a process that took the place of one that stood still is woken when it stands still itself', () => {
  const child = someChild();
  child.start();
  child.pause(1_000);
  child.letGo();
  child.start();
  child.pause(10);
  vi.advanceTimersByTime(10);
  expect(lives()[1]!.signals).toEqual(['SIGSTOP', 'SIGCONT']);
});

test('a process that could not be started is gone, and nobody waits for its end', async () => {
  const ends: End[] = [];
  const child = someChild((end) => {
    ends.push(end);
    return undefined;
  });
  forked.fork = () => Object.assign(new FakeProcess(), { pid: undefined, connected: false });
  child.start();
  const error = new Error('spawn EAGAIN');
  lives()[0]!.emit('error', error);
  expect([ends, child.isAlive]).toEqual([[error], false]);
  await child.end({ kind: 'stop' }, 1_000);
});

test('a message that a process did not live to read is not the end of it', () => {
  const child = someChild();
  child.start();
  lives()[0]!.emit('error', new Error('write EPIPE'));
  expect(child.isAlive).toBe(true);
});

/** One orchestrator on SQLite, which is replaced at once. */
function replaced() {
  const broken: string[] = [];
  const live = {
    folder: 'nowhere',
    orchestrators: 1,
    pace: 1,
    leaseMs: 1,
    store: { kind: 'sqlite' },
  } as unknown as LiveJob;
  const staff = new Staff({
    live: () => live,
    services: [],
    told: () => undefined,
    broken: (who, message) => broken.push(`${who}: ${message}`),
  });
  staff.orchestrators[0]!.start();
  lives()[0]!.emit('message', { kind: 'takeover', ms: 1_000 });
  const [zombie, successor] = lives();
  return { staff, broken, zombie: zombie!, successor: successor! };
}

test('an orchestrator that was replaced and breaks is heard', () => {
  const { zombie, broken } = replaced();
  zombie.emit('message', { kind: 'created', index: 0 });
  zombie.emit('message', { kind: 'broken', message: 'an assumption' });
  zombie.emit('exit', 70, null);
  expect(broken).toEqual([
    'orchestrator-0, replaced,: an assumption',
    'orchestrator-0, replaced,: it ended with 70',
  ]);
});

test.each([
  ['was fenced', 0, null],
  ['was killed', null, 'SIGKILL'],
])('nothing is wrong with an orchestrator that was replaced and %s', (_what, code, signal) => {
  const { zombie, broken } = replaced();
  zombie.emit('exit', code, signal);
  expect(broken).toEqual([]);
});

test('orchestrators have ended when those that were replaced have, too', async () => {
  const { staff, zombie, successor } = replaced();
  let isOver = false;
  const over = staff.endOrchestrators().then(() => {
    isOver = true;
  });
  successor.emit('exit', 0, null);
  await new Promise(setImmediate);
  expect([isOver, zombie.signals.at(-1)]).toEqual([false, 'SIGKILL']);
  zombie.emit('exit', null, 'SIGKILL');
  await new Promise(setImmediate);
  successor.emit('exit', 0, null);
  await over;
});

test('nobody is replaced any more when all are to end', () => {
  const { staff, successor } = replaced();
  void staff.endOrchestrators();
  successor.emit('message', { kind: 'takeover', ms: 1_000 });
  expect(lives()).toHaveLength(2);
});
