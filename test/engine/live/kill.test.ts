// A real process, a real file, and kill -9: what was accepted ends, and nothing was done that had not been written.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SqliteStore } from '../../../engine/live/index.ts';
import { liveAndDie } from './live-and-die.ts';
import { APPLIED, StageTransport, stage } from './stage.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kill-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Lets a host run until it has said so many names, kills it, and returns the names. */
function hostLivesAndDies(name: string, names: number): Promise<readonly string[]> {
  const program = join(import.meta.dirname, 'fixtures/runs-for-ever.ts');
  return liveAndDie(program, [join(folder, 'sagas.db'), join(folder, 'ledger'), name], names);
}

test('after three kills, every saga that was accepted ends, and every call had been written before it was made', async () => {
  const accepted: string[] = [];
  for (const life of ['a', 'b', 'c']) accepted.push(...(await hostLivesAndDies(life, 50)));

  const called = readFileSync(join(folder, 'ledger'), 'utf8').split('\n').slice(0, -1);
  const store = new SqliteStore({ file: join(folder, 'sagas.db') });
  const transport = new StageTransport();
  transport.answer = () => undefined;
  const { host } = stage({ transport, store });
  const { epoch } = await host.start();
  expect(epoch).toBe(4);

  // E1
  expect(called.length).toBeGreaterThan(150);
  const intended = new Set<string>();
  for (const saga of new Set(called.map((key) => key.split('/')[0]!))) {
    for (const { event } of await host.log(saga)) {
      if (event.kind === 'step-requested') intended.add(`${saga}/${event.step}/forward`);
    }
  }
  expect(called.filter((key) => !intended.has(key))).toEqual([]);

  // E9: what was begun goes on, under the keys that it had.
  transport.answer = () => APPLIED;
  for (let i = transport.calls.length - 1; i >= 0; i--) transport.reply(i, APPLIED);
  const ends = await Promise.all(accepted.map((saga) => host.whenEnded(saga)));
  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['completed']));
  await host.stop();
  await store.close();
});
