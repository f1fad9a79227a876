// W as plain async code, for the peers that bring their own way to wait.

import { ATTEMPTS_MAX, type Shop } from './shop.ts';

/** Resolves when `delayMs` have passed on the clock of the peer. */
export type Wait = (delayMs: number) => Promise<void>;

export async function runSaga(shop: Shop, wait: Wait, saga: number): Promise<void> {
  const call = async <T>(act: () => T): Promise<T> => {
    await wait(shop.latencyMs());
    const answer = act();
    await wait(shop.latencyMs());
    return answer;
  };
  await call(() => shop.reserve(saga));
  await call(() => shop.debit(saga));
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    if (await call(() => shop.credit(saga))) {
      shop.completed++;
      return;
    }
    if (attempt < ATTEMPTS_MAX) await wait(shop.backoffMs(attempt));
  }
  await call(() => shop.undebit(saga));
  await call(() => shop.release(saga));
  shop.compensated++;
}

export function runSagas(shop: Shop, wait: Wait): Promise<unknown> {
  return Promise.all(Array.from({ length: shop.sagas }, (_, saga) => runSaga(shop, wait, saga)));
}
