// What the package exports, by subpath: names of values and of types. `--write` takes them down in public-api.json, and the
// difference is part of a review: whatever goes from there breaks somebody.

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exportedModules } from './exported-names.ts';

/** Names, sorted; those of types end in ` (type)`. A file that is no module has no names. */
export type PublicApi = Readonly<Record<string, readonly string[]>>;

const ROOT = resolve(import.meta.dirname, '../..');
export const SNAPSHOT = join(import.meta.dirname, 'public-api.json');

/** The exports of every subpath of package.json. */
export function publicApi(): PublicApi {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: object;
  };
  const named = exportedModules().map(({ path, names }) => [
    path,
    names.map(({ name, kind }) => (kind === 'type' ? `${name} (type)` : name)),
  ]);
  return {
    ...Object.fromEntries(Object.keys(exports).map((path) => [path, []])),
    ...Object.fromEntries(named),
  };
}

/** The module in the repository that is built to this one. */
export function sourceOf(built: string): string {
  return join(ROOT, built.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts'));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = `${JSON.stringify(publicApi(), undefined, 2)}\n`;
  if (process.argv.includes('--write')) writeFileSync(SNAPSHOT, text);
  else process.stdout.write(text);
}
