// The lean baselines: four rows a saga in an append-only table, all waiting rows in one commit. The practical ceiling.

import { join } from 'node:path';
import { type Journal, LeanJournal } from '../../lean-journal.ts';
import { LeanPostgresJournal } from '../../lean-journal-postgres.ts';
import { OWN_VERSION } from '../versions.ts';
import { postgresDurability, sqliteDurability } from './durability.ts';
import { inLanes } from './lanes.ts';
import { inputOf, participants } from './participants.ts';
import type { DurablePeer, RunningPeer } from './peer.ts';

function running(journal: Journal, durability: string): RunningPeer {
  return {
    durability,
    run: (sagas, inFlight, first) =>
      inLanes(sagas, inFlight, first, async (number) => {
        const id = `s-${number}`;
        const input = inputOf(number);
        await journal.append(id, 0, input);
        await journal.append(id, 1, await participants.call('reserve', input));
        await journal.append(id, 2, await participants.call('debit', input));
        await journal.append(id, 3, await participants.call('credit', input));
      }),
    stop: async () => journal.close(),
  };
}

const SAGAS = [300, 10_000, 20_000] as const;

export const onSqlite: DurablePeer = {
  name: 'lean journal, SQLite',
  version: OWN_VERSION,
  how: 'an append-only table by hand',
  usesPostgres: false,
  sagas: SAGAS,
  start: async ({ folder }) => {
    const file = join(folder, 'journal.db');
    return running(new LeanJournal(file), sqliteDurability(file));
  },
};

export const onPostgres: DurablePeer = {
  name: 'lean journal, PostgreSQL',
  version: OWN_VERSION,
  how: 'an append-only table by hand, one connection',
  usesPostgres: true,
  sagas: SAGAS,
  start: async ({ postgresUrl }) => {
    const journal = await LeanPostgresJournal.connect(postgresUrl, 'journal');
    return running(journal, await postgresDurability(postgresUrl));
  },
};
