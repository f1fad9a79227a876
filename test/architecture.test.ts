// The rules of ARCHITECTURE.md as a test: who may import whom, no cycles, nothing ambient, nothing too long.
// Each rule is also shown a tree that breaks it.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Sources, violations } from './architecture.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS = [
  'engine',
  'simulator',
  'participants-mock',
  'scenarios',
  'reports',
  'bench',
  'testing',
  'cli',
];

function sources(): Sources {
  return new Map(
    FOLDERS.flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
        .map((file) => relative(ROOT, join(ROOT, folder, file)))
        .map((file) => [file, readFileSync(join(ROOT, file), 'utf8')] as const),
    ),
  );
}

test('the code keeps to the architecture', () => {
  const tree = sources();
  expect(tree.size).toBeGreaterThan(80);
  expect(violations(tree)).toEqual([]);
});

const HEAD = '// What this file owns.\n';
const LONG = `export function long(): void {\n${'  act();\n'.repeat(61)}}\n`;

test.each([
  ['core imports policy', 'engine/core/a.ts', "import { b } from '../policy/b.ts';", 'may not import'],
  ['policy imports the fence', 'engine/policy/a.ts', "import '../fence/b.ts';", 'may not import'],
  [
    'the kernel knows of sagas',
    'simulator/kernel/a.ts',
    "import { b } from '../world/b.ts';",
    'may not import',
  ],
  ['the world starts threads', 'simulator/world/a.ts', "import '../campaign/b.ts';", 'may not import'],
  [
    'participants know the simulator',
    'participants-mock/a.ts',
    "import '../simulator/index.ts';",
    'may not import',
  ],
  ['a scenario reaches inside', 'scenarios/a.ts', "import '../simulator/world/b.ts';", 'may not import'],
  ['a report reads the simulator', 'reports/a.ts', "import '../simulator/index.ts';", 'may not import'],
  ['a matcher runs a command', 'testing/a.ts', "import '../cli/commands/run.ts';", 'may not import'],
  ['the engine imports the cli', 'engine/core/a.ts', "import '../../cli/main.ts';", 'may not import'],
  ['core imports a package', 'engine/core/a.ts', "import { z } from 'zod';", 'may not import'],
  ['the simulator imports the file system', 'simulator/world/a.ts', "import 'node:fs';", 'may not import'],
  ['the clock is read', 'engine/core/a.ts', 'const now = Date.now();', 'Date.now'],
  ['the date is asked for', 'simulator/world/a.ts', 'const now = new Date();', 'new Date()'],
  ['a random number is drawn', 'participants-mock/a.ts', 'const x = Math.random();', 'Math.random'],
  ['a timer is set', 'simulator/kernel/a.ts', 'setTimeout(act, 1);', 'setTimeout'],
  ['the process is asked', 'engine/policy/a.ts', 'const x = process.env.X;', 'process.'],
  ['an exponential is taken', 'engine/policy/a.ts', 'const x = Math.pow(2, 3);', 'Math.pow'],
  ['a power is taken', 'simulator/world/a.ts', 'const x = n ** m;', '**'],
  ['a function is too long', 'cli/a.ts', LONG, 'is 63 lines long'],
  ['a file is too long', 'cli/a.ts', 'act();\n'.repeat(401), 'lines'],
  ['an enum', 'cli/a.ts', 'export enum A { B }', 'enum'],
  ['a default export', 'engine/core/a.ts', 'export default 1;', 'default export'],
])('a tree in which %s is refused', (_what, file, text, message) => {
  const tree = new Map([[file, `${HEAD}${text}\n`]]);
  expect(violations(tree).join('\n')).toContain(message);
});

test('a tree with a cycle is refused, and the cycle is named', () => {
  const tree = new Map([
    ['engine/core/a.ts', `${HEAD}import { b } from './b.ts';\n`],
    ['engine/core/b.ts', `${HEAD}import type { c } from './c.ts';\n`],
    ['engine/core/c.ts', `${HEAD}export { a } from './a.ts';\n`],
  ]);
  expect(violations(tree)).toEqual([
    'import cycle: engine/core/a.ts → engine/core/b.ts → engine/core/c.ts → engine/core/a.ts',
  ]);
});

test('a file without a header is refused', () => {
  expect(violations(new Map([['cli/a.ts', 'act();\n']])).join()).toContain('does not say what it owns');
});

test('a banned word in a comment or a string is no call', () => {
  const text = `${HEAD}// Date.now() is not called here.\nconst words = 'Math.random()';\n`;
  expect(violations(new Map([['engine/core/a.ts', text]]))).toEqual([]);
});
