// A search as a whole: what it spends, what it keeps, and that nothing but the options decides it.

import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { definePolicy, type PolicySpec } from '../../../engine/policy/index.ts';
import { type TuneOptions, tune } from '../../../simulator/campaign/index.ts';
import type { TuneRecord } from '../../../simulator/index.ts';

const HONEST = 'test/cli/fixtures/honest.ts';

function tuned(options: Partial<TuneOptions> = {}): Promise<TuneRecord> {
  return tune({
    scenario: HONEST,
    profile: 'storm',
    rootSeed: 'root',
    policy: 'naive',
    sagas: 40,
    budget: 300,
    candidates: 15,
    seeds: 20,
    out: mkdtempSync(join(tmpdir(), 'sagastorm-tune-')),
    ...options,
  });
}

const OUT = mkdtempSync(join(tmpdir(), 'sagastorm-tune-'));
let two: Promise<TuneRecord> | undefined;
/** Runs that {@link byTwo} said it had made. */
let saidDone = 0;

/** One search by two workers, for the tests that only read what came of it. */
function byTwo(): Promise<TuneRecord> {
  two ??= tuned({ workers: 2, out: OUT, onProgress: ({ done }) => (saidDone = Math.max(saidDone, done)) });
  return two;
}

function timeless({ meta: _, ...rest }: TuneRecord): string {
  return JSON.stringify(rest).replace(/[^" ]*sagastorm-tune-\w+/g, 'OUT');
}

describe('a search', () => {
  test('is the same, byte for byte, with one worker or two', async () => {
    const [one, two] = await Promise.all([tuned({ workers: 1 }), byTwo()]);
    expect(timeless(two)).toBe(timeless(one));
  });

  test('finds something better than the naive policy, and stays in its budget', async () => {
    const { recommended, sentence, budget, candidates, comparison, front } = await byTwo();
    expect(sentence).toMatch(/^Take ".+" in place of "naive": .+ It does worse on (none|\d+) of 20 seeds\.$/);
    expect(front.map(({ name }) => name)).toContain(recommended);
    expect(saidDone).toBe(budget.used);
    expect(budget.used).toBeLessThanOrEqual(budget.runs);
    expect(candidates.filter(({ fate }) => fate === 'finalist').length).toBeLessThanOrEqual(8);
    expect(comparison?.policies[0]).toMatchObject({ name: 'naive', role: 'baseline', rootSeed: 'root' });
    expect(comparison?.policies.at(-1)).toMatchObject({
      name: 'naive',
      role: 'control',
      rootSeed: 'root-aa',
    });
    for (const { name, policy } of front) {
      const drawn = candidates.find((one) => one.name === name)?.origin === 'drawn';
      expect(existsSync(join(OUT, 'policies', `${name}.json`))).toBe(drawn);
      if (!drawn) continue;
      const spec = JSON.parse(readFileSync(policy!, 'utf8')) as PolicySpec;
      expect(definePolicy(spec).name).toBe(name);
    }
  });

  test('names the seeds on which it loses, with the command that runs each', async () => {
    const { losses, recommended } = await byTwo();
    expect(losses.of).toBe(20);
    expect(losses.total).toBeGreaterThan(0);
    for (const { seed, command } of losses.worst) {
      expect(command).toMatch(/ --sagas 40 --profile storm --policy \S+ --seed \S+$/);
      expect(command).toContain(seed);
      expect(command).toContain(recommended);
    }
  });

  test('in a narrow space varies nothing else', async () => {
    const { candidates, space } = await tuned({ space: ['hedge'], candidates: 9, budget: 200 });
    expect(space).toEqual(['hedge']);
    expect(candidates.map(({ name }) => name)).toEqual(['naive', 'tuned-1', 'tuned-2', 'tuned-3']);
  });

  test('a policy that broke an invariant is out, and a baseline that did is said to be', async () => {
    const record = await tuned({ scenario: 'test/cli/fixtures/forgetful.ts', sagas: 5 });
    expect(record.candidates.filter(({ fate }) => fate === 'broke').length).toBeGreaterThan(5);
    const { fault } = record.candidates.find(({ fate }) => fate === 'broke')!;
    expect(fault).toMatchObject({
      invariant: 'at-most-once',
      seed: expect.stringMatching(/^root-search\/\d+$/),
    });
    expect(record.verdict).toBe('violated');
    expect(record.sentence).toContain('"naive" broke at-most-once in ');
  });

  test('that is stopped tells the best so far, and that nothing tells it from chance', async () => {
    const stop = new AbortController();
    const record = await tuned({
      signal: stop.signal,
      onProgress: ({ done, total }) => done * 2 > total && stop.abort(),
    });
    expect(record).toMatchObject({ isStopped: true, verdict: 'inconclusive', losses: { total: 0, of: 0 } });
    expect(record.sentence).toMatch(/^Stopped after 2 of 2 rounds .*best so far, on \d+ seeds, and nothing/);
    expect(record.front.map(({ name }) => name)).toContain(record.recommended);
  });

  test.each<[string, Partial<TuneOptions>, string]>([
    [
      'a budget that is too small',
      { budget: 150, candidates: 15 },
      '20 candidates and 20 seeds for the last of them need',
    ],
    ['a baseline that is none', { policy: 'eager' }, 'knows no policy called "eager"'],
    ['too much', { seeds: 1_000, sagas: 10_000, budget: 100_000 }, 'a comparison keeps every duration'],
    [
      'too much to search',
      { sagas: 100_000, budget: 10_000 },
      'a search keeps the durations of 20000000 sagas at a time',
    ],
  ])('%s is refused', async (_, options, message) => {
    await expect(tuned(options)).rejects.toThrow(message);
  });
});
