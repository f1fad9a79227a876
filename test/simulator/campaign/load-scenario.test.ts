// A scenario is found by name or path; what is wrong with a file is said in one sentence.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  listScenarios,
  loadScenario,
  readJson,
  scenarioNames,
  withSaga,
} from '../../../simulator/campaign/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sagastorm-load-'));

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

test('every scenario of the package can be loaded by its name, and is called so', async () => {
  const names = scenarioNames();
  expect(names).toContain('bank-transfer');
  const loaded = await Promise.all(names.map(loadScenario));
  expect(loaded.map(({ scenario }) => scenario.name)).toEqual(names);
  expect((await listScenarios()).map(({ name }) => name)).toEqual(names);
});

test('a file is loaded by its path', async () => {
  expect((await loadScenario('test/cli/fixtures/honest.ts')).scenario.name).toBe('honest');
});

test.each<[string, string, string | RegExp]>([
  ['bank-transfr', 'unknown-scenario', /^Did you mean "bank-transfer"\?/],
  ['nothing-like-it', 'unknown-scenario', /^Known: bank-transfer, /],
  ['./none.ts', 'scenario-not-found', /sagastorm list/],
  ['test/cli', 'not-a-scenario', /Give a module/],
  ['package.json', 'not-a-scenario', /sagastorm replay/],
])('%s is refused as %s', async (name, code, hint) => {
  await expect(loadScenario(name)).rejects.toMatchObject({ code, hint: expect.stringMatching(hint) });
});

test('an ES module in a package that says CommonJS is refused before it is run', async () => {
  const packageFolder = join(folder, 'commonjs');
  mkdirSync(packageFolder);
  written('commonjs/package.json', '{ "type": "commonjs" }');
  for (const [name, rename] of [
    ['mine.ts', 'mine.mts'],
    ['mine.js', 'mine.mjs'],
  ] as const) {
    const file = written(`commonjs/${name}`, '// mine\nexport default {};\n');
    await expect(loadScenario(file)).rejects.toMatchObject({
      code: 'scenario-broken',
      message: `${file} is an ES module, but ${join(packageFolder, 'package.json')} says "type": "commonjs"`,
      hint: `Rename it to ${rename}, and what it imports likewise; or say "type": "module" there.`,
    });
  }
});

test.each<[string, string, string]>([
  ['a stray token', '{\n  "name": deed\n}', "Unexpected token 'd' at line 2, column 11"],
  ['a trailing comma', '[1,]', "Unexpected token ']' at line 1, column 4"],
  [
    'a missing comma',
    '{\n "a": 1\n "b": 2 }',
    "Expected ',' or '}' after property value at line 3, column 2",
  ],
  ['an early end', '{"a": [1, 2', "Expected ',' or ']' after array element at line 1, column 12"],
  ['no text at all', ' \n', 'it is empty'],
])('%s in JSON is named by line and column', (_, text, fault) => {
  const file = written('broken.json', text);
  expect(() => readJson(file, 'a saga')).toThrow(`is not JSON: ${fault}`);
});

test('a saga that calls a service nobody offers is refused', async () => {
  const { scenario } = await loadScenario('test/cli/fixtures/honest.ts');
  const body = readJson('test/cli/fixtures/unknown-service.json', 'a saga');
  expect(() => withSaga(scenario, body)).toThrow('unknown service "post-office"');
});
