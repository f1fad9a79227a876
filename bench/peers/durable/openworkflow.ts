// OpenWorkflow on PostgreSQL, as its guide shows: a defined workflow of steps, and a worker in the same process. Its guide
// begins with ten runs at a time in a worker and says to raise that with the load: here 100. The handle's `result()` asks
// the database once a second; so that this is not what is measured, the workflow itself tells of its end, when its last
// step is on the disk and the run is not yet marked as completed: that is in its favour.

import { OpenWorkflow } from 'openworkflow';
import { BackendPostgres } from 'openworkflow/postgres';
import { versionOf } from '../versions.ts';
import { postgresDurability } from './durability.ts';
import { inLanes } from './lanes.ts';
import { inputOf, participants, type SagaInput } from './participants.ts';
import type { DurablePeer } from './peer.ts';

const CONCURRENCY = 100;

interface NumberedInput extends SagaInput {
  readonly number: number;
}

export const peer: DurablePeer = {
  name: 'OpenWorkflow, PostgreSQL',
  version: versionOf('openworkflow'),
  how: `run; step.run for each step; a worker of ${CONCURRENCY}; its end is told by the last line`,
  usesPostgres: true,
  sagas: [20, 1_500, 2_000],
  start: async ({ postgresUrl }) => {
    const backend = await BackendPostgres.connect(postgresUrl);
    const ends = new Map<number, () => void>();
    const client = new OpenWorkflow({ backend });
    const workflow = client.defineWorkflow<NumberedInput, null>(
      { name: 'transfer' },
      async ({ input, step }) => {
        await step.run({ name: 'reserve' }, () => participants.call('reserve', input));
        await step.run({ name: 'debit' }, () => participants.call('debit', input));
        await step.run({ name: 'credit' }, () => participants.call('credit', input));
        ends.get(input.number)?.();
        ends.delete(input.number);
        return null;
      },
    );
    const worker = client.newWorker({ concurrency: CONCURRENCY });
    await worker.start();
    return {
      durability: await postgresDurability(postgresUrl),
      run: (sagas, inFlight, first) =>
        inLanes(sagas, inFlight, first, async (number) => {
          const { promise, resolve } = Promise.withResolvers<void>();
          ends.set(number, resolve);
          await workflow.run({ ...inputOf(number), number });
          await promise;
        }),
      stop: async () => {
        await worker.stop();
        await backend.stop();
      },
    };
  },
};
