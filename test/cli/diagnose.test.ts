// `sagastorm diagnose` with the books of the services: what they have counts, and of one saga its stock and payments are told.

import { expect, test } from 'vitest';
import { checkoutByCard } from '../../scenarios/three-am.ts';
import { INPUT, shop } from './shop.ts';

test('the stock and the payments of a saga, and what its services have of it', async () => {
  const it = await shop();
  await it.driven(async (host) => {
    for (const id of ['order-1', 'order-2'])
      await host.whenEnded(await host.create(checkoutByCard, INPUT, { id }));
  });
  const on = ['--db', 'sagas.db', ...it.against];
  const told = await it.run('diagnose', 'order-1', ...on);
  expect([told.code, told.stderr]).toEqual([0, '']);
  expect(told.stdout).toMatch(/inventory · item-0: [\d,]+ on hand\n {5}"reserve" reserved \+\d+/);
  expect(told.stdout).toMatch(
    /reserved: order-1 \d+ · order-2 \d+\n {5}within a minute of it: order-2 reserved/,
  );
  expect(told.stdout).toMatch(/payments: card "charge" charge [\d,]+\n/);
  const json = JSON.parse((await it.run('diagnose', 'order-1', ...on, '--json')).stdout);
  expect(json.stock).toMatchObject([{ service: 'inventory', item: 'item-0', own: [{ saga: 'order-1' }] }]);
  expect(json.stock[0].computed).toBe(json.stock[0].onHand);
  expect(json.payments.chain).toMatchObject([{ service: 'card', action: 'charge', times: 1 }]);

  await it.take('card');
  await it.bring('other', 'payment');
  const away = await it.run('diagnose', 'order-1', ...on);
  expect([away.code, away.stderr]).toEqual([2, expect.stringContaining('card')]);
});
