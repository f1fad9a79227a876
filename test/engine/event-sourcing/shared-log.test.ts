// Orders and their sagas in one file, in a process that is killed at any moment: what a saga says of its order is what the order's
// own events say.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SagaState } from '../../../engine/core/saga-state.ts';
import { sagaStateSummary } from '../../../engine/index.ts';
import { projectSagas } from '../../../engine/live/index.ts';
import type { OrderState } from '../../../participants-mock/index.ts';
import { liveAndDie } from '../live/live-and-die.ts';
import { type OrderOffice, openOffice } from './order-office.ts';

const PROGRAM = join(import.meta.dirname, 'fixtures/orders-for-ever.ts');
const LIVES = 6;
const PRICE = 99_99;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orders-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('after six kills, every order is what its saga says, by its events and by its snapshot', async () => {
  const accepted: string[] = [];
  for (let life = 0; life < LIVES; life++) {
    const afterMs = 1 + Math.floor(Math.random() * 60);
    accepted.push(...(await liveAndDie(PROGRAM, [folder, `life${life}`], 15, afterMs)));
  }
  const office = await openOffice(folder);
  const { host, orders, snapshots, store } = office;
  const sagas = (await store.find({ limit: 500 })).sagas.map(({ saga }) => saga);
  expect(accepted.filter((saga) => !sagas.includes(saga))).toEqual([]);
  const ends = await Promise.all(sagas.map((saga) => host.whenEnded(saga)));

  expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(['completed', 'compensated']));
  expect(sagas.map((saga) => orders.rebuild(saga))).toEqual(ends.map(orderOf));
  expect(sagas.map((saga) => orders.load(saga))).toEqual(ends.map(orderOf));
  expect(snapshots.size).toBeGreaterThanOrEqual(accepted.length);
  expectOnce(office);
  expectPaid(office, sagas);
  await expectSameSummary(office, accepted);
  await close(office);
});

function orderOf({ status }: SagaState): OrderState {
  return status === 'completed'
    ? { status: 'confirmed', total: PRICE, paid: PRICE }
    : { status: 'cancelled', total: PRICE, paid: 0 };
}

/** Whatever was asked again, each operation stands once in its stream, and positions have no gaps. */
function expectOnce({ streams }: OrderOffice): void {
  const all = streams.readAll(0, 1_000_000);
  expect(all.map(({ position }) => position)).toEqual(all.map((_, i) => i + 1));
  const keys = all.map(({ event }) => (event as unknown as { readonly by: { readonly key: string } }).by.key);
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
}

/** The books of payment agree with what the orders say. */
function expectPaid({ neighbours, orders }: OrderOffice, sagas: readonly string[]): void {
  const paid = sagas.reduce((sum, saga) => sum + orders.rebuild(saga).paid, 0);
  const balances = [...neighbours.payment!.participant.ledger.balances()];
  expect(balances).toContainEqual(['merchant', paid]);
}

/** `saga_state_summary`, as it was kept and brought up to date through all lives, and made anew. */
async function expectSameSummary({ store }: OrderOffice, accepted: readonly string[]): Promise<void> {
  const kept = await projectSagas(store, sagaStateSummary);
  const anew = await projectSagas(store, sagaStateSummary, { rebuild: true });
  expect([kept.isRebuilt, anew.isRebuilt]).toEqual([false, true]);
  expect(kept.folded).toBeLessThan(anew.folded);
  expect([...anew.view]).toEqual([...kept.view]);
  expect(accepted.filter((saga) => anew.view.has(saga)).length).toBeGreaterThan(0);
}

async function close({ host, store, streams, neighbours }: OrderOffice): Promise<void> {
  await host.stop();
  for (const neighbour of Object.values(neighbours)) neighbour.close();
  streams.close();
  await store.close();
}
