// C1: a record depends on what was asked for, not on how it was done.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type CampaignOptions,
  type CampaignProgress,
  runCampaign,
} from '../../../simulator/campaign/index.ts';
import { prepare, runSeed } from '../../../simulator/campaign/job.ts';
import type { RunRecord } from '../../../simulator/index.ts';

const HONEST = 'test/cli/fixtures/honest.ts';
const FORGETFUL = 'test/cli/fixtures/forgetful.ts';
const base = { scenario: HONEST, profile: 'storm', rootSeed: 'root', seeds: 40, sagas: 6 } as const;

function withoutMeta({ meta: _, ...record }: RunRecord): unknown {
  return record;
}

test.each([HONEST, FORGETFUL])('one worker or two, the record of %s is the same', async (scenario) => {
  const [one, two] = await Promise.all(
    [1, 2].map((workers) =>
      runCampaign({ ...base, scenario, workers, determinismChecks: 3, shrinkBudget: 3_000 }),
    ),
  );
  expect(two!.meta.workers).toBe(2);
  expect(withoutMeta(two!)).toEqual(withoutMeta(one!));
});

test('the fingerprint is that of all runs in seed order', async () => {
  const record = await runCampaign(base);
  const prepared = await prepare(base);
  const lines = Array.from({ length: base.seeds }, (_, i) => {
    const seed = `root/${i}`;
    return `${seed}:${runSeed(prepared, seed).fingerprint}\n`;
  });
  expect(record.fingerprint).toBe(createHash('sha256').update(lines.join('')).digest('hex').slice(0, 32));
});

test('a campaign that holds says how sure that is', async () => {
  const record = await runCampaign(base);
  expect(record).toMatchObject({
    schema: 'sagastorm/run@1',
    scenario: 'honest',
    rootSeed: 'root',
    profile: 'storm',
    policy: 'default',
    verdict: 'held',
    runs: { total: 40, held: 40, violated: 0, inconclusive: 0 },
    sagasPerRun: 6,
    sagas: { started: 240 },
    determinism: { checked: 1, equal: 1 },
    violations: [],
  });
  expect(record.bound95).toBeCloseTo(1 - 0.05 ** (1 / 40), 12);
  expect(record.coverage.hit + record.coverage.missing.length).toBe(record.coverage.cells);
  expect(record.faults.configured['drop-reply']).toBe(0.3);
  expect(record.latencyUs.saga.count).toBe(240);
});

test('an invariant with nothing to judge is said to be not exercised', async () => {
  const { invariants } = await runCampaign({ ...base, seeds: 2 });
  const stateOf = (id: string): unknown => invariants.find((invariant) => invariant.id === id)?.state;
  expect(stateOf('at-most-once')).toBe('held');
  expect(stateOf('stock-conserved')).toBe('not-exercised');
});

test('S7: kinds that were on and never delivered are named, and inconclusive when that is asked for', async () => {
  const options: CampaignOptions = { ...base, seeds: 1, sagas: 1 };
  const record = await runCampaign(options);
  expect(record.faults.undelivered.length).toBeGreaterThan(0);
  for (const kind of record.faults.undelivered) expect(record.faults.delivered).not.toHaveProperty(kind);
  expect(record.verdict).toBe('held');
  const strict = await runCampaign({ ...options, strict: true });
  expect(strict.verdict).toBe('inconclusive');
  expect(strict.inconclusive[0]?.reason).toContain(record.faults.undelivered[0]!);
});

test('a calm profile configures no fault', async () => {
  const record = await runCampaign({ ...base, seeds: 2, profile: 'calm', strict: true });
  expect(record.faults).toEqual({ configured: {}, delivered: {}, undelivered: [] });
  expect(record.verdict).toBe('held');
});

test('a stopped campaign reports the runs that were done, and proves nothing', async () => {
  const stop = new AbortController();
  const record = await runCampaign({
    ...base,
    seeds: 1_000_000,
    workers: 2,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  expect(record.runs.total).toBeGreaterThan(0);
  expect(record.runs.total).toBeLessThan(1_000_000);
  expect(record.verdict).toBe('inconclusive');
  expect(record.inconclusive.at(-1)?.reason).toContain(`stopped after ${record.runs.total} of 1000000 runs`);
});

test('progress counts runs up to the last, then the repeated ones', async () => {
  const seen: CampaignProgress[] = [];
  await runCampaign({ ...base, workers: 2, onProgress: (progress) => seen.push(progress) });
  expect(seen.filter(({ phase }) => phase === 'runs').at(-1)).toMatchObject({
    unit: 'runs',
    done: 40,
    total: 40,
  });
  expect(seen.at(-1)).toEqual({ phase: 'determinism', unit: 'runs', done: 1, total: 1 });
});

test('a policy replaces the own one, by name', async () => {
  const own = await runCampaign({ ...base, seeds: 4 });
  const naive = await runCampaign({ ...base, seeds: 4, policy: 'naive' });
  expect(naive.policy).toBe('naive');
  expect(naive.fingerprint).not.toBe(own.fingerprint);
  await expect(runCampaign({ ...base, policy: 'pateint' })).rejects.toMatchObject({
    code: 'unknown-policy',
    hint: expect.stringContaining('Did you mean "patient"?'),
  });
});

test('a saga from JSON runs with the participants of the scenario, once unless told otherwise', async () => {
  const saga = {
    name: 'short',
    steps: [{ id: 'stamp', service: 'notary', action: 'stamp', compensation: 'tear_up' }],
  };
  const { sagas: _, ...options } = { ...base, seeds: 3, saga };
  const record = await runCampaign(options);
  expect(record).toMatchObject({ sagasPerRun: 1, sagas: { started: 3 }, verdict: 'held' });
});

test('it says how to run one of its seeds again', async () => {
  const again = (record: RunRecord): string | undefined => record.seedCommand;
  const asked = { ...base, seeds: 1 };
  expect(again(await runCampaign({ ...asked, policy: 'naive' }))).toBe(
    `node cli/main.ts replay ${HONEST} --sagas 6 --profile storm --policy naive --seed`,
  );
});
