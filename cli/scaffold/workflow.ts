// The workflow for GitHub Actions that `sagastorm init` writes: the tests at every push, more seeds every night.

import type { PackageManager } from './package-manager.ts';

/** The text of the workflow, for projects of this package manager. */
export function workflow({ name, frozen, exec }: PackageManager): string {
  const setup = name === 'bun' ? ['      - uses: oven-sh/setup-bun@v2'] : [];
  const corepack = name === 'pnpm' || name === 'yarn' ? ['      - run: corepack enable'] : [];
  return [
    '# The sagas in a storm: their tests at every push, and every night under seeds that nobody has seen.',
    'name: sagastorm',
    'on:',
    '  push:',
    '  pull_request:',
    '  schedule:',
    "    - cron: '17 3 * * *'",
    '',
    'permissions:',
    '  contents: read',
    '',
    'jobs:',
    '  storm:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    '      - uses: actions/checkout@v4',
    '      - uses: actions/setup-node@v4',
    '        with:',
    '          node-version: 24',
    ...setup,
    ...corepack,
    `      - run: ${frozen}`,
    `      - run: ${exec} vitest run`,
    '      - run: >-',
    `          ${exec} sagastorm run --seed \${{ github.run_id }}`,
    '          --reporter pretty --reporter github --reporter html',
    '      - uses: actions/upload-artifact@v4',
    `        if: \${{ !cancelled() }}`,
    '        with:',
    '          name: sagastorm',
    '          path: .sagastorm',
    '          include-hidden-files: true',
    '',
  ].join('\n');
}
