// `sagastorm init`: a saga, a scenario, a test, a configuration and a workflow for a project that is there already.
//
// N1. Nothing is overwritten: a file that exists is left alone, and named.
// N2. No question is asked. What the test needs and the project has not is installed, unless --no-install.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../../engine/core/user-error.ts';
import { type GivenFlags, refuseWords } from '../command-line.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isGiven } from '../flags.ts';
import { type PackageManager, packageManager } from '../scaffold/package-manager.ts';
import { type ModuleExtension, type ScaffoldFile, scaffold } from '../scaffold/scaffold.ts';
import { INIT } from '../specs.ts';
import { palette, print, remark } from '../terminal.ts';

const MANIFEST = 'package.json';
const NEEDED = ['sagastorm', 'vitest'];

export async function init(words: readonly string[], given: GivenFlags): Promise<ExitCode> {
  refuseWords(words, INIT);
  const extension = moduleExtension();
  const manager = packageManager();
  const files = scaffold(extension, manager, !isGiven(given, 'no-workflow'));
  const { bold, dim, green } = palette(isGiven(given, 'no-color'));
  for (const file of files) {
    print(
      write(file) ? ` ${green('+')} ${file.path}\n` : dim(` · ${file.path} is there already: left alone\n`),
    );
  }
  const missing = NEEDED.filter((name) => !isInstalled(name));
  const installed = missing.length === 0 || (!isGiven(given, 'no-install') && install(manager, missing));
  const first = installed ? [] : [[commandOf(manager, missing), 'what the test needs'] as const];
  const next = [...first, ...nextSteps(manager, extension)];
  const column = Math.max(...next.map(([command]) => command.length)) + 3;
  print(`\n${next.map(([command, what]) => ` ${bold(command.padEnd(column))}${what}`).join('\n')}\n`);
  if (!isIgnored()) print(dim('\n Add .sagastorm/ to .gitignore: results and replays are kept there.\n'));
  return EXIT.held;
}

function nextSteps(
  { exec }: PackageManager,
  extension: ModuleExtension,
): readonly (readonly [string, string])[] {
  return [
    [
      `${exec} vitest run`,
      `green; then uncomment the one line in sagas/checkout.${extension}, and see it fail`,
    ],
    [`${exec} sagastorm run`, 'the same with 1,000 seeds on all cores, and a report'],
  ];
}

/** @throws UserError `no-package` or `bad-package` */
function moduleExtension(): ModuleExtension {
  if (!existsSync(MANIFEST))
    throw new UserError(
      'no-package',
      'there is no package.json here',
      'Run `npm init -y` first, or go where it is.',
    );
  try {
    const { type } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { readonly type?: unknown };
    return type === 'module' ? 'ts' : 'mts'; // without a type Node guesses, and warns
  } catch {
    throw new UserError('bad-package', 'package.json is no JSON object', 'Mend it first.');
  }
}

/** N1. False for a file that is there. */
function write({ path, text }: ScaffoldFile): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && existsSync(path)) return false;
    throw new UserError('cannot-write', `${path} cannot be written: ${message}`);
  }
}

function isInstalled(name: string): boolean {
  try {
    return findPackageJSON(name, pathToFileURL(resolve(MANIFEST))) !== undefined;
  } catch {
    return false;
  }
}

function commandOf({ name, add }: PackageManager, packages: readonly string[]): string {
  return [name, ...add, ...packages].join(' ');
}

/** N2. */
function install(manager: PackageManager, packages: readonly string[]): boolean {
  remark(`\n${commandOf(manager, packages)}\n`);
  const { status } = spawnSync(manager.name, [...manager.add, ...packages], {
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32',
  });
  return status === 0;
}

function isIgnored(): boolean {
  return existsSync('.gitignore') && /^\/?\.sagastorm\/?$/m.test(readFileSync('.gitignore', 'utf8'));
}
