// What the package exports, by subpath: names of values and of types, read off the sources. `--write` takes them down in
// public-api.json, and the difference is part of a review: whatever goes from there breaks somebody.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Names, sorted; those of types end in ` (type)`. A file that is no module has no names. */
export type PublicApi = Readonly<Record<string, readonly string[]>>;

const ROOT = resolve(import.meta.dirname, '../..');
export const SNAPSHOT = join(import.meta.dirname, 'public-api.json');

/** The exports of every subpath of package.json, from the sources that it is built of. */
export function publicApi(): PublicApi {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  const paths = Object.entries(exports).map(([path, target]) => {
    const built = typeof target === 'string' ? target : target.default;
    return [path, built.endsWith('.js') ? namesIn(sourceOf(built)) : []] as const;
  });
  return Object.fromEntries(paths);
}

/** The module in the repository that is built to this one. */
export function sourceOf(built: string): string {
  return join(ROOT, built.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts'));
}

const TYPE = ' (type)';
const AGAIN = /^export (type )?(?:\*|\{([^}]*)\}) from '([^']+)'/gm;
const HERE =
  /^export (?:declare )?(?:abstract )?(?:async )?(const|let|function\*?|class|interface|type) (\w+)/gm;

function namesIn(file: string): readonly string[] {
  if (!existsSync(file)) throw new Error(`${file} is exported and does not exist`);
  const text = readFileSync(file, 'utf8');
  const again = [...text.matchAll(AGAIN)].flatMap(([, onlyTypes, list, from]) => {
    const names = list === undefined ? namesIn(join(dirname(file), from!)) : listed(list);
    return onlyTypes === undefined ? names : names.map(asType);
  });
  const here = [...text.matchAll(HERE)].map(([, kind, name]) =>
    kind === 'interface' || kind === 'type' ? asType(name!) : name!,
  );
  const names = new Set([...again, ...here]);
  return [...names].filter((name) => !(name.endsWith(TYPE) && names.has(name.slice(0, -TYPE.length)))).sort();
}

function listed(list: string): readonly string[] {
  const items = list.split(',').map((item) => item.trim());
  return items
    .filter((item) => item !== '')
    .map((item) => {
      const name = item
        .split(' as ')
        .at(-1)!
        .replace(/^type /, '');
      return item.startsWith('type ') ? asType(name) : name;
    });
}

function asType(name: string): string {
  return name.endsWith(TYPE) ? name : `${name}${TYPE}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = `${JSON.stringify(publicApi(), undefined, 2)}\n`;
  if (process.argv.includes('--write')) writeFileSync(SNAPSHOT, text);
  else process.stdout.write(text);
}
