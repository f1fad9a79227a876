// `sagastorm init` writes what runs at once, overwrites nothing, and asks nothing; `sagastorm.config.ts` says what `run`
// does by default. What a newcomer does with it from the packed package is in test/package/adopt.sh.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture, freshFolder, sagastorm } from './sagastorm.ts';

const NAMES = ['sagas/checkout', 'sagas/checkout.scenario', 'sagas/checkout.test', 'sagastorm.config'];
const WORKFLOW = '.github/workflows/sagastorm.yml';

function packageOf(manifest: string): string {
  const folder = freshFolder();
  writeFileSync(join(folder, 'package.json'), manifest);
  return folder;
}

describe.concurrent('init', () => {
  test.each([
    ['{ "type": "module" }', 'ts'],
    ['{ "type": "commonjs" }', 'mts'],
    ['{}', 'mts'],
  ])('in a package %s writes .%s files', async (manifest, extension) => {
    const folder = packageOf(manifest);
    const { code, stdout, stderr } = await sagastorm(['init', '--no-install'], folder);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of NAMES) {
      expect(stdout).toContain(` + ${name}.${extension}\n`);
      expect(existsSync(join(folder, `${name}.${extension}`))).toBe(true);
    }
    expect(readFileSync(join(folder, WORKFLOW), 'utf8')).toContain('npm ci');
    expect(stdout).toContain('npm install --save-dev sagastorm vitest');
    expect(stdout).toContain('Add .sagastorm/ to .gitignore');
    const scenario = readFileSync(join(folder, `sagas/checkout.scenario.${extension}`), 'utf8');
    expect(scenario).toContain(`from './checkout.${extension}'`);
  });

  test('a file that exists is left alone and named, and the others are written', async () => {
    const folder = packageOf('{ "type": "module" }');
    mkdirSync(join(folder, 'sagas'));
    writeFileSync(join(folder, 'sagas/checkout.ts'), '// mine');
    writeFileSync(join(folder, '.gitignore'), 'node_modules\n.sagastorm/\n');
    const { code, stdout } = await sagastorm(['init', '--no-install', '--no-workflow'], folder);
    expect(code).toBe(0);
    expect(stdout).toContain('sagas/checkout.ts is there already: left alone');
    expect(stdout).toContain(' + sagas/checkout.test.ts');
    expect(stdout).not.toContain('.gitignore');
    expect(readFileSync(join(folder, 'sagas/checkout.ts'), 'utf8')).toBe('// mine');
    expect(existsSync(join(folder, WORKFLOW))).toBe(false);
  });

  test.each([
    ['pnpm-lock.yaml', 'pnpm add --save-dev sagastorm vitest', 'pnpm exec vitest run'],
    ['yarn.lock', 'yarn add --dev sagastorm vitest', 'yarn vitest run'],
  ])('a project with %s is spoken to as it is used', async (lockFile, add, exec) => {
    const folder = packageOf('{ "type": "module" }');
    writeFileSync(join(folder, lockFile), '');
    const { stdout } = await sagastorm(['init', '--no-install'], folder);
    expect(stdout).toContain(add);
    expect(stdout).toContain(exec);
    expect(readFileSync(join(folder, WORKFLOW), 'utf8')).toContain(exec);
  });

  test('outside of a package it says where to begin', async () => {
    const { code, stderr } = await sagastorm(['init']);
    expect(code).toBe(64);
    expect(stderr).toBe(
      'sagastorm: there is no package.json here.\n  Run `npm init -y` first, or go where it is.\n',
    );
  });
});

describe.concurrent('sagastorm.config.ts', () => {
  test('says what run does where the command line says nothing', async () => {
    const folder = packageOf('{ "type": "module" }');
    const config = { scenarios: [fixture('honest.ts')], seeds: 3, sagas: 2, seed: 'mine', profile: 'calm' };
    writeFileSync(join(folder, 'sagastorm.config.ts'), `export default ${JSON.stringify(config)};`);
    const { code, stdout } = await sagastorm(['run', '--sagas', '4'], folder);
    expect(stdout).toContain('3 runs × 4 sagas · root seed "mine" · calm');
    expect(code).toBe(0);
  });

  test.each([
    ['export default { sedes: 3 };', 'unknown member "sedes"', 'Did you mean "seeds"'],
    ['export default { seeds: -3 };', '--seeds takes a whole number', ''],
    ['export default { scenarios: 3 };', 'scenarios is no list of texts', 'paths'],
    ['export const a = 1;', 'exports no configuration', 'export default defineConfig'],
    ['throw new Error("broken");', 'could not be loaded: broken', ''],
  ])('%s is refused in one sentence', async (text, message, hint) => {
    const folder = packageOf('{ "type": "module" }');
    writeFileSync(join(folder, 'sagastorm.config.ts'), text);
    const { code, stderr } = await sagastorm(['run'], folder);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(code).toBe(64);
  });
});
