// Runs for real that are over before their time: somebody does not come up, somebody stops them, a saga is refused.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { direct } from '../../cli/live/director.ts';
import { prepareLive } from '../../cli/live/live-job.ts';
import type { RunRecord } from '../../simulator/run-record.ts';
import { PATIENCE_MS } from '../patience.ts';
import { ended, fixture, freshFolder, start } from './sagastorm.ts';

const WORDS = ['--sagas', '3', '--kills', '0', '--seconds', '5', '--seed', 'a', '--json', '--quiet'];

test('who does not come up is named, and not waited for without end', async () => {
  const folder = freshFolder();
  const run = await prepareLive({
    job: { scenario: fixture('never-comes-up.ts'), profile: 'calm', sagas: 1 },
    seed: 'a',
    pace: 10,
    folder,
    store: { kind: 'sqlite', file: join(folder, 'sagas.db') },
    orchestrators: 1,
    leaseMs: 1_000,
    isHealed: false,
    services: {},
  });
  const { inconclusive, evidence } = await direct({ run, stormMs: 1_000, kills: 0, beginMs: 500 });
  expect(inconclusive).toBe('notary did not come up within 0.5 s');
  expect(evidence.asked).toEqual([]);
});

test('a run that is stopped before it has begun says that it was interrupted', async () => {
  const out = freshFolder();
  mkdirSync(join(out, 'live'), { recursive: true });
  const child = start(['live', fixture('never-comes-up.ts'), ...WORDS, '--out', out], out);
  const end = ended(child);
  await vi.waitFor(() => expect(logOf(out, 'notary')).toBe(true), { timeout: PATIENCE_MS });
  child.kill('SIGINT');
  const { code, stdout } = await end;
  expect(code).toBe(130);
  const record = JSON.parse(stdout) as RunRecord;
  expect([record.verdict, record.inconclusive[0]!.reason]).toEqual(['inconclusive', 'interrupted']);
});

/** A process was started. */
function logOf(out: string, service: string): boolean {
  return readdirSync(join(out, 'live')).some((run) => existsSync(join(out, 'live', run, `${service}.log`)));
}

test('a saga that is refused ends the run, and nobody waits for it', async () => {
  const out = freshFolder();
  const child = start(['live', fixture('asks-for-too-much.ts'), ...WORDS, '--out', out], out);
  const { code, stdout } = await ended(child);
  const record = JSON.parse(stdout) as RunRecord;
  expect([code, record.verdict]).toEqual([2, 'inconclusive']);
  expect(record.inconclusive[0]!.reason).toContain('a saga was refused');
});
