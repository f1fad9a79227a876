// What people wish of a saga while others remove it, by a live host on every store.

import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../../../engine/live/index.ts';
import type { CatalogueStore } from '../../contracts/catalogue.ts';
import { connect } from './postgres-server.ts';
import { hosts } from './running-host.ts';
import { open } from './sqlite-files.ts';
import { APPLIED, NO, order, stage } from './stage.ts';

const SAGAS = 40;

describe.each<[string, () => Promise<CatalogueStore>]>([
  ['in memory', async () => new MemoryStore()],
  ['on SQLite', async () => open()],
  ['on PostgreSQL', async () => connect()],
])('a retry and a removal at the same time, %s', (_where, make) => {
  test('are both answered, and one of them is done', async () => {
    const store = await make();
    const { host, transport } = stage({ store });
    hosts.push(host);
    await host.start();
    transport.answer = () => NO;
    const ids = await Promise.all(Array.from({ length: SAGAS }, () => host.create(order, {})));
    for (const id of ids) await host.whenEnded(id);
    transport.answer = () => undefined; // who is retried goes on
    const outcomes = await Promise.all(
      ids.map((id, i) => {
        const retry = () =>
          host.retry(id).then(
            () => 'retried',
            ({ code }) => code,
          );
        const remove = () => store.remove(id);
        return i % 2 === 0
          ? Promise.all([retry(), remove()])
          : Promise.all([remove(), retry()]).then((both) => both.reverse());
      }),
    );
    for (const outcome of outcomes) {
      expect([
        ['retried', 'not-ended'],
        ['refused', 'removed'],
      ]).toContainEqual(outcome);
    }
    const retried = ids.filter((_, i) => outcomes[i]![0] === 'retried');
    expect(host.size).toBe(retried.length);
    for (const id of ids) expect((await store.logOf(id)).length > 0).toBe(retried.includes(id));
  });

  test('that the removal wins after the retry has read the log: the retry is refused, and the name is free', async () => {
    const store = await make();
    const append = store.append.bind(store);
    const { host, transport } = stage({ store });
    hosts.push(host);
    await host.start();
    transport.answer = () => NO;
    await host.whenEnded(await host.create(order, {}, { id: 's' }));
    store.append = (output, answers) => void store.remove('s').then(() => append(output, answers));
    await expect(host.retry('s')).rejects.toThrow('saga s: it was removed');
    expect(host.size).toBe(0);
    store.append = append;
    transport.answer = () => APPLIED;
    expect((await host.whenEnded(await host.create(order, {}, { id: 's' }))).status).toBe('completed');
  });
});
