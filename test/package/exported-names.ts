// What the package exports, by subpath: names, signatures and docstrings, read off the declarations that it ships.
//
// R1. What is told is what the compiler declares: `tsc` writes the declarations, its own API finds what is exported.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { API, type Project, type Symbol as Sign, SymbolFlags } from 'typescript/unstable/sync';

/** An exported name, as the reader meets it. */
export interface ExportedName {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'value' | 'type';
  /** Its declaration without bodies, members with their docstrings. */
  readonly signature: string;
  /** The docstring as Markdown; empty where there is none. */
  readonly doc: string;
  /** What other tags say: `throws UserError …`. */
  readonly notes: readonly string[];
  readonly examples: readonly string[];
  /** Where it is written, from the root of the repository. */
  readonly source: string;
}

/** All that one module offers. */
export interface ExportedModule {
  /** Its subpath in package.json: `./engine`. */
  readonly path: string;
  /** The head of its index: what it is for. */
  readonly head: string;
  /** Sorted. */
  readonly names: readonly ExportedName[];
}

const ROOT = resolve(import.meta.dirname, '../..');

/** Every subpath of package.json that is code, read off freshly made declarations. */
export function exportedModules(): readonly ExportedModule[] {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-reference-'));
  try {
    declare(folder);
    const api = new API({ cwd: folder });
    try {
      const project = api.updateSnapshot({ openProjects: [join(folder, 'tsconfig.json')] }).getProjects()[0]!;
      return subpaths().map(([path, file]) => moduleOf(project, folder, path, file));
    } finally {
      api.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** R1. */
function declare(folder: string): void {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const words = [
    '-p',
    join(ROOT, 'tsconfig.build.json'),
    '--emitDeclarationOnly',
    '--noCheck',
    '--outDir',
    folder,
  ];
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tsc made no declarations:\n${stdout}`);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const compilerOptions = { module: 'nodenext', target: 'es2024', noLib: true, types: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.d.ts'] }));
}

function subpaths(): readonly (readonly [path: string, declarations: string])[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
  };
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string' ? [] : [[path, target.types.replace('./dist/', '')] as const],
  );
}

function moduleOf(project: Project, folder: string, path: string, file: string): ExportedModule {
  const { program, checker } = project;
  const symbol = checker.getSymbolAtLocation(program.getSourceFile(join(folder, file))!)!;
  const names = checker.getExportsOfModule(symbol).map((exported) => nameOf(project, folder, exported));
  const source = readFileSync(join(ROOT, file.replace('.d.ts', '.ts')), 'utf8');
  return {
    path,
    head: headOf(source),
    names: names.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The first paragraph of the comment that a file begins with. */
function headOf(source: string): string {
  const lines = source.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('// '));
  return lines
    .slice(0, end)
    .map((line) => line.slice(3))
    .join(' ');
}

function nameOf(project: Project, folder: string, exported: Sign): ExportedName {
  const { checker } = project;
  const symbol = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const declarations = symbol.declarations.map((handle) => statementOf(handle.resolve(project)!));
  const tags = checker.getJsDocTagsOfSymbol(symbol);
  return {
    name: exported.name,
    kind: kindOf(symbol.flags),
    signature: [...new Set(declarations.map(signatureOf))].join('\n'),
    doc: checker.getDocumentationCommentOfSymbol(symbol).trim(),
    notes: tags
      .filter(({ name }) => name !== 'example')
      .map(({ name, text = '' }) => `${name} ${text.trim()}`),
    examples: tags.filter(({ name }) => name === 'example').map(({ text = '' }) => text.trim()),
    source: relative(folder, symbol.declarations[0]!.path).replace('.d.ts', '.ts'),
  };
}

/** A `const` is declared in a statement of its own. */
function statementOf(node: Node): Node {
  return node.kind === SyntaxKind.VariableDeclaration ? statementOf(node.parent.parent) : node;
}

function kindOf(flags: SymbolFlags): ExportedName['kind'] {
  if (flags & SymbolFlags.Function) return 'function';
  if (flags & SymbolFlags.Class) return 'class';
  return flags & SymbolFlags.Variable ? 'value' : 'type';
}

/** Without what only the compiler reads, and indented as the sources are. */
function signatureOf(node: Node): string {
  return node
    .getText()
    .replace(/^export (declare )?/, '')
    .replace(/^ *#private;\n/gm, '')
    .replace(/^ *private [^\n]*;\n/gm, '')
    .replace(/^(?: {4})+/gm, (indent) => ' '.repeat(indent.length / 2));
}
