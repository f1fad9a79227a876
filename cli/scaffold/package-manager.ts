// Which package manager a project uses, by its lock file, and how it is spoken to.

import { existsSync } from 'node:fs';

export interface PackageManager {
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun';
  readonly lockFile: string;
  /** What adds packages for development. */
  readonly add: readonly string[];
  /** What installs exactly what the lock file says. */
  readonly frozen: string;
  /** What runs the program of a package. */
  readonly exec: string;
}

const NPM: PackageManager = {
  name: 'npm',
  lockFile: 'package-lock.json',
  add: ['install', '--save-dev'],
  frozen: 'npm ci',
  exec: 'npx',
};
const OTHERS: readonly PackageManager[] = [
  {
    name: 'pnpm',
    lockFile: 'pnpm-lock.yaml',
    add: ['add', '--save-dev'],
    frozen: 'pnpm install --frozen-lockfile',
    exec: 'pnpm exec',
  },
  {
    name: 'yarn',
    lockFile: 'yarn.lock',
    add: ['add', '--dev'],
    frozen: 'yarn install --frozen-lockfile',
    exec: 'yarn',
  },
  {
    name: 'bun',
    lockFile: 'bun.lock',
    add: ['add', '--dev'],
    frozen: 'bun install --frozen-lockfile',
    exec: 'bunx',
  },
];

/** The one whose lock file lies in this folder; npm where there is none. */
export function packageManager(): PackageManager {
  return OTHERS.find(({ lockFile }) => existsSync(lockFile)) ?? NPM;
}
