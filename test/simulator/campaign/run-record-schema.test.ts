// The published schema describes what campaigns write, and refuses what they do not.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { runCampaign } from '../../../simulator/campaign/index.ts';
import schema from '../../../simulator/run-record.schema.json' with { type: 'json' };

const validate = new Ajv2020({ allErrors: true }).compile(schema);

function faultsOf(record: unknown): readonly string[] {
  validate(record);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

const run = (fixture: string, seeds: number) =>
  runCampaign({ scenario: `test/cli/fixtures/${fixture}.ts`, profile: 'storm', rootSeed: 'root', seeds });
const [held, violated, nondeterministic, thrown] = await Promise.all([
  run('honest', 3),
  run('forgetful', 3),
  run('counts-calls', 3),
  run('throws-in-invariant', 3),
]);

test('records of every verdict are valid', () => {
  expect([held, violated, nondeterministic].map(({ verdict }) => verdict)).toEqual([
    'held',
    'violated',
    'nondeterministic',
  ]);
  for (const record of [held, violated, nondeterministic, thrown]) expect(faultsOf(record)).toEqual([]);
  expect(thrown!.violations[0]!.place).toEqual({
    file: 'test/cli/fixtures/throws-in-invariant.ts',
    line: expect.any(Number),
  });
  expect(violated!.violations[0]!.place).toBeUndefined();
});

test('later versions may add what they like', () => {
  expect(faultsOf({ ...held, added: 1, sagas: { ...held.sagas, added: 'text' } })).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['another schema', { ...held, schema: 'sagastorm/run@2' }, '/schema const'],
  ['an unknown verdict', { ...held, verdict: 'fine' }, '/verdict enum'],
  ['a negative count', { ...held, events: -1 }, '/events minimum'],
  ['half a saga', { ...held, sagas: { ...held.sagas, open: 0.5 } }, '/sagas/open type'],
  ['a rate above one', { ...held, bound95: 1.5 }, '/bound95 maximum'],
  ['a short fingerprint', { ...held, fingerprint: 'abc' }, '/fingerprint pattern'],
  [
    'a violation without its seed',
    { ...held, violations: [{ ...violated.violations[0], seed: undefined }] },
    '/violations/0 required',
  ],
  ['a line before the first', { ...held, source: { file: 'a.ts', line: 0 } }, '/source/line minimum'],
  [
    'an invariant in no state',
    { ...held, invariants: [{ id: 'a', statement: 'b' }] },
    '/invariants/0 required',
  ],
])('%s is refused', (_, record, fault) => {
  expect(faultsOf(record)).toContain(fault);
});

/** What a record may lack: some are of older versions, some had nothing to say. */
const OPTIONAL = [
  'bound95',
  'stopped',
  'load',
  'policySpec',
  'source',
  'seedCommand',
  'curves',
  'timeline',
  'steps',
];

test.each(Object.keys(held).filter((key) => !OPTIONAL.includes(key)))(
  'a record without %s is refused',
  (key) => {
    const { [key as keyof typeof held]: _, ...rest } = held;
    expect(faultsOf(rest)).toEqual([' required']);
  },
);
