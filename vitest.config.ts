// How the tests are run. Node keeps what it compiles for every process and thread that a test starts, as it does for the
// command line (cli/main.ts): most of them live for less time than their modules take to compile.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

process.env.NODE_COMPILE_CACHE ||= join(tmpdir(), 'node-compile-cache');

export default defineConfig({
  test: {
    testTimeout: 60_000,
    maxWorkers: '100%', // of the cores: tests compute more than they wait
  },
});
