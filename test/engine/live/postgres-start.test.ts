// A host whose partition cannot be opened at present, on a real PostgreSQL.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { beside, connect } from './postgres-server.ts';
import { failsWith } from './running-host.ts';
import { stage } from './stage.ts';

describe('a host that starts', () => {
  /** Its store cannot open anything at present. */
  async function inVain() {
    const troubles: Error[] = [];
    const store = await connect({ onTrouble: (error) => troubles.push(error) });
    await beside('ALTER TABLE partitions RENAME TO mislaid');
    const { host, reports } = stage({ store });
    return { store, host, reports, troubles, started: host.start() };
  }

  test('waits until its partition can be opened', async () => {
    const { host, troubles, started } = await inVain();
    while (troubles.length < 2) await turn();
    await beside('ALTER TABLE mislaid RENAME TO partitions');
    expect(await started).toMatchObject({ recovered: 0 });
    await host.stop();
  });

  test('does not, when its store is closed meanwhile, and says so', async () => {
    const { store, host, reports, troubles, started } = await inVain();
    const failed = expect(started).rejects.toThrow(failsWith('store-failed'));
    while (troubles.length < 2) await turn();
    await store.close();
    await failed;
    await expect(host.whenEnded('s')).rejects.toThrow(failsWith('store-failed'));
    expect(reports).toEqual([]);
    await expect(stage({ store }).host.start()).rejects.toThrow(failsWith('store-failed'));
  });

  test('under a lease does not, either', async () => {
    const troubles: Error[] = [];
    const store = await connect({ onTrouble: (error) => troubles.push(error) });
    await beside('ALTER TABLE partitions RENAME TO mislaid');
    const leased = store.leased({ partition: 'part-0', epoch: 1 });
    const failed = expect(stage({ store: leased }).host.start()).rejects.toThrow(failsWith('store-failed'));
    while (troubles.length < 2) await turn();
    await store.close();
    await failed;
  });
});
