// simjs, the discrete-event simulator that npm has: an entity a saga, timers with callbacks. Abandoned; the package is a
// script for a browser's page, without exports and types: so it is shown a window, and finds its place there.

import { createRequire } from 'node:module';
import { versionOf } from '../versions.ts';
import type { SimulationPeer } from './peer.ts';
import { ATTEMPTS_MAX, Shop } from './shop.ts';

interface Entity {
  setTimer(duration: number): { done(callback: () => void): void };
}

interface Simulator {
  addEntity<A extends unknown[]>(
    kind: new () => Entity & { start(...values: A): void },
    name: string | undefined,
    ...values: A
  ): Entity;
  simulate(endTime: number): boolean;
}

interface Exported {
  readonly Sim: new () => Simulator;
  readonly Entity: new () => Entity;
}

function loaded(): Exported {
  const page: { window?: { Sim?: Exported } } = globalThis as object;
  page.window = {};
  createRequire(import.meta.url)('simjs');
  const { Sim } = page.window;
  delete page.window;
  if (Sim === undefined) throw new Error('simjs left nothing in its window');
  return Sim;
}

const library = loaded();

class Saga extends library.Entity {
  #shop!: Shop;
  #saga!: number;

  start(shop: Shop, saga: number): void {
    this.#shop = shop;
    this.#saga = saga;
    this.#call(
      () => shop.reserve(saga),
      () =>
        this.#call(
          () => shop.debit(saga),
          () => this.#credit(1),
        ),
    );
  }

  #credit(attempt: number): void {
    this.#call(
      () => this.#shop.credit(this.#saga),
      (isCredited) => {
        if (isCredited) this.#shop.completed++;
        else if (attempt === ATTEMPTS_MAX) this.#undo();
        else this.setTimer(this.#shop.backoffMs(attempt)).done(() => this.#credit(attempt + 1));
      },
    );
  }

  #undo(): void {
    this.#call(
      () => this.#shop.undebit(this.#saga),
      () =>
        this.#call(
          () => this.#shop.release(this.#saga),
          () => {
            this.#shop.compensated++;
          },
        ),
    );
  }

  #call<T>(act: () => T, next: (answer: T) => void): void {
    this.setTimer(this.#shop.latencyMs()).done(() => {
      const answer = act();
      this.setTimer(this.#shop.latencyMs()).done(() => next(answer));
    });
  }
}

export const peer: SimulationPeer = {
  name: 'simjs',
  version: versionOf('simjs'),
  how: 'an entity a saga, timers with callbacks',
  sagasMax: 10_000,
  async run(sagas) {
    const shop = new Shop(sagas);
    const sim = new library.Sim();
    for (let saga = 0; saga < sagas; saga++) sim.addEntity(Saga, undefined, shop, saga);
    sim.simulate(Number.POSITIVE_INFINITY);
    shop.check();
  },
};
