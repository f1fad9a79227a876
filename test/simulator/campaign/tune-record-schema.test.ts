// The published schema describes what searches write, and refuses what they do not.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { type TuneOptions, tune } from '../../../simulator/campaign/index.ts';
import compareSchema from '../../../simulator/compare-record.schema.json' with { type: 'json' };
import schema from '../../../simulator/tune-record.schema.json' with { type: 'json' };

const validate = new Ajv2020({ allErrors: true }).addSchema(compareSchema).compile(schema);

function faultsOf(record: unknown): readonly string[] {
  validate(record);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
}

const tuned = (fixture: string, rest: Partial<TuneOptions> = {}) =>
  tune({
    scenario: `test/cli/fixtures/${fixture}.ts`,
    profile: 'storm',
    rootSeed: 'root',
    budget: 260,
    candidates: 12,
    out: mkdtempSync(join(tmpdir(), 'sagastorm-tune-')),
    ...rest,
  });
const stop = new AbortController();
const [honest, forgetful, stopped] = await Promise.all([
  tuned('honest', { policy: 'naive', seeds: 20, sagas: 40 }),
  tuned('forgetful'),
  tuned('honest', {
    signal: stop.signal,
    onProgress: ({ done }) => {
      if (done > 90) stop.abort();
    },
  }),
]);

test('searches of every kind are valid', () => {
  expect([honest.verdict, forgetful.verdict, stopped.verdict]).toEqual(['held', 'violated', 'inconclusive']);
  expect(honest.recommended).not.toBe('naive');
  expect(stopped.comparison).toBeUndefined();
  for (const record of [honest, forgetful, stopped]) expect(faultsOf(record)).toEqual([]);
});

test('later versions may add what they like', () => {
  expect(faultsOf({ ...honest, added: 1, search: { ...honest.search, added: 'text' } })).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['another schema', { ...honest, schema: 'sagastorm/compare@1' }, '/schema const'],
  ['an unknown verdict', { ...honest, verdict: 'fine' }, '/verdict enum'],
  ['an empty space', { ...honest, space: [] }, '/space minItems'],
  ['nothing to try', { ...honest, candidates: honest.candidates.slice(0, 1) }, '/candidates minItems'],
  [
    'a candidate from nowhere',
    { ...honest, candidates: [{ ...honest.candidates[0], origin: 'dreamt' }, ...honest.candidates] },
    '/candidates/0/origin enum',
  ],
  [
    'a share over one',
    { ...honest, front: [{ name: 'a', objectives: { notCompleted: 2, callsPerSaga: 1 } }] },
    '/front/0/objectives/notCompleted maximum',
  ],
  [
    'a policy that is none, as the schema of comparisons has it',
    { ...honest, comparison: { ...honest.comparison, policies: [{ name: 'a' }, { name: 'b' }] } },
    '/comparison/policies/0 required',
  ],
])('%s is refused', (_, record, fault) => {
  expect(faultsOf(record)).toContain(fault);
});

const OPTIONAL = ['comparison', 'definition'];

test.each(Object.keys(honest).filter((key) => !OPTIONAL.includes(key)))(
  'a search without %s is refused',
  (key) => {
    const { [key as keyof typeof honest]: _, ...rest } = honest;
    expect(faultsOf(rest)).toEqual([' required']);
  },
);
