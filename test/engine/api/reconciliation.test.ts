// A store and books while sagas go on: which logs are read for it.

import { expect, test } from 'vitest';
import { reconcileStore } from '../../../engine/api/index.ts';
import type { StoredEvent } from '../../../engine/core/ports.ts';
import { MemoryStore } from '../../../engine/live/index.ts';
import type { Book, BookEntry } from '../../../engine/observe/index.ts';
import { appendAll, appendOf, COMPLETED, CREATED } from '../live/store-asking.ts';

/** Tells whose logs it was asked for, and how many at once. */
class WatchedStore extends MemoryStore {
  readonly asked: string[] = [];
  atOnce = 0;
  #underWay = 0;

  override async logOf(saga: string): Promise<readonly StoredEvent[]> {
    this.asked.push(saga);
    this.atOnce = Math.max(this.atOnce, ++this.#underWay);
    const log = await super.logOf(saga);
    this.#underWay--;
    return log;
  }

  /** Sagas that ended, one event after the other, a long time ago unless it is said when. */
  async end(sagas: readonly string[], atUs = 5): Promise<void> {
    let epoch = 0;
    this.open('p', { opened: (opened) => (epoch = opened) });
    await appendAll(
      this,
      sagas.map((saga) => appendOf(saga, epoch, [CREATED, COMPLETED], { atUs })),
    );
  }
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `s-${i}`);

function bookOf(sagas: readonly string[]): Book {
  const entries = sagas.map(
    (saga): BookEntry =>
      ({
        saga,
        step: 'a',
        action: 'do',
        direction: 'forward',
        key: `${saga}/a/forward`,
        account: 'x',
        amount: 1,
        atUs: 5,
      }) as unknown as BookEntry,
  );
  return { service: 'bank', entries };
}

test('the log of a saga that was retired is not asked for', async () => {
  const store = new WatchedStore();
  await store.end(names(120));
  for (const saga of names(100)) await store.remove(saga);
  const { retired } = await reconcileStore({ catalogue: store, books: async () => [bookOf(names(120))] });
  expect(retired.map(({ saga }) => saga)).toEqual(names(100));
  expect(new Set(store.asked)).toEqual(new Set(names(120).slice(100)));
});

test.each([
  ['hours', { hours: 1 }],
  ['a number of sagas', { sagasMax: 1 }],
])('a retired name that was taken again beyond %s is judged by its log', async (_what, limit) => {
  const store = new WatchedStore();
  await store.end(['again', 'gone']);
  for (const saga of ['again', 'gone']) await store.remove(saga);
  await store.end(['again']);
  await store.end(['new'], Date.now() * 1_000);
  const books = async () => [bookOf(['again', 'gone'])];
  const { retired, sagas } = await reconcileStore({ catalogue: store, books, ...limit });
  expect(retired.map(({ saga }) => saga)).toEqual(['gone']);
  expect(sagas).toBe(2);
});

test('logs beyond the hours are asked for many at a time', async () => {
  const store = new WatchedStore();
  await store.end(names(120));
  await reconcileStore({ catalogue: store, books: async () => [bookOf(names(120))], hours: 1 });
  expect(store.atOnce).toBe(50);
});
