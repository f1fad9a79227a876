// Who asks for sagas in a run for real, of a worker that answers or does not.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Child } from '../../cli/live/child.ts';
import { LiveClient } from '../../cli/live/live-client.ts';
import { prepareLive } from '../../cli/live/live-job.ts';
import type { FromOrchestrator, ToOrchestrator } from '../../cli/live/messages.ts';
import { liveNowUs } from '../../engine/live/clock.ts';

/** More than may be open at a time. */
const SAGAS = 700;
const OPEN_MAX = 500;
/** Longer than an answer is waited for. */
const LONG_MS = 1_001;

let folder = '';

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

/** A client of which all sagas are due, and what it asks at the next tick. */
async function busyClient() {
  folder = mkdtempSync(join(tmpdir(), 'live-client-'));
  const run = await prepareLive({
    job: { scenario: 'bank-transfer', profile: 'calm', sagas: SAGAS },
    seed: 'a',
    pace: 1,
    folder,
    store: { kind: 'sqlite', file: join(folder, 'sagas.db') },
    orchestrators: 1,
    leaseMs: 1_000,
    isHealed: false,
    services: {},
  });
  vi.useFakeTimers({ toFake: ['performance'] });
  let asked: number[] = [];
  const worker = {
    isReady: true,
    tell: (message: ToOrchestrator) => {
      if (message.kind === 'create') asked.push(message.index);
    },
  } as unknown as Child<ToOrchestrator, FromOrchestrator>;
  const client = new LiveClient(run, [worker], liveNowUs(), 1);
  vi.advanceTimersByTime(10);
  const tick = (): readonly number[] => {
    asked = [];
    client.tick();
    return asked;
  };
  return { client, tick };
}

test('it asks for so many at a time, and for each until somebody says that it is durable', async () => {
  const { client, tick } = await busyClient();
  expect(tick()).toHaveLength(OPEN_MAX);
  expect(tick()).toEqual([]);
  for (let round = 0; round < 5 && !client.isDone; round++) {
    vi.advanceTimersByTime(LONG_MS);
    for (const index of tick()) client.told({ kind: 'created', index });
  }
  expect(client.isDone).toBe(true);
});

test('a saga that finds no room does not keep those behind it from being asked again', async () => {
  const { client, tick } = await busyClient();
  const [first] = tick();
  client.told({ kind: 'later', index: first! });
  expect(tick()).toHaveLength(1); // another has taken its place
  vi.advanceTimersByTime(LONG_MS); // and the worker has died with all questions
  expect(tick().length).toBeGreaterThan(0);
});
