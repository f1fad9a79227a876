// The reference of the API in docs/reference, a page per subpath of the package, made of what the package declares and of
// its docstrings: `npm run reference` writes it, and a test says when it is out of date.
//
// A page changes when the API or a docstring does, and not when code moves: it has no line numbers.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ExportedModule, type ExportedName, exportedModules } from '../package/exported-names.ts';

const FOLDER = resolve(import.meta.dirname, '../../docs/reference');
/** `sagastorm` alone is `sagastorm/engine` under a shorter name: one page is enough. */
const SHORT = '.';
const GROUPS = [
  ['Functions, classes and values', (name: ExportedName) => name.kind !== 'type'],
  ['Types', (name: ExportedName) => name.kind === 'type'],
] as const;

/** File name → text, as the pages should be; the index is among them. */
export function referencePages(
  modules: readonly ExportedModule[] = exportedModules(),
): Readonly<Record<string, string>> {
  const own = modules.filter(({ path }) => path !== SHORT);
  const pages = own.map((module) => [fileOf(module), pageOf(module)] as const);
  return { 'README.md': indexOf(own), ...Object.fromEntries(pages) };
}

/** File name → text, as the pages are. */
export function committedPages(): Readonly<Record<string, string>> {
  const files = readdirSync(FOLDER);
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]));
}

function fileOf({ path }: ExportedModule): string {
  return `${path.slice(2).replaceAll('/', '-')}.md`;
}

function importOf({ path }: ExportedModule): string {
  return path.replace('.', 'sagastorm');
}

const MADE = '<!-- Made of the docstrings in the sources by `npm run reference`: change those. -->';

function indexOf(modules: readonly ExportedModule[]): string {
  const rows = modules.map(
    (module) => `| [\`${importOf(module)}\`](${fileOf(module)}) | ${module.names.length} | ${module.head} |`,
  );
  return [
    '# The API',
    MADE,
    'What `sagastorm` exports, by the subpath that it is imported from; `sagastorm` alone is `sagastorm/engine`.',
    ['| module | names | |', '| --- | ---: | --- |', ...rows].join('\n'),
    'Codes such as (E2) or (S9) are the numbered rules in [ARCHITECTURE.md](../../ARCHITECTURE.md).',
    '',
  ].join('\n\n');
}

function pageOf(module: ExportedModule): string {
  const groups = GROUPS.flatMap(([title, isOf]) => {
    const names = module.names.filter(isOf);
    if (names.length === 0) return [];
    const list = names.map(({ name }) => `[\`${name}\`](#${anchorOf(name)})`).join(' · ');
    return [`## ${title}`, list, ...names.map(entryOf)];
  });
  return [`# \`${importOf(module)}\``, MADE, module.head, ...groups, ''].join('\n\n');
}

function entryOf({ name, signature, doc, notes, examples, source }: ExportedName): string {
  return [
    `### ${name}`,
    doc,
    `\`\`\`ts declaration\n${signature.replaceAll(LINK, '$1')}\n\`\`\``,
    ...examples.map((example) => `\`\`\`ts example\n${example}\n\`\`\``),
    ...notes.map((note) => note.replace(/^\w+/, '_$&_')),
    `[${source}](../../${source})`,
  ].join('\n\n');
}

/** In a block of code nothing can be followed. */
const LINK = /\{@link ([^}]+)\}/g;

function anchorOf(name: string): string {
  return name.toLowerCase();
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [file, text] of Object.entries(referencePages())) writeFileSync(join(FOLDER, file), text);
}
