// A backup in the place of a file: what it cannot know is carried over from the file, and what the file knows better counts.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogWriter, restoreSagasFile, SqliteStore } from '../../../engine/live/index.ts';
import { COMPLETED, CREATED } from './store-asking.ts';

test('whose name was taken again since a backup is lost, and not retired', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sagastorm-restore-'));
  const [file, copy] = [join(folder, 'sagas.db'), join(folder, 'copy.db')];
  const store = new SqliteStore({ file });
  const writer = new LogWriter(store);
  const end = (saga: string) =>
    writer.append({ saga, expectedVersion: 0, atUs: 1, events: [CREATED, COMPLETED] });
  for (const saga of ['before', 'again-before', 'after', 'again-after']) await end(saga);
  for (const saga of ['before', 'again-before']) await store.remove(saga);
  await store.backup(copy);
  for (const saga of ['after', 'again-after']) await store.remove(saga);
  for (const saga of ['again-before', 'again-after']) await end(saga);
  await store.close();

  await restoreSagasFile(copy, file);
  const restored = new SqliteStore({ file });
  const all = ['before', 'again-before', 'after', 'again-after'];
  expect([...(await restored.retiredAmong(all)).keys()]).toEqual(['before']);
  const { sagas } = await restored.find({ limit: 10 });
  expect(sagas.map(({ saga }) => saga).sort()).toEqual(['after', 'again-after']);
  await restored.close();
});
