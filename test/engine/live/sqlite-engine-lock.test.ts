// The lock beside a file of sagas: who holds it is told as such, and what is broken as what it is.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holdAsEngine, withoutEngine } from '../../../engine/live/sqlite-engine-lock.ts';

const freshFile = (): string => join(mkdtempSync(join(tmpdir(), 'sagastorm-lock-')), 'sagas.db');
const nothing = async (): Promise<string> => 'done';

test('engines share the lock, and who needs the file alone waits for the last of them', async () => {
  const file = freshFile();
  const engines = [holdAsEngine(file), holdAsEngine(file)];
  for (const engine of engines) {
    await expect(withoutEngine(file, nothing)).rejects.toMatchObject({ code: 'engine-running' });
    engine.close();
  }
  expect(await withoutEngine(file, nothing)).toBe('done');
});

test('no engine starts while somebody has the file alone', async () => {
  const file = freshFile();
  await withoutEngine(file, async () => {
    expect(() => holdAsEngine(file)).toThrow(expect.objectContaining({ code: 'store-busy' }));
  });
  holdAsEngine(file).close();
});

test('what is thrown meanwhile is thrown on, and ends the lock', async () => {
  const file = freshFile();
  const failure = Object.assign(new Error('the disk is full'), { errcode: 13 });
  await expect(withoutEngine(file, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(await withoutEngine(file, nothing)).toBe('done');
});

test.each<[what: string, breaks: (file: string) => void, why: RegExp]>([
  [
    'a lock that is no database',
    (file) => writeFileSync(`${file}-engine`, 'x'.repeat(4_096)),
    /not a database/,
  ],
  ['a lock that is a folder', (file) => mkdirSync(`${file}-engine`), /unable to open/],
])('%s is no engine', async (_what, breaks, why) => {
  const file = freshFile();
  breaks(file);
  const told = expect.objectContaining({
    code: 'store-unusable',
    message: expect.stringMatching(why),
    hint: expect.not.stringContaining('--force'),
  });
  expect(() => holdAsEngine(file)).toThrow(told);
  await expect(withoutEngine(file, nothing)).rejects.toEqual(told);
});

test('a folder that cannot be is told, too', async () => {
  const file = freshFile();
  writeFileSync(file, 'a file, not a folder');
  const below = join(file, 'sagas.db');
  expect(() => holdAsEngine(below)).toThrow(expect.objectContaining({ code: 'store-unusable' }));
  await expect(withoutEngine(below, nothing)).rejects.toMatchObject({ code: 'store-unusable' });
});
