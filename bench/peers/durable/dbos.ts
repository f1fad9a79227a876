// DBOS on PostgreSQL, as its guide shows: a registered workflow of steps, started with an id of its own and awaited.
// Its settings are its defaults; only its log is quiet.

import { DBOS } from '@dbos-inc/dbos-sdk';
import { versionOf } from '../versions.ts';
import { postgresDurability } from './durability.ts';
import { inLanes } from './lanes.ts';
import { inputOf, participants, type SagaInput } from './participants.ts';
import type { DurablePeer } from './peer.ts';

async function transfer(input: SagaInput): Promise<void> {
  await DBOS.runStep(() => participants.call('reserve', input), { name: 'reserve' });
  await DBOS.runStep(() => participants.call('debit', input), { name: 'debit' });
  await DBOS.runStep(() => participants.call('credit', input), { name: 'credit' });
}

const workflow = DBOS.registerWorkflow(transfer, { name: 'transfer' });

export const peer: DurablePeer = {
  name: 'DBOS, PostgreSQL',
  version: versionOf('@dbos-inc/dbos-sdk'),
  how: 'startWorkflow and getResult; runStep for each step; default pool',
  usesPostgres: true,
  sagas: [300, 2_000, 3_000],
  start: async ({ postgresUrl }) => {
    DBOS.setConfig({ name: 'bench', systemDatabaseUrl: postgresUrl, logLevel: 'error' });
    await DBOS.launch();
    return {
      durability: await postgresDurability(postgresUrl),
      run: (sagas, inFlight, first) =>
        inLanes(sagas, inFlight, first, async (number) => {
          const handle = await DBOS.startWorkflow(workflow, { workflowID: `s-${number}` })(inputOf(number));
          await handle.getResult();
        }),
      stop: () => DBOS.shutdown(),
    };
  },
};
