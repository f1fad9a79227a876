// XState with its own SimulatedClock, moved on a millisecond at a time: in a larger step all timers would fire as if
// at its end, and what they start would begin there.

import { SimulatedClock } from 'xstate';
import { versionOf } from '../versions.ts';
import type { SimulationPeer } from './peer.ts';
import { Shop } from './shop.ts';
import { startSagas } from './xstate-saga.ts';

export const peer: SimulationPeer = {
  name: 'XState, SimulatedClock',
  version: versionOf('xstate'),
  how: 'increment(1) until all have ended',
  sagasMax: 300,
  async run(sagas) {
    const shop = new Shop(sagas);
    const clock = new SimulatedClock();
    startSagas(shop, clock);
    while (shop.ended < sagas) clock.increment(1);
    shop.check();
  },
};
