// Which version of a package runs here: what is installed in this folder says so itself.

import { readFileSync } from 'node:fs';

export const OWN_VERSION = 'this checkout';

export function versionOf(name: string): string {
  const file = new URL(`./node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
}
