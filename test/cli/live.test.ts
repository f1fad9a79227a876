// `sagastorm live`: real processes, real sockets, real files, kill -9, and the verdict of the audit.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import type { RunRecord } from '../../simulator/run-record.ts';
import { startPostgres } from '../engine/live/temporary-postgres.ts';
import { line, sagastorm } from './sagastorm.ts';

/** They are storms, and others share the machine; most of the time a storm waits. */
vi.setConfig({ maxConcurrency: 2 });

const made: string[] = [];
function freshFolder(): string {
  made.push(mkdtempSync(join(tmpdir(), 'live-')));
  return made.at(-1)!;
}
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

test.concurrent('a storm with kills holds, and leaves nothing behind', async () => {
  const out = freshFolder();
  const words = ['live', 'bank-transfer', '--sagas', '40', '--kills', '4', '--seconds', '5', '--seed', 'a'];
  const { code, stdout, stderr } = await sagastorm([...words, '--json', '--quiet', '--out', out]);
  expect([code, stderr]).toEqual([0, '']);
  const record = JSON.parse(stdout) as RunRecord;
  expect(record).toMatchObject({
    verdict: 'held',
    sagas: { started: 40, open: 0 },
    live: { store: 'sqlite', orchestrators: 2, pace: 10 },
  });
  const { kills, lives } = record.live!;
  expect(kills.orchestrator + kills.participant).toBeGreaterThanOrEqual(4);
  expect(lives).toBeGreaterThanOrEqual(3 + 4);
  expect(Object.keys(record.faults.delivered).length).toBeGreaterThan(5);
  const { healAtUs, buckets } = record.timeline!;
  expect(healAtUs).toBeGreaterThanOrEqual(5_000_000);
  expect(buckets.reduce((sum, { faults }) => sum + faults, 0)).toBeGreaterThan(5);
  expect(readdirSync(join(out, 'live'))).toEqual([]);
});

test.concurrent('choreographed services and their bus are killed, and no event is lost and none has an effect twice', async () => {
  const out = freshFolder();
  const words = ['live', 'order', '--protocol', 'choreography', '--sagas', '40', '--kills', '6'];
  const rest = ['--seconds', '5', '--seed', 'c', '--json', '--quiet', '--out', out];
  const { code, stdout, stderr } = await sagastorm([...words, ...rest]);
  expect([code, stderr]).toEqual([0, '']);
  const record = JSON.parse(stdout) as RunRecord;
  expect(record).toMatchObject({
    verdict: 'held',
    protocol: 'choreography',
    sagas: { started: 40, open: 0 },
  });
  expect(record.live!.kills.participant).toBeGreaterThan(0);
  expect(record.live!.kills.orchestrator).toBeGreaterThan(0);
});

test.concurrent('a participant that forgets what it did is caught, and the evidence stays', async () => {
  const out = freshFolder();
  const bug = resolve('scenarios/planted-bugs/dedupe-in-memory.ts');
  const words = ['live', bug, '--sagas', '60', '--kills', '4', '--seconds', '6', '--seed', 'b'];
  const { code, stdout } = await sagastorm([...words, '--json', '--quiet', '--out', out]);
  const record = JSON.parse(stdout) as RunRecord;
  expect([code, record.verdict]).toEqual([1, 'violated']);
  expect(readdirSync(record.live!.evidence)).toEqual(expect.arrayContaining(['sagas.db']));
});

test.concurrent('three workers share a PostgreSQL, and take over from those that are killed or stand still', async () => {
  const out = freshFolder();
  const database = await startPostgres();
  try {
    const words = [
      'live',
      'order-parallel',
      '--sagas',
      '40',
      '--kills',
      '4',
      '--seconds',
      '5',
      '--seed',
      'a',
    ];
    const store = ['--store', 'postgres', '--db', database.url, '--json', '--quiet', '--out', out];
    const { code, stdout, stderr } = await sagastorm([...words, ...store]);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'held',
      sagas: { started: 40, open: 0 },
      live: { store: 'postgres', orchestrators: 3 },
    });
  } finally {
    await database.stop();
  }
});

test.each([
  [
    'a scenario whose engine is another',
    [resolve('scenarios/planted-bugs/never-undoes.ts')],
    'cannot run for real',
  ],
  ['no scenario', [], 'live takes one scenario or capsule, not 0'],
  ['a database without an address', ['bank-transfer', '--store', 'postgres'], 'needs a database'],
  ['a database for files', ['bank-transfer', '--store', 'sqlite', '--db', 'x'], '--db does not go with'],
  ['a report in the place of the record', ['bank-transfer', '--reporter', 'junit=x/run.json'], 'x/run.json'],
  ['too many seconds', ['bank-transfer', '--seconds', '1e9'], '--seconds'],
])('%s is refused in one sentence', async (_what, words, sentence) => {
  const { code, stderr } = await line(['live', '--out', 'x', ...words], freshFolder());
  expect(code).toBe(64);
  expect(stderr).toContain(sentence);
});
