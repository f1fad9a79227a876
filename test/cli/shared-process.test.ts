// The process that tests share: one line sees nothing of another, and one that takes the process with it is named.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshFolder, line, lineByLine } from './sagastorm.ts';
import { SharedProcess } from './shared-process.ts';

test('each line has its own folder, its own output and the console as it was', async () => {
  const [one, other] = [freshFolder(), freshFolder()];
  writeFileSync(join(one, 'saga.json'), '{');
  const ends = await Promise.all([
    line(['run', 'bank-transfer', '--saga', 'saga.json'], one),
    line(['run', 'bank-transfer', '--saga', 'saga.json'], other),
    line(['--help'], other),
  ]);
  expect(ends.map(({ code }) => code)).toEqual([64, 64, 0]);
  expect(ends[0].stderr).toContain('saga.json is not JSON');
  expect(ends[1].stderr).toContain('there is no file saga.json');
  expect(ends[2]).toMatchObject({ stdout: expect.stringContaining('Usage:'), stderr: '' });
});

test('what a line has in its environment is gone with it', async () => {
  const folder = freshFolder();
  const words = ['run', 'bank-transfer', '--profile', 'none'];
  const long = await line(words, folder, { DEBUG: '1' });
  const [short] = await lineByLine([words], folder);
  expect(long.stderr).toMatch(/^\s+at /m);
  expect(short!.stderr).not.toMatch(/^\s+at /m);
});

test('a line that ends the process is named, and so is one that never ends', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'ends.mjs'), 'process.exit(3)');
  const shared = new SharedProcess(10_000);
  const run = (...words: readonly string[]) => shared.run({ words, cwd: folder, env: {} });
  await expect(run('run', './ends.mjs')).rejects.toThrow(
    'the process of `sagastorm run ./ends.mjs` ended with 3',
  );
  expect(await run('rum')).toMatchObject({ code: 64 });
  await shared.close();
  const hasty = new SharedProcess(1_000);
  const serve = ['serve', '--store', 'memory', '--port', '0', '--quiet'];
  await expect(hasty.run({ words: serve, cwd: folder, env: {} })).rejects.toThrow('ended with SIGKILL');
});

test('what is written past the streams of a line is no silence', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'writes.mjs'), "import { writeSync } from 'node:fs'; writeSync(2, 'psst');");
  const shared = new SharedProcess(10_000);
  const lines = [
    ['run', './writes.mjs'],
    ['list', '--json'],
  ].map((words) => shared.run({ words, cwd: folder, env: {} }));
  await expect(Promise.all([...lines, Promise.all(lines).then(() => shared.close())])).rejects.toThrow(
    'written by no line: psst',
  );
});
