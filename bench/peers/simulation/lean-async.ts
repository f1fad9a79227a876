// A baseline: W as plain async code on a virtual clock of one's own, without any package.

import { OWN_VERSION } from '../versions.ts';
import { runSagas } from './async-saga.ts';
import type { SimulationPeer } from './peer.ts';
import { Shop } from './shop.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A wake of a saga reaches its next wait within these many turns of the microtask queue. */
const TURNS = 4;

export const peer: SimulationPeer = {
  name: 'async, hand-made clock',
  version: OWN_VERSION,
  how: 'a promise per wait, a heap of one’s own',
  sagasMax: 10_000,
  async run(sagas) {
    const shop = new Shop(sagas);
    const clock = new VirtualClock();
    const all = runSagas(shop, (delayMs) => new Promise((resolve) => clock.after(delayMs, resolve)));
    while (!clock.isIdle) {
      clock.step();
      for (let turn = 0; turn < TURNS; turn++) await undefined;
    }
    await all;
    shop.check();
  },
};
