// How the tests are run. Node keeps what it compiles for every process and thread that a test starts, as it does for the
// command line (cli/main.ts): most of them live for less time than their modules take to compile.
//
// Tests of what only computes share a process and the modules that it has loaded. All others have a process for each file:
// they start servers, browsers and processes, or measure what the process keeps.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { TEST_MS_MAX } from './test/patience.ts';

process.env.NODE_COMPILE_CACHE ||= join(tmpdir(), 'node-compile-cache');

/** Temporary files of all tests. What they leave goes with it; its name is short, for sockets have short paths. */
const folder = mkdtempSync(join(tmpdir(), 'saga-'));
chmodSync(folder, 0o755); // a PostgreSQL may run as another user
for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Not those that have a database, or look at their own memory or processes. */
const COMPUTES = [
  'test/engine/{choreography,core,event-sourcing,isolation,observe,policy,two-phase-commit}/**/!(*-postgres|*-sqlite).test.ts',
  'test/engine/fence/*.test.ts',
  'test/participants-mock/*.test.ts',
  'test/reports/**/*.test.ts',
  'test/simulator/**/!(memory|not-for-real).test.ts',
];

export default defineConfig({
  test: {
    testTimeout: TEST_MS_MAX,
    hookTimeout: TEST_MS_MAX,
    maxWorkers: '100%', // of the cores: tests compute more than they wait
    projects: [
      {
        extends: true,
        test: { name: 'unit', isolate: false, include: COMPUTES },
      },
      {
        extends: true,
        test: { name: 'integration', include: ['test/**/*.test.ts'], exclude: COMPUTES },
      },
    ],
  },
});
