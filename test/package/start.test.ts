// The command line starts without what is heavy: HTTP, databases, charts, schemas and logs are loaded by who needs them.

import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const HEAVY = [
  'd3-node',
  'jsdom',
  'hono',
  '@hono/node-server',
  '@hono/zod-openapi',
  'pg',
  'pino',
  'prom-client',
  'zod',
];
const PEERS = ['vitest', 'fast-check'];
/** What a run needs, and no help, no wrong word and no look at a store. */
const OF_RUNS = ['seedrandom', 'tinypool', 'hdr-histogram-js'];

function loadedBy(...words: readonly string[]): readonly string[] {
  const hook = ['--import', resolve('test/package/loaded.mjs')];
  const { stderr } = spawnSync(process.execPath, [...hook, ...words], { encoding: 'utf8' });
  return /^loaded (.*)$/m.exec(stderr)![1]!.split(' ');
}

test('the program loads nothing heavy before a command needs it', () => {
  const loaded = loadedBy(resolve('cli/main.ts'), '--version');
  expect(loaded).toContain('cac');
  for (const name of [...HEAVY, ...PEERS, ...OF_RUNS]) expect(loaded).not.toContain(name);
});

test('nor do the engine and the simulator, for who imports them', () => {
  const files = [
    'engine/index.ts',
    'simulator/index.ts',
    'participants-mock/index.ts',
    'engine/fence/index.ts',
  ];
  for (const file of files) {
    const loaded = loadedBy(
      '--eval',
      `await import(${JSON.stringify(resolve(file))})`,
      '--input-type=module',
    );
    expect(loaded.filter((name) => name !== '' && name !== 'seedrandom')).toEqual([]);
  }
});
