// The file of a scenario that a test has in its hands: one of those that the test imports. With it a failure leaves a
// capsule, which `sagastorm replay` runs again; a scenario that stands in the test itself has no file of its own.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { loadScenario } from '../../simulator/campaign/load-scenario.ts';
import type { Scenario } from '../../simulator/scenario.ts';

const IMPORTED = /^import\b[^'";]*?from\s+['"](\.{1,2}\/[^'"]+)['"]/gm;
/** As the importing file may write it, and as the file may be called. */
const SPELLINGS: readonly (readonly [written: string, called: readonly string[]])[] = [
  ['', ['.ts', '.mts', '.js', '.mjs']],
  ['.js', ['.ts']],
  ['.mjs', ['.mts']],
];

/**
 * The file that has this scenario as its default export, among those that `test` imports; undefined when there is none,
 * or Node cannot load it as it is.
 */
export async function fileOfScenario({ name }: Scenario, test: string): Promise<string | undefined> {
  for (const file of importedBy(test)) {
    if (!readFileSync(file, 'utf8').includes('defineScenario(')) continue;
    const found = await loadScenario(file).catch(() => undefined); // it is only looked for
    if (found?.scenario.name === name) return file;
  }
  return undefined;
}

function importedBy(test: string): readonly string[] {
  const paths = readFileSync(test, 'utf8').matchAll(IMPORTED);
  return [...paths].flatMap(([, path]) => fileOf(resolve(dirname(test), path!)) ?? []);
}

function fileOf(path: string): string | undefined {
  if (/\.m?[tj]s$/.test(path) && existsSync(path)) return path;
  const ending = /\.m?[tj]s$/.test(path) ? extname(path) : '';
  const bare = path.slice(0, path.length - ending.length);
  const called = SPELLINGS.find(([written]) => written === ending)?.[1] ?? [];
  return called.map((extension) => `${bare}${extension}`).find((file) => existsSync(file));
}
