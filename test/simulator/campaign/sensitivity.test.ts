// How far a recommendation carries: the cells are what the simulator says of those seeds, that rate and that timeout.

import { describe, expect, test } from 'vitest';
import { type CompareOptions, compare } from '../../../simulator/campaign/index.ts';
import { prepare, runSeed } from '../../../simulator/campaign/job.ts';
import { atFaultRate, drawRates, profiles } from '../../../simulator/faults/profile.ts';
import type { Sensitivity } from '../../../simulator/index.ts';
import { Seed } from '../../../simulator/kernel/random.ts';

const SCENARIO = 'order-processing';
const OPTIONS: CompareOptions = {
  scenario: SCENARIO,
  profile: 'storm',
  policies: ['default', 'impatient'],
  rootSeed: 'root',
  seeds: 20,
  sagas: 10,
  sensitivity: true,
};

async function completedUnder(
  policy: string,
  profile: 'calm' | 'storm',
  seeds: number,
  faultPermille?: number,
): Promise<number> {
  const rate = faultPermille === undefined ? {} : { faultPermille };
  const job = await prepare({ scenario: SCENARIO, profile, policy, sagas: 10, ...rate });
  let completed = 0;
  for (let i = 0; i < seeds; i++) completed += runSeed(job, `root/${i + 1}`).sagas.completed;
  return completed / (seeds * 10);
}

describe('the sensitivity of a recommendation', () => {
  test('has the policy as it is in one cell, calm weather in the first row, and more faults further down', async () => {
    const record = (await compare(OPTIONS))!;
    const { policy, seeds, faultPermille, callTimeoutMs, ownTimeoutMs, cells } =
      record.sensitivity as Sensitivity;
    expect([policy, seeds, ownTimeoutMs]).toEqual([record.recommended, 4, 2_000]);
    const own = callTimeoutMs.indexOf(ownTimeoutMs);
    expect(cells).toHaveLength(faultPermille.length);
    expect(cells[0]![own]!.completed).toBe(await completedUnder(policy, 'calm', seeds));
    expect(cells[faultPermille.indexOf(1_000)]![own]!.completed).toBe(
      await completedUnder(policy, 'storm', seeds),
    );
    expect(cells[faultPermille.indexOf(2_000)]![own]!.completed).toBe(
      await completedUnder(policy, 'storm', seeds, 2_000),
    );
    expect(cells.at(-1)![0]!.completed).toBeLessThan(cells[0]![0]!.completed);
  });

  test('names a policy that commands take, so that a cell can be run again', async () => {
    const record = (await compare(OPTIONS))!;
    const { policy, seeds, callTimeoutMs, cells } = record.sensitivity as Sensitivity;
    const variant = `${policy}:callTimeoutMs=${callTimeoutMs[0]}`;
    expect(cells.at(-1)![0]!.completed).toBe(await completedUnder(variant, 'storm', seeds, 2_000));
  });

  test('does not change the comparison itself, and is not there unless it is asked for', async () => {
    const { sensitivity: asked, meta: _, ...rest } = (await compare(OPTIONS))!;
    const { meta: __, ...without } = (await compare({ ...OPTIONS, sensitivity: false }))!;
    expect(asked).toBeDefined();
    expect(rest).toEqual(without);
    expect('sensitivity' in without).toBe(false);
  });

  test('is refused where there is nothing to vary, before anything has run', async () => {
    await expect(compare({ ...OPTIONS, profile: 'calm' })).rejects.toMatchObject({ code: 'no-faults' });
  });
});

test('rates are scaled as a whole: halved, left alone, or none', () => {
  const ratesAt = (permille: number): readonly number[] =>
    drawRates(atFaultRate(profiles.storm, permille), new Seed('root/1'), 100, new Set());
  const own = drawRates(profiles.storm, new Seed('root/1'), 100, new Set());
  expect(ratesAt(1_000)).toEqual(own);
  expect(ratesAt(0).every((rate) => rate === 0)).toBe(true);
  for (const [i, rate] of ratesAt(500).entries()) expect(Math.abs(rate - own[i]! / 2)).toBeLessThanOrEqual(1);
});
