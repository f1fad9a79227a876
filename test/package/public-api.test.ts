// The public API is what was agreed on, the package states what it costs, and nothing of it runs when it is installed.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { publicApi, SNAPSHOT, sourceOf } from './public-api.ts';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string; readonly types: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

const manifest = JSON.parse(readFileSync(resolve('package.json'), 'utf8')) as Manifest;

test('the names that each subpath exports are those of the snapshot (`npm run api` takes them down)', () => {
  expect(publicApi()).toEqual(JSON.parse(readFileSync(SNAPSHOT, 'utf8')));
});

test('what the snapshot calls a value is one, and nothing else is', async () => {
  for (const [path, names] of Object.entries(publicApi())) {
    const target = manifest.exports[path]!;
    if (typeof target === 'string') continue;
    const module = (await import(pathToFileURL(sourceOf(target.default)).href)) as object;
    expect([path, Object.keys(module).sort()]).toEqual([path, names.filter((name) => !name.endsWith(')'))]);
    expect(target.types).toBe(target.default.replace(/\.js$/, '.d.ts'));
  }
});

test('docs/package.md justifies every dependency in one line, and no other', () => {
  const page = readFileSync(resolve('docs/package.md'), 'utf8');
  const [, list = ''] = page.split('## Size and dependencies');
  const told = [...list.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  const { dependencies, peerDependencies } = manifest;
  expect(told.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort());
});

test('peers are optional, and nothing runs on installation', () => {
  const { peerDependencies, peerDependenciesMeta, scripts } = manifest;
  for (const name of Object.keys(peerDependencies)) expect(peerDependenciesMeta[name]?.optional).toBe(true);
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(scripts).not.toHaveProperty(name);
});
