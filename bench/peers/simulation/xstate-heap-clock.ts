// XState at its best: the same machine on a clock that is a heap of one's own.

import { versionOf } from '../versions.ts';
import type { SimulationPeer } from './peer.ts';
import { Shop } from './shop.ts';
import { VirtualClock } from './virtual-clock.ts';
import { startSagas } from './xstate-saga.ts';

export const peer: SimulationPeer = {
  name: 'XState, heap clock',
  version: versionOf('xstate'),
  how: 'actors on a clock that is a heap of one’s own',
  sagasMax: 10_000,
  async run(sagas) {
    const shop = new Shop(sagas);
    const virtual = new VirtualClock();
    const cancelled = new Set<number>();
    let ids = 0;
    startSagas(shop, {
      setTimeout: (callback, delayMs) => {
        const id = ids++;
        virtual.after(delayMs, () => {
          if (!cancelled.delete(id)) callback();
        });
        return id;
      },
      clearTimeout: (id: number) => cancelled.add(id),
    });
    while (!virtual.isIdle) virtual.step();
    shop.check();
  },
};
