// Streams in memory and in a file: the acceptance suite of the port, and what only a file can go through.

import { expect, test } from 'vitest';
import { MemoryStreams } from '../../../engine/event-sourcing/index.ts';
import { SqliteStreams } from '../../../engine/live/index.ts';
import { streamsContract } from '../../contracts/streams.ts';
import { appendAll, appendOf, beside, CREATED, epochOf, file, open } from './sqlite-files.ts';
import { expectKilledWhole } from './streams-kill.ts';

let files = 0;
streamsContract('events in memory', async () => ({ streams: new MemoryStreams(), keepsObjects: true }));
streamsContract('events in a file', async () => {
  const name = file(`streams-${++files}.db`);
  return { streams: new SqliteStreams({ file: name }), other: new SqliteStreams({ file: name }) };
});

const append = { stream: 's', expectedVersion: 0, schema: 1, events: [{ kind: 'x' }] };

test('after three kills every append that was acknowledged is there, and each is whole', async () => {
  await expectKilledWhole([file()], new SqliteStreams({ file: file() }));
});

test('streams are in the file of the sagas, and in its copies', async () => {
  const store = open();
  await appendAll(store, [appendOf('a', epochOf(store), [CREATED])]);
  new SqliteStreams({ file: file() }).append(append);
  await store.backup(file('copy.db'));
  expect(new SqliteStreams({ file: file('copy.db') }).read('s')).toHaveLength(1);
  expect(await open({ file: file('copy.db') }).logOf('a')).toHaveLength(1);
});

test('an append to a file that somebody holds says so, writes nothing, and may be tried again', () => {
  const streams = new SqliteStreams({ file: file() });
  beside((db) => {
    db.exec('BEGIN IMMEDIATE');
    expect(() => streams.append(append)).toThrow(expect.objectContaining({ code: 'store-busy' }));
  });
  expect(streams.read('s')).toEqual([]);
  expect(streams.append(append)).toBe('appended');
  streams.close();
});
