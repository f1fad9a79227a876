// @sinonjs/fake-timers, which vitest and jest wrap: W as plain async code over the global setTimeout.
// Its timers are whole milliseconds, so latencies lose their fraction.

import FakeTimers, { type Clock } from '@sinonjs/fake-timers';
import { versionOf } from '../versions.ts';
import { runSagas } from './async-saga.ts';
import type { SimulationPeer } from './peer.ts';
import { Shop } from './shop.ts';

/** More than any run has: the default of 1,000 takes a long run for an endless one. */
const LOOP_LIMIT = 100_000_000;
/** A wake of a saga reaches its next timer within these many turns of the microtask queue. */
const TURNS = 4;

type Drive = (clock: Clock) => Promise<void>;

function driven(name: string, how: string, drive: Drive): SimulationPeer {
  return {
    name,
    version: versionOf('@sinonjs/fake-timers'),
    how,
    sagasMax: 10_000,
    async run(sagas) {
      const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout'], loopLimit: LOOP_LIMIT });
      try {
        const shop = new Shop(sagas);
        const all = runSagas(shop, (delayMs) => new Promise((resolve) => setTimeout(resolve, delayMs)));
        await drive(clock);
        await all;
        shop.check();
      } finally {
        clock.uninstall();
      }
    },
  };
}

export const runAll = driven(
  'fake timers, runAllAsync',
  'what vi.runAllTimersAsync() wraps',
  async (clock) => {
    await clock.runAllAsync();
  },
);

export const next = driven(
  'fake timers, next',
  'next() and a few microtasks: the best drive',
  async (clock) => {
    while (clock.countTimers() > 0) {
      clock.next();
      for (let turn = 0; turn < TURNS; turn++) await undefined;
    }
  },
);
