// The published schema describes what comparisons write, and refuses what they do not.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { compare } from '../../../simulator/campaign/index.ts';
import schema from '../../../simulator/compare-record.schema.json' with { type: 'json' };

const validate = new Ajv2020({ allErrors: true }).compile(schema);

function faultsOf(record: unknown): readonly string[] {
  validate(record);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

const compared = (fixture: string, seeds: number, sweep: string) =>
  compare({
    scenario: `test/cli/fixtures/${fixture}.ts`,
    profile: 'storm',
    policies: ['default', 'patient'],
    sweep,
    rootSeed: 'root',
    seeds,
  });
const [honest, forgetful, promising] = await Promise.all([
  compared('honest', 20, 'callTimeoutMs=500'),
  compared('forgetful', 3, 'jitter.1=2000'),
  compared('promises', 2, 'callTimeoutMs=500'),
]);

test('comparisons of every kind are valid', () => {
  expect([honest?.verdict, forgetful?.verdict]).toEqual(['held', 'violated']);
  expect(promising!.policies[0]!.slo).toHaveLength(2);
  for (const record of [honest, forgetful, promising]) expect(faultsOf(record)).toEqual([]);
});

test('later versions may add what they like', () => {
  expect(faultsOf({ ...honest, added: 1, statistics: { ...honest?.statistics, added: 'text' } })).toEqual([]);
});

const [baseline, ...others] = honest!.policies;

test.each<[string, unknown, string]>([
  ['another schema', { ...honest, schema: 'sagastorm/run@1' }, '/schema const'],
  ['an unknown profile', { ...honest, profile: 'hurricane' }, '/profile enum'],
  ['a single seed', { ...honest, seeds: 1 }, '/seeds minimum'],
  ['one policy', { ...honest, policies: [baseline] }, '/policies minItems'],
  [
    'a policy in no role',
    { ...honest, policies: [{ ...baseline, role: 'guest' }, ...others] },
    '/policies/0/role enum',
  ],
  [
    'a service level that is half met',
    {
      ...honest,
      policies: [{ ...baseline, slo: [{ ...promising!.policies[0]!.slo![0], state: 'half' }] }, ...others],
    },
    '/policies/0/slo/0/state enum',
  ],
  [
    'half an interval',
    {
      ...honest,
      policies: [{ ...baseline, metrics: [{ id: 'a', samples: 1, interval: { low: 1 } }] }, ...others],
    },
    '/policies/0/metrics/0/interval required',
  ],
])('%s is refused', (_, record, fault) => {
  expect(faultsOf(record)).toContain(fault);
});

test.each(Object.keys(honest!))('a comparison without %s is refused', (key) => {
  const { [key as keyof typeof honest]: _, ...rest } = honest!;
  expect(faultsOf(rest)).toEqual([' required']);
});
