// fast-check's scheduler: W as plain async code whose every wait is a task that the scheduler releases in an order of
// its own. It has no clock: latencies are drawn and not used.

import fc, { type Scheduler } from 'fast-check';
import { versionOf } from '../versions.ts';
import { runSagas } from './async-saga.ts';
import type { SimulationPeer } from './peer.ts';
import { Shop } from './shop.ts';

type Drive = (scheduler: Scheduler, all: Promise<unknown>) => Promise<unknown>;

function driven(name: string, how: string, drive: Drive): SimulationPeer {
  return {
    name,
    version: versionOf('fast-check'),
    how,
    sagasMax: 10_000,
    async run(sagas, round) {
      const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const shop = new Shop(sagas);
        const wait = scheduler.scheduleFunction(async (_delayMs: number) => undefined);
        const all = runSagas(shop, wait);
        await drive(scheduler, all);
        await all;
        shop.check();
      });
      await fc.assert(property, { numRuns: 1, seed: round, endOnFailure: true });
    },
  };
}

export const waitIdle = driven(
  'fast-check scheduler, waitIdle',
  'scheduleFunction, waitIdle',
  async (scheduler) => scheduler.waitIdle(),
);

export const waitFor = driven(
  'fast-check scheduler, waitFor',
  'scheduleFunction, waitFor(all sagas)',
  async (scheduler, all) => scheduler.waitFor(all),
);
