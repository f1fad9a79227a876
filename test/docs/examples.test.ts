// Every example of the reference compiles, as its reader would write it: with what the package exports, and with things of
// the reader's own, which stand-ins.ts stands for. A line `…` is what the reader does meanwhile.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compilerSays, newWorkspace } from './workspace.ts';

const STAND_INS = join(import.meta.dirname, 'stand-ins.ts');
const PAGES = readdirSync('docs/reference').filter((name) => name !== 'README.md');

const api = JSON.parse(readFileSync('test/package/public-api.json', 'utf8')) as Readonly<
  Record<string, readonly string[]>
>;
/** Subpath → its names. */
const exported = new Map(
  Object.entries(api).map(([path, names]) => [path, names.map((name) => name.replace(' (type)', ''))]),
);
const standIns = [
  ...readFileSync(STAND_INS, 'utf8').matchAll(
    /^export (?:declare )?(?:const|function|class|interface) (\w+)/gm,
  ),
].map(([, name]) => name!);
const OTHERS = ['bearerAuth', 'DatabaseSync', 'express', 'fc', 'Hono', 'Pool', 'PoolClient', 'expect'];

const workspace = newWorkspace();
afterAll(() => rmSync(workspace, { recursive: true }));

/** The example as a module: what it uses and does not declare is imported, from its own subpath first. */
function moduleOf(example: string, subpath: string): string {
  const declared = new Set(
    [...example.matchAll(/\b(?:const|let|class|function) (?:\{ ([^}]*) \}|(\w+))/g)].flatMap(
      ([, many, one]) => (many === undefined ? [one!] : many.split(/,\s*/)),
    ),
  );
  const used = new Set(
    [...example.replaceAll(/'[^']*'|\/\/.*$/gm, '').matchAll(/(?<!\w|(?<!\.\.)\.)[A-Za-z]\w*/g)].map(
      ([word]) => word,
    ),
  );
  const wanted = [...used].filter((name) => !declared.has(name));
  const imports = new Map<string, string[]>();
  const paths = [subpath, ...[...exported.keys()].filter((path) => path !== subpath)];
  for (const name of wanted) {
    const isOwn = exported.get(subpath)?.includes(name);
    const from =
      !isOwn && [...standIns, ...OTHERS].includes(name)
        ? STAND_INS
        : paths.find((path) => exported.get(path)!.includes(name));
    if (from === undefined) continue;
    const specifier = from === STAND_INS ? STAND_INS : from.replace('.', 'sagastorm');
    imports.set(specifier, [...(imports.get(specifier) ?? []), name]);
  }
  const head = [...imports]
    .map(([from, names]) => `import { ${names.join(', ')} } from '${from}';`)
    .join('\n');
  const text = example.replaceAll(/^…$/gm, '');
  const isModule = /^export /m.test(text);
  const isMembers = /^\w+: /.test(text);
  return `${head}\n${isModule ? text : `export async function example() {\n${isMembers ? `return {\n${text}\n};` : text}\n}`}\n`;
}

test('every example of the reference compiles', async () => {
  const folder = join(workspace, 'checked');
  mkdirSync(folder);
  let count = 0;
  for (const page of PAGES) {
    const subpath = `./${page.replace(/\.md$/, '').replace('fence-http', 'fence/http').replace('participants-http', 'participants/http')}`;
    for (const [, example] of readFileSync(`docs/reference/${page}`, 'utf8').matchAll(
      /```ts example\n([\s\S]*?)\n```/g,
    )) {
      writeFileSync(join(folder, `${page}-${++count}.ts`), moduleOf(example!, subpath));
    }
  }
  expect(count).toBeGreaterThan(50);
  expect(await compilerSays(workspace, { exactOptionalPropertyTypes: true })).toBe('');
});
