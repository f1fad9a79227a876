// Effect at its best: the same program, its Clock service replaced by a heap of one's own.

import { Clock, Duration, Effect } from 'effect';
import { versionOf } from '../versions.ts';
import { runSagas } from './effect-saga.ts';
import type { SimulationPeer } from './peer.ts';
import { Shop } from './shop.ts';
import { VirtualClock } from './virtual-clock.ts';

function clockService(virtual: VirtualClock): Clock.Clock {
  const nanos = (): bigint => BigInt(Math.round(virtual.nowMs * 1_000_000));
  return {
    currentTimeMillisUnsafe: () => virtual.nowMs,
    currentTimeMillis: Effect.sync(() => virtual.nowMs),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback((resume) => {
        virtual.after(Duration.toMillis(duration), () => resume(Effect.void));
      }),
  };
}

export const peer: SimulationPeer = {
  name: 'Effect, heap clock',
  version: versionOf('effect'),
  how: 'its Clock service on a heap of one’s own',
  sagasMax: 10_000,
  async run(sagas) {
    const shop = new Shop(sagas);
    const virtual = new VirtualClock();
    const program = Effect.provideService(runSagas(shop), Clock.Clock, clockService(virtual));
    const all = Effect.runPromise(program);
    while (shop.ended < sagas) {
      // A fiber that yields comes back in an immediate; one that only wakes and sleeps again does not yield.
      await new Promise(setImmediate);
      while (!virtual.isIdle) virtual.step();
    }
    await all;
    shop.check();
  },
};
