// Effect with its own TestClock, as its documentation shows: fork the program, adjust the clock, join.

import { Effect, Fiber } from 'effect';
import { TestClock } from 'effect/testing';
import { versionOf } from '../versions.ts';
import { runSagas } from './effect-saga.ts';
import type { SimulationPeer } from './peer.ts';
import { Shop } from './shop.ts';

export const peer: SimulationPeer = {
  name: 'Effect, TestClock',
  version: versionOf('effect'),
  how: 'fork, TestClock.adjust, join',
  sagasMax: 2_000,
  async run(sagas) {
    const shop = new Shop(sagas);
    const program = Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(runSagas(shop));
      yield* TestClock.adjust('1 hour');
      yield* Fiber.join(fiber);
    });
    await Effect.runPromise(Effect.provide(program, TestClock.layer()));
    shop.check();
  },
};
