// What the record of a run for real says of it, and what is left when all went well.

import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { liveCommand, type Repeatable } from '../../cli/live/live-command.ts';
import { pacedPolicy } from '../../cli/live/live-job.ts';
import { forget, freshSchema, paced } from '../../cli/live/run-live.ts';
import type { Policy } from '../../engine/core/policy.ts';
import { policies } from '../../engine/policy/index.ts';
import { prepare } from '../../simulator/campaign/index.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const RUN: Repeatable = {
  job: { scenario: 'bank-transfer', profile: 'storm' },
  seed: 'a',
  stormMs: 5_000,
  kills: 4,
  pace: 10,
};

test.each<[string, Partial<Repeatable>, string]>([
  [
    'a scenario',
    {},
    'live bank-transfer --seed a --sagas 40 --profile storm --kills 4 --seconds 5 --pace 10',
  ],
  [
    'a policy and a saga of their own',
    { job: { ...RUN.job, policy: 'my policy.json', saga: {} }, sagaFile: 'order.json' },
    "--profile storm --policy 'my policy.json' --saga order.json --kills 4",
  ],
  [
    'a database, whose password stays where it is',
    { databaseUrl: 'postgres://me:secret@host/sagas', orchestrators: 5 },
    '--pace 10 --orchestrators 5 --store postgres --db "$DATABASE_URL"',
  ],
  [
    'a capsule, which says the rest itself',
    { capsule: 'failures/x-1.json', job: { ...RUN.job, policy: 'default' } },
    'live failures/x-1.json --kills 4 --seconds 5 --pace 10',
  ],
])('the command that does it again names %s', (_what, given, words) => {
  const command = liveCommand({ ...RUN, ...given }, 40);
  expect(command.endsWith(words) || command.includes(`${words} `)).toBe(true);
  expect(command).not.toContain('secret');
});

/** The job of a run that is ten times faster, under this policy. */
async function runUnder(policy: Policy) {
  const prepared = { ...(await prepare(RUN.job)), policy: { name: policy.name, override: policy } };
  const live = { pace: 10 } as Parameters<typeof paced>[0]['live'];
  const definitionOf = () => prepared.scenario.sagas[0]!;
  return paced({ live, prepared, policy: pacedPolicy(prepared, 10), definitions: [], definitionOf });
}

test('a policy whose waits were divided is called so, and one that keeps them is not', async () => {
  const { default: standard } = policies;
  const { toJSON: _, ...own } = standard; // as one that definePolicy did not make
  expect((await runUnder(standard)).policy.name).toBe('default ÷ 10');
  expect((await runUnder({ ...own, name: 'my-own' } as Policy)).policy.name).toBe('my-own');
});

test('two runs that begin in the same millisecond keep their sagas apart', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  expect(freshSchema()).toMatch(/^live_[a-z0-9_]+$/);
  expect(freshSchema()).not.toBe(freshSchema());
});

test('a database that is away when all is over costs a remark, not the record', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const folder = mkdtempSync(join(tmpdir(), 'live-record-'));
  const store = {
    kind: 'postgres',
    url: 'postgres://me:secret@127.0.0.1:1/sagas',
    schema: 'live_x',
  } as const;
  await forget({ folder, store });
  expect(existsSync(folder)).toBe(false);
  expect(said.mock.calls.join()).toContain('the schema live_x is no longer needed and could not be removed');
  expect(said.mock.calls.join()).not.toContain('secret');
});
