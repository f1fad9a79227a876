// Shards: whatever the split, merged they are the campaign in one piece; and what does not belong together is refused.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  type CampaignOptions,
  campaignsAmong,
  checkComplete,
  type FoundBlob,
  mergeShards,
  readBlob,
  runCampaign,
  runShard,
  type ShardBlob,
  writeBlob,
} from '../../../simulator/campaign/index.ts';
import { shardRange } from '../../../simulator/campaign/seeds.ts';
import type { RunRecord } from '../../../simulator/index.ts';

vi.setConfig({ testTimeout: 60_000 });

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

async function merged(found: readonly FoundBlob[], out?: string): Promise<RunRecord> {
  const [shards, ...others] = campaignsAmong(found);
  expect(others).toEqual([]);
  checkComplete(shards!);
  return mergeShards(shards!, out === undefined ? {} : { out });
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
    { numRuns: 12, seed: 20261120 },
  );
});
