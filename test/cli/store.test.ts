// `sagastorm store`: copies, exports and archives of a real file, while somebody else has it open.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Host, SqliteStore } from '../../engine/live/index.ts';
import { order, quick, StageTransport } from '../engine/live/stage.ts';
import { freshFolder, PROCESS_TIMEOUT, sagastorm } from './sagastorm.ts';

/** A store in use, in which three sagas have ended. */
async function storeInUse(): Promise<{ folder: string; file: string; close(): Promise<void> }> {
  const folder = freshFolder();
  const file = join(folder, 'sagas.db');
  const store = new SqliteStore({ file });
  const transport = new StageTransport();
  const host = new Host({ store, transport, definitions: [order], policy: quick, overridePolicy: true });
  await host.start();
  for (const id of ['s-1', 's-2', 's-3']) await host.whenEnded(await host.create(order, {}, { id }));
  return { folder, file, close: () => host.stop().then(() => store.close()) };
}

test('backup, export and retire work beside the server', PROCESS_TIMEOUT, async () => {
  const { folder, file, close } = await storeInUse();
  const on = ['--db', file];
  expect(await sagastorm(['store', 'backup', 'copy.db', ...on], folder)).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect(await sagastorm(['store', 'export', '--db', 'copy.db'], folder)).toMatchObject({ code: 0 });
  const { code, stdout } = await sagastorm(['store', 'export', ...on], folder);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { saga: string });
  expect(code).toBe(0);
  expect(new Set(events.map(({ saga }) => saga))).toEqual(new Set(['s-1', 's-2', 's-3']));
  const kept = await sagastorm(['store', 'retire', 'old.ndjson', ...on], folder);
  expect(kept.stdout).toBe('0 sagas that ended more than 30 days ago moved to old.ndjson\n');
  const gone = await sagastorm(['store', 'retire', 'old.ndjson', '--days', '0', ...on], folder);
  expect(gone.stdout).toBe('3 sagas that ended more than 0 days ago moved to old.ndjson\n');
  expect(readFileSync(join(folder, 'old.ndjson'), 'utf8')).toBe(stdout);
  expect((await sagastorm(['store', 'export', ...on], folder)).stdout).toBe('');
  await close();
});

test.each([
  ['nothing to do', ['store'], 'store needs to know what to do'],
  ['what it does not know', ['store', 'copy'], 'store does not know "copy"'],
  ['no file to write', ['store', 'export', '--db', 'none.db'], 'there is no store none.db'],
  ['too many words', ['store', 'retire', 'a', 'b'], '"b"'],
])('%s is refused in one sentence, and nothing is made', PROCESS_TIMEOUT, async (_what, words, sentence) => {
  const folder = freshFolder();
  const { code, stderr } = await sagastorm(words, folder);
  expect(code).toBe(64);
  expect(stderr).toContain(sentence);
  expect(existsSync(join(folder, 'none.db'))).toBe(false);
});
