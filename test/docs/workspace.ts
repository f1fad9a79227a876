// A folder in which snippets of the docs are what their readers have: files beside one another, in a package that has
// `sagastorm` installed, which is this checkout.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeProcess } from './snippets.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
/** Of what is installed here, what snippets may import. */
const PACKAGES = ['vitest', 'fast-check', 'hono', 'express', 'zod', '@types', 'undici-types'];

const MANIFEST = '{ "type": "module" }';

/** Makes the folder; folders in it are packages of a reader each. */
export function newWorkspace(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-docs-'));
  const installed = join(folder, 'node_modules');
  mkdirSync(installed);
  for (const name of PACKAGES) symlinkSync(join(ROOT, 'node_modules', name), join(installed, name));
  install(join(installed, 'sagastorm'));
  writeFileSync(join(folder, 'package.json'), MANIFEST);
  return folder;
}

/** A package of its own, with the scenarios that come along. */
export function newPackage(workspace: string, name: string): string {
  const folder = join(workspace, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), MANIFEST);
  const scenarios = join(folder, 'scenarios'); // a folder of its own, since failures are pinned in it
  mkdirSync(scenarios);
  for (const file of readdirSync(join(ROOT, 'scenarios')))
    symlinkSync(join(ROOT, 'scenarios', file), join(scenarios, file));
  return folder;
}

/** What TypeScript has against the code in the folder `checked`, as strict as a careful reader has it; empty when nothing. */
export async function compilerSays(
  workspace: string,
  stricter: Readonly<Record<string, boolean>> = {},
): Promise<string> {
  const compilerOptions = {
    strict: true,
    ...stricter,
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  writeFileSync(join(workspace, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['checked'] }));
  const { stdout } = await nodeProcess([TSC, '-p', '.'], workspace);
  return stdout;
}

/** Every subpath leads to the source that it is built of. */
function install(folder: string): void {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  mkdirSync(folder);
  const paths = Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string') return [];
    const source = join(ROOT, target.default.replace('./dist/', '').replace(/\.js$/, '.ts'));
    const stub = `./${path.slice(2).replaceAll('/', '-') || 'index'}`;
    writeFileSync(join(folder, `${stub}.js`), `export * from '${pathToFileURL(source).href}';\n`);
    writeFileSync(join(folder, `${stub}.d.ts`), `export * from '${source}';\n`);
    return [[path, { types: `${stub}.d.ts`, default: `${stub}.js` }] as const];
  });
  const manifest = { name: 'sagastorm', type: 'module', exports: Object.fromEntries(paths) };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
}
