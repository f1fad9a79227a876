// Where this package's own files are: the same modules run as `.ts` from the repository and as `.js` from dist/.

import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `.ts` in the repository, `.js` once built: the extension of every module of this package. */
export const MODULE_EXTENSION = extname(fileURLToPath(import.meta.url));

/** The folder that holds `scenarios/`, `simulator/`, …: the repository, or dist/. */
const SOURCE_ROOT = new URL('../../', import.meta.url);
const PACKAGE_ROOT = MODULE_EXTENSION === '.ts' ? SOURCE_ROOT : new URL('../', SOURCE_ROOT);

/** The folder with the scenarios that come with the package. */
export const SCENARIOS_FOLDER = fileURLToPath(new URL('scenarios/', SOURCE_ROOT));

/** The file of a module of this package, by its path without extension from the source's root. */
export function modulePath(module: string): string {
  return fileURLToPath(new URL(`${module}${MODULE_EXTENSION}`, SOURCE_ROOT));
}

/** The module that the worker threads run. */
export const WORKER_MODULE = new URL(`simulator/campaign/worker-thread${MODULE_EXTENSION}`, SOURCE_ROOT).href;

/** What `sagastorm` is to who imports it from within this package: dist/, which a clone has not until it is built. */
const BUILT = fileURLToPath(new URL('dist/', PACKAGE_ROOT));

/** Whether a module could not be loaded because it imports `sagastorm` in a clone that is not built. */
export function isNotBuilt(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') return false;
  return error.message.includes(`'${BUILT}`) && !existsSync(join(BUILT, 'engine'));
}

/** This package's version. */
export const VERSION = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
