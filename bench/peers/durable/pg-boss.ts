// pg-boss on PostgreSQL, a queue of jobs: a job for each step. A step's completion and the job of the next one commit in one
// transaction, as its `transactional` handlers are meant for. Its defaults poll every two seconds and take one job at
// a time; it runs here with what it has against that: workers woken by NOTIFY, batches of up to 100, burst mode. Nobody
// can await a job: the last handler tells of the end itself, just before its commit, which is in its favour.

import { PgBoss } from 'pg-boss';
import { versionOf } from '../versions.ts';
import { postgresDurability } from './durability.ts';
import { inLanes } from './lanes.ts';
import { type Action, inputOf, participants, type SagaInput } from './participants.ts';
import type { DurablePeer } from './peer.ts';

const STEPS: readonly Action[] = ['reserve', 'debit', 'credit'];
const BATCH = 100;

interface NumberedInput extends SagaInput {
  readonly number: number;
}

async function work(boss: PgBoss, step: number, ended: (number: number) => void): Promise<void> {
  const action = STEPS[step]!;
  const next = STEPS[step + 1];
  const options = { batchSize: BATCH, burstWhenBatchFull: true, transactional: true } as const;
  await boss.work<NumberedInput, void, typeof options>(action, options, async (jobs, transaction) => {
    const all = jobs.map(({ data }) => ({ data }));
    for (const { data } of all) await participants.call(action, data);
    if (next !== undefined) await boss.insert(next, all, { db: transaction });
    else for (const { data } of all) ended(data.number);
  });
}

export const peer: DurablePeer = {
  name: 'pg-boss, PostgreSQL',
  version: versionOf('pg-boss'),
  how: `a job per step, transactional; woken by NOTIFY, batches of ${BATCH}, burst; its end is told by the last job`,
  usesPostgres: true,
  sagas: [50, 3_000, 5_000],
  start: async ({ postgresUrl }) => {
    const boss = new PgBoss({ connectionString: postgresUrl, useListenNotify: true });
    await boss.start();
    const ends = new Map<number, () => void>();
    for (const name of STEPS) await boss.createQueue(name, { notify: true });
    for (const step of STEPS.keys()) await work(boss, step, (number) => ends.get(number)?.());
    return {
      durability: await postgresDurability(postgresUrl),
      run: (sagas, inFlight, first) =>
        inLanes(sagas, inFlight, first, async (number) => {
          const { promise, resolve } = Promise.withResolvers<void>();
          ends.set(number, resolve);
          await boss.send(STEPS[0]!, { ...inputOf(number), number });
          await promise;
          ends.delete(number);
        }),
      stop: () => boss.stop(),
    };
  },
};
