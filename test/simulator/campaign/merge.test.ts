// Shards: whatever the split, merged they are the campaign in one piece; and what does not belong together is refused.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CampaignOptions,
  campaignsAmong,
  checkComplete,
  type FoundBlob,
  mergeShards,
  readBlob,
  runCampaign,
  runShard,
  writeBlob,
} from '../../../simulator/campaign/index.ts';
import { shardRange } from '../../../simulator/campaign/seeds.ts';
import type { RunRecord } from '../../../simulator/index.ts';

const fixture = (name: string): string => `test/cli/fixtures/${name}.ts`;
const base: CampaignOptions = {
  scenario: fixture('honest'),
  profile: 'storm',
  rootSeed: 'root',
  seeds: 12,
  sagas: 4,
  workers: 1,
};

/** The record as it is stored, without what only the clock says. */
function stored({ meta: _, ...record }: RunRecord): string {
  return JSON.stringify(record, undefined, 2);
}

const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'sagastorm-merge-'));

/** Every shard through a file, as between machines. */
async function shardsOf(options: CampaignOptions, of: number): Promise<readonly FoundBlob[]> {
  const folder = freshFolder();
  const found: FoundBlob[] = [];
  for (let index = 1; index <= of; index++) {
    const file = writeBlob(await runShard(options, { index, of }), folder);
    found.push({ file, blob: readBlob(file) });
  }
  return found;
}

async function merged(found: readonly FoundBlob[]): Promise<RunRecord> {
  const [shards, ...others] = campaignsAmong(found);
  expect(others).toEqual([]);
  checkComplete(shards!);
  return mergeShards(shards!, {});
}

const SCENARIOS = ['honest', 'forgetful', 'promises', 'never-completes'] as const;

test('shards of any split, given in any order, merge to the bytes of the campaign in one piece', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        scenario: fc.constantFrom(...SCENARIOS.map(fixture), 'brown-out'),
        rootSeed: fc.string({ minLength: 1, maxLength: 8 }).filter((text) => /^[^\p{Cc}]+$/u.test(text)),
        seeds: fc.integer({ min: 1, max: 14 }),
        profile: fc.constantFrom('calm' as const, 'breeze' as const, 'storm' as const),
        strict: fc.boolean(),
      }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 4 }),
      async (drawn, split, turn) => {
        const options = { ...base, ...drawn, shrinkBudget: 600, determinismChecks: 3 };
        const of = Math.min(split, drawn.seeds);
        const found = await shardsOf(options, of);
        const turned = [...found.slice(turn), ...found.slice(0, turn)];
        expect(stored(await merged(turned))).toBe(stored(await runCampaign(options)));
      },
    ),
    { numRuns: 6, seed: 20261120 },
  );
});

test('shards are consecutive, of even size, and all seeds together', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 1_000 }), (of, more) => {
      const total = of + more;
      const parts = Array.from({ length: of }, (_, i) => shardRange({ index: i + 1, of }, total));
      expect(parts.map(({ from }) => from)).toEqual([0, ...parts.slice(0, -1).map(({ to }) => to)]);
      expect(parts.at(-1)!.to).toBe(total);
      const sizes = parts.map(({ from, to }) => to - from);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('what a shard found and what it did not is told as in one piece: the first seed, how often, how it began', async () => {
  const options = { ...base, scenario: fixture('forgetful'), seeds: 12, sagas: 1, shrinkBudget: 600 };
  const [record, whole] = [await merged(await shardsOf(options, 3)), await runCampaign(options)];
  expect(record.verdict).toBe('violated');
  expect(record.violations.length).toBeGreaterThan(0);
  expect(new Set(record.violations.map(({ seed }) => seed)).size).toBeGreaterThan(1);
  expect(record.violations.some(({ shrunk }) => shrunk !== undefined)).toBe(true);
  expect(stored(record)).toBe(stored(whole));
});

test('a shard that was stopped leaves what it has, and the whole proves nothing', async () => {
  const stop = new AbortController();
  const options = { ...base, seeds: 400, sagas: 200 };
  const stopped = await runShard(
    { ...options, signal: stop.signal, onProgress: () => stop.abort() },
    { index: 1, of: 2 },
  );
  const done = stopped.runs.summary.runs.total;
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(200);
  const none = await runShard({ ...options, signal: AbortSignal.abort() }, { index: 2, of: 2 });
  const record = await merged([
    { file: 'one', blob: stopped },
    { file: 'two', blob: none },
  ]);
  expect(record.verdict).toBe('inconclusive');
  expect(record.inconclusive.at(-1)!.reason).toBe(`stopped after ${done} of 400 runs`);
  expect(record.latencyUs.saga.count).toBe(record.sagas.started - record.sagas.open);
});

test('a shard that was stopped before its first run takes nothing from the others', async () => {
  const { sagas: _, ...rest } = base;
  const options = { ...rest, scenario: 'brown-out', profile: 'calm', seeds: 2 } as const;
  const blob = await runShard(options, { index: 1, of: 2 });
  const none = await runShard({ ...options, signal: AbortSignal.abort() }, { index: 2, of: 2 });
  const { incidents } = blob.runs.summary.load;
  expect(incidents[0]!.noticedAfterUs).toBeGreaterThan(0);
  const record = await merged([
    { file: 'one', blob },
    { file: 'two', blob: none },
  ]);
  expect(record.load!.incidents).toEqual(incidents);
});
