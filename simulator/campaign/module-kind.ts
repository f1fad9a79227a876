// Whether Node takes a file for an ES module. It goes by the extension first, then by the nearest package.json; and
// one that `npm init` wrote says CommonJS.

import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A file that is written as an ES module and that Node would read as CommonJS. */
export interface Misread {
  /** The package.json that says so (absolute). */
  readonly manifest: string;
  /** What to call the file so that it needs no package.json. */
  readonly rename: string;
}

/** Looks at a file that exists, without running it; a comment or text with a line that begins with `export` deceives it. */
export function misread(file: string): Misread | undefined {
  const extension = extname(file);
  if (extension !== '.ts' && extension !== '.js') return undefined;
  const manifest = commonJsManifest(file);
  if (manifest === undefined || !MODULE_SYNTAX.test(readFileSync(file, 'utf8'))) return undefined;
  return { manifest, rename: `${basename(file, extension)}.m${extension.slice(1)}` };
}

/** The package.json by which `.ts` and `.js` files beside `file` are CommonJS. One that says nothing lets Node guess. */
export function commonJsManifest(file: string): string | undefined {
  const manifest = findPackageJSON(pathToFileURL(file));
  return manifest !== undefined && typeIn(manifest) === 'commonjs' ? manifest : undefined;
}

/** `import(…)` is allowed in CommonJS. */
const MODULE_SYNTAX = /^(?:import\b(?!\s*\()|export\b)/m;

function typeIn(manifest: string): unknown {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly type?: unknown } | null)?.type;
  } catch {
    return undefined; // Node says what is wrong with it when it loads the file
  }
}
