// A fresh clone has no dist/: a scenario in it that imports `sagastorm` cannot be loaded, and is told what to do.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const PARTS = ['cli', 'engine', 'participants-mock', 'reports', 'scenarios', 'simulator', 'package.json'];

let clone = '';
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clone-'));
  for (const part of PARTS) cpSync(part, join(clone, part), { recursive: true });
  symlinkSync(resolve('node_modules'), join(clone, 'node_modules'));
  mkdirSync(join(clone, 'mine'));
});
afterEach(() => rmSync(clone, { recursive: true }));

function run(text: string) {
  writeFileSync(join(clone, 'mine/checkout.ts'), text);
  const words = [join(clone, 'cli/main.ts'), 'run', 'mine/checkout.ts'];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: clone, encoding: 'utf8' });
  return { status, stderr };
}

test('who imports sagastorm in a clone that is not built is told to build it', () => {
  for (const from of ['sagastorm', 'sagastorm/simulator'])
    expect(run(`import { defineSaga } from '${from}';\nexport default defineSaga({});\n`)).toEqual({
      status: 64,
      stderr:
        'sagastorm: mine/checkout.ts imports sagastorm, and this clone of it is not built.\n' +
        '  Run `npm run build` in the clone, and again when something in it has changed.\n',
    });
  expect(run("import './nowhere.ts';\n").stderr).toContain('could not be loaded: Cannot find module');
});
