// Ours: the live engine with every commit on the disk, once on SQLite and once on PostgreSQL.

import { join } from 'node:path';
import { Host, LocalTransport, PostgresStore, SqliteStore } from '../../../engine/live/index.ts';
import { ACTIONS, APPLIED, transfer } from '../../live-transfer.ts';
import { OWN_VERSION } from '../versions.ts';
import { postgresDurability, sqliteDurability } from './durability.ts';
import { inLanes } from './lanes.ts';
import { type Action, inputOf, participants } from './participants.ts';
import type { DurablePeer, RunningPeer } from './peer.ts';

const shop = {
  actions: ACTIONS,
  ledger: { drain: () => [], balances: () => [], stock: () => [] },
  handle: ({ action }: { readonly action: string }) => {
    participants.count(action as Action);
    return APPLIED;
  },
} as const;

async function running(store: SqliteStore | PostgresStore, durability: string): Promise<RunningPeer> {
  const transport = new LocalTransport({ participants: { shop } });
  const host = new Host({ store, transport, definitions: [transfer] });
  await host.start();
  return {
    durability,
    run: (sagas, inFlight, first) =>
      inLanes(sagas, inFlight, first, async (number) => {
        const id = await host.create(transfer, inputOf(number), { id: `s-${number}` });
        const { status } = await host.whenEnded(id);
        if (status !== 'completed') throw new Error(`saga ${id} is ${status}`);
      }),
    stop: async () => {
      await host.stop();
      await store.close();
    },
  };
}

const SAGAS = [300, 10_000, 20_000] as const;

export const onSqlite: DurablePeer = {
  name: 'sagastorm, SQLite',
  version: OWN_VERSION,
  how: 'Host on SqliteStore, create and whenEnded',
  usesPostgres: false,
  sagas: SAGAS,
  start: async ({ folder }) => {
    const file = join(folder, 'sagas.db');
    const store = new SqliteStore({ file });
    return running(store, sqliteDurability(file));
  },
};

export const onPostgres: DurablePeer = {
  name: 'sagastorm, PostgreSQL',
  version: OWN_VERSION,
  how: 'Host on PostgresStore, create and whenEnded',
  usesPostgres: true,
  sagas: SAGAS,
  start: async ({ postgresUrl }) => {
    const store = await PostgresStore.connect({ url: postgresUrl, schema: 'sagas' });
    return running(store, await postgresDurability(postgresUrl));
  },
};
