// What keeps a scenario from repeating is found and named: a clock, a die, and a module that remembers.

import { expect, test } from 'vitest';
import { determinismOf } from '../../../simulator/campaign/determinism.ts';
import { runCampaign } from '../../../simulator/campaign/index.ts';

test('of shards the first difference that comes again is told, of as many attempts as in one piece', () => {
  const at = (seed: string) => ({ seed, index: 0, first: 'a', second: 'b' });
  const parts = [
    { checked: 5, differing: 0, traced: [] },
    { checked: 4, differing: 2, traced: [null, null] },
    { checked: 3, differing: 2, traced: [at('x/9')] },
    { checked: 3, differing: 1, traced: [at('x/12')] },
  ];
  expect(determinismOf(parts)).toEqual({ checked: 15, equal: 10, divergence: at('x/9') });
  const [, second, third] = parts;
  expect(determinismOf([second!, second!, third!])).toEqual({ checked: 11, equal: 5 }); // three are tried
});

const fixture = (name: string) =>
  ({ scenario: `test/cli/fixtures/${name}.ts`, profile: 'storm', rootSeed: 'root', workers: 1 }) as const;

test('a clock in a workload is refused, with the call and its place', async () => {
  await expect(runCampaign({ ...fixture('reads-clock'), seeds: 1 })).rejects.toMatchObject({
    code: 'ambient-access',
    message: expect.stringMatching(
      /: Date\.now\(\) was called .*test\/cli\/fixtures\/reads-clock\.ts:\d+:\d+/,
    ),
  });
});

test('a die in a participant is refused, with the call and its place', async () => {
  await expect(runCampaign({ ...fixture('rolls-dice'), seeds: 1 })).rejects.toMatchObject({
    code: 'ambient-access',
    message: expect.stringMatching(/: Math\.random\(\) was called .*rolls-dice\.ts:\d+:\d+/),
  });
});

test.each([1, 8])(
  'a module that remembers is found in %i runs, and the first event that differs is named',
  async (seeds) => {
    const record = await runCampaign({ ...fixture('counts-calls'), profile: 'calm', seeds });
    expect(record.verdict).toBe('nondeterministic');
    expect(record.determinism).toEqual({
      checked: 1,
      equal: 0,
      divergence: {
        seed: seeds === 1 ? 'root' : 'root/4',
        index: 0,
        first: expect.stringMatching(/^t=0\.000000s {2}create +s-0$/),
        second: expect.stringMatching(/^t=0\.010000s {2}create +s-0$/),
      },
    });
  },
);

test('all runs may be repeated, or none', async () => {
  const honest = { ...fixture('honest'), seeds: 5 };
  expect((await runCampaign({ ...honest, determinismChecks: 100 })).determinism).toEqual({
    checked: 5,
    equal: 5,
  });
  expect((await runCampaign({ ...honest, determinismChecks: 0 })).determinism).toEqual({
    checked: 0,
    equal: 0,
  });
});

test('a thread that ends itself is an error, not a wait for ever', async () => {
  await expect(runCampaign({ ...fixture('ends-the-thread'), seeds: 2 })).rejects.toMatchObject({
    name: 'InternalError',
    message: expect.stringContaining('exit code 3'),
  });
});

test('an invariant that breaks is an error that names the seed', async () => {
  await expect(runCampaign({ ...fixture('breaks'), seeds: 1 })).rejects.toMatchObject({
    name: 'InternalError',
    message: expect.stringMatching(/^seed "root" .*the ink is dry$/),
  });
});
