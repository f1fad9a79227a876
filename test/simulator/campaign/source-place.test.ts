// Where a scenario stands in its file: what annotations in CI point at.

import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { runCampaign } from '../../../simulator/campaign/index.ts';
import { sourceOf } from '../../../simulator/campaign/source-place.ts';

test('a record tells file and line of its scenario, from where the command ran', async () => {
  const record = await runCampaign({
    scenario: resolve('test/cli/fixtures/forgetful.ts'),
    profile: 'calm',
    rootSeed: 'x',
    seeds: 1,
  });
  expect(record.source).toEqual({ file: 'test/cli/fixtures/forgetful.ts', line: 6 });
  expect(record.invariants.every(({ line }) => line === undefined)).toBe(true);
});

test('a name is found where it stands in quotes first, and not where it is part of another', () => {
  const source = sourceOf(resolve('test/cli/fixtures/promises.ts'))!;
  expect(source.lineOf('the moon is reached')).toBe(17);
  expect(source.lineOf('the moon')).toBeUndefined();
});

test('a file outside the folder has no place: its path is that of one machine', () => {
  expect(sourceOf(join(tmpdir(), 'elsewhere.ts'))).toBeUndefined();
});
