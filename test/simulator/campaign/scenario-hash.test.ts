// What a capsule's hash covers: it changes with the scenario, and not while the scenario is used.

import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { prepare, runSeed } from '../../../simulator/campaign/job.ts';
import { scenarioHash } from '../../../simulator/campaign/scenario-hash.ts';

const prepared = await prepare({ scenario: 'test/cli/fixtures/honest.ts', profile: 'calm' });
const { scenario, file, hash } = prepared;

test('running a scenario does not change its hash', () => {
  runSeed(prepared, 'x');
  expect(scenarioHash(scenario, file)).toBe(hash);
});

test('a schema that fills its caches does not change the hash', () => {
  const input = z.object({ amount: z.int() });
  const withInput = { ...scenario, sagas: scenario.sagas.map((saga) => ({ ...saga, input })) };
  const before = scenarioHash(withInput, file);
  input.safeParse({ amount: 1 });
  expect(scenarioHash(withInput, file)).toBe(before);
});

test('another file, definition, function or latency is another hash', () => {
  const other = join(tmpdir(), 'sagastorm-hash.ts');
  writeFileSync(other, '// another text\n');
  const hashes = [
    hash,
    scenarioHash(scenario, other),
    scenarioHash({ ...scenario, sagas: scenario.sagas.map((saga) => ({ ...saga, version: 2 })) }, file),
    scenarioHash({ ...scenario, workload: () => ({ saga: scenario.sagas[0]!, input: 1 }) }, file),
    scenarioHash({ ...scenario, latency: { ...scenario.latency, p50Us: 1 } }, file),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});
