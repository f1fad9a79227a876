// Clients that know a transaction-id and nothing of sagas: the transfer of a bank, as anybody would write it.

import { expect, test } from 'vitest';
import type { LedgerEntry } from '../../../engine/core/protocol.ts';
import { readParticipantFile } from '../../../participants-mock/http/index.ts';
import { callOf } from '../../engine/fence/call-of.ts';
import { answered, balancesOf, engineFor, fileOf, post, STEADY_BANK, served, sumOf } from './served.ts';

const ALREADY = { status: 'success', message: 'already processed' };
const FUNDS = STEADY_BANK.accounts * STEADY_BANK.openingBalance;

function bankOf(service = 'bank') {
  const { participant, entries, opening } = readParticipantFile(fileOf(service));
  return { balances: balancesOf(participant), sum: sumOf(participant), entries, opening };
}

test.each(['debit', 'credit', 'compensate_debit'])('%s wants a transaction-id', async (action) => {
  const { url, durable } = await served('bank');
  const { status, type, body } = await post(url, action, { account: 'a-0', amount: 5 });
  expect([status, type]).toEqual([400, 'application/problem+json']);
  expect(body).toMatchObject({
    status: 400,
    detail: expect.stringContaining('transaction-id header is missing'),
  });
  expect(durable.calls).toBe(0);
});

test('a duplicate is answered with success, and has no effect', async () => {
  const { url } = await served('bank');
  const first = await post(url, 'debit', { account: 'a-0', amount: 300 }, 't-1');
  expect(first).toMatchObject({ status: 200, body: { status: 'success', message: 'processed' } });
  const again = await post(url, 'debit', { account: 'a-0', amount: 300 }, 't-1');
  expect([again.status, again.body]).toEqual([200, ALREADY]);
  expect(bankOf().balances).toMatchObject({ 'a-0': 700, 'clearing:transfers': 300 });
  expect(bankOf().entries).toHaveLength(1);
});

test('one id may be used for a debit and for a credit: an operation is an id and an action', async () => {
  const { url } = await served('bank');
  await post(url, 'debit', { source_user: 'a-0', target_user: 'a-1', amount: 300 }, 't-1');
  await post(url, 'credit', { source_user: 'a-0', target_user: 'a-1', amount: 300 }, 't-1');
  expect(bankOf().balances).toMatchObject({ 'a-0': 700, 'a-1': 1_300, 'clearing:transfers': 0 });
});

test.each(['account', 'user', 'user_id', 'source_user', 'target_user'])(
  'the account may be called %s',
  async (name) => {
    const { url } = await served('bank');
    expect(await post(url, 'debit', { [name]: 'a-2', amount: 1 }, 't-1')).toMatchObject({ status: 200 });
    expect(bankOf().balances['a-2']).toBe(999);
  },
);

test('the same id with another payload is refused with 422', async () => {
  const { url } = await served('bank');
  await post(url, 'debit', { account: 'a-0', amount: 300 }, 't-1');
  const { status, type } = await post(url, 'debit', { account: 'a-0', amount: 301 }, 't-1');
  expect([status, type]).toEqual([422, 'application/problem+json']);
  expect(bankOf().balances['a-0']).toBe(700);
});

test('too little money is 422, and no such account 400, with a sentence', async () => {
  const { url } = await served('bank');
  const poor = await post(url, 'debit', { account: 'a-0', amount: 5_000 }, 't-1');
  expect(poor).toMatchObject({ status: 422, body: { detail: 'Insufficient funds in a-0.' } });
  const nobody = await post(url, 'debit', { account: 'clearing:transfers', amount: 1 }, 't-2');
  expect(nobody).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('is not open here') },
  });
});

test('credit fails with 500 in about 30 % of requests, each drawn anew, also under one id', async () => {
  const { url } = await served('bank', { options: { accounts: 2, openingBalance: 0 } });
  const requests = Array.from({ length: 1_000 }, (_, i) =>
    post(url, 'credit', { account: 'a-1', amount: 1 }, `t-${i}`),
  );
  const statuses = (await Promise.all(requests)).map(({ status }) => status);
  const failed = statuses.filter((status) => status === 500).length;
  expect(new Set(statuses)).toEqual(new Set([200, 500]));
  expect(failed).toBeGreaterThan(220); // 5 sigma are 72
  expect(failed).toBeLessThan(380);
  expect(bankOf().balances['a-1']).toBe(1_000 - failed);

  for (const [i, status] of statuses.entries()) {
    for (let last = status; last !== 200; ) {
      last = (await post(url, 'credit', { account: 'a-1', amount: 1 }, `t-${i}`)).status;
    }
  }
  expect(bankOf().balances['a-1']).toBe(1_000);
});

test('compensate_debit gives the money back, whatever id it comes under, and once', async () => {
  const { url } = await served('bank');
  await post(url, 'debit', { account: 'a-0', amount: 300 }, 'debit-1');
  const undone = await post(url, 'compensate_debit', { account: 'a-0', amount: 300 }, 'fresh');
  expect(undone).toMatchObject({ status: 200, body: { status: 'success', message: 'processed' } });
  expect(bankOf().balances).toMatchObject({ 'a-0': 1_000, 'clearing:transfers': 0 });
  const again = await post(url, 'compensate_debit', { account: 'a-0', amount: 300 }, 'fresh');
  expect([again.status, again.body]).toEqual([200, ALREADY]);
  const once = await post(url, 'compensate_debit', { account: 'a-0', amount: 300 }, 'fresher');
  expect(once.body).toEqual({ status: 'success', message: 'nothing to undo' });
  expect(bankOf().entries).toHaveLength(2);
});

test('compensate_debit under the id of the debit undoes that one, and no other of the same amount', async () => {
  const { url } = await served('bank');
  for (const id of ['t-1', 't-2']) await post(url, 'debit', { account: 'a-0', amount: 300 }, id);
  await post(url, 'compensate_debit', { account: 'a-0', amount: 300 }, 't-1');
  const undone: readonly LedgerEntry[] = bankOf().entries.map(({ entry }) => entry);
  expect(undone.at(-1)).toMatchObject({ saga: 'plain:t-1', step: 'debit', direction: 'compensation' });
  const wrong = await post(url, 'compensate_debit', { account: 'a-0', amount: 5 }, 't-2');
  expect(wrong.status).toBe(422);
  const right = await post(url, 'compensate_debit', { account: 'a-0', amount: 300 }, 't-2');
  expect(right.status).toBe(200);
  expect(bankOf().balances['a-0']).toBe(1_000);
});

test('a compensation of an amount that nobody was debited undoes nothing', async () => {
  const { url } = await served('bank');
  await post(url, 'debit', { account: 'a-0', amount: 300 }, 't-1');
  for (const [account, amount] of [
    ['a-0', 299],
    ['a-1', 300],
  ]) {
    const { status, body } = await post(url, 'compensate_debit', { account, amount }, `fresh-${amount}`);
    expect([status, body]).toEqual([200, { status: 'success', message: 'nothing to undo' }]);
  }
  expect(bankOf().balances).toMatchObject({ 'a-0': 700, 'a-1': 1_000, 'clearing:transfers': 300 });
});

test('a compensation without a debit makes no money, and the debit that comes late has no effect', async () => {
  const { url } = await served('bank');
  const early = await post(url, 'compensate_debit', { account: 'a-0', amount: 300 }, 't-1');
  expect(early).toMatchObject({ status: 200, body: { message: 'nothing to undo' } });
  const late = await post(url, 'debit', { account: 'a-0', amount: 300 }, 't-1');
  expect(late).toMatchObject({ status: 422, body: { detail: 'Compensated before it arrived.' } });
  expect(bankOf()).toMatchObject({ balances: { 'a-0': 1_000 }, entries: [] });
});

test('100 transfers by a client that compensates on 500 leave all money where it belongs', async () => {
  const { url } = await served('bank', { options: { ...STEADY_BANK, creditFails: { permille: 300 } } });
  let rolledBack = 0;
  const transfer = async (i: number): Promise<void> => {
    const [source_user, target_user] = [`a-${i % 4}`, `a-${(i + 1) % 4}`];
    await post(url, 'debit', { source_user, amount: 10 }, `debit-${i}`);
    const { status } = await post(url, 'credit', { target_user, amount: 10 }, `credit-${i}`);
    if (status !== 500) return;
    rolledBack += 1;
    await post(url, 'compensate_debit', { source_user, amount: 10 }, `undo-${i}`);
  };
  await Promise.all(Array.from({ length: 100 }, (_, i) => transfer(i)));
  expect(rolledBack).toBeGreaterThan(5);
  const { balances, sum, entries } = bankOf();
  expect(balances['clearing:transfers']).toBe(0);
  expect(sum).toBe(FUNDS);
  expect(entries).toHaveLength(200);
  for (const { entry } of entries) {
    expect(entry.postings!.reduce((total, { amount }) => total + amount, 0)).toBe(0);
  }
});

test('what plain clients did is known after a restart', async () => {
  const first = await served('bank');
  await post(first.url, 'debit', { account: 'a-0', amount: 300 }, 't-1');
  await post(first.url, 'debit', { account: 'a-0', amount: 300 }, 't-2');
  await post(first.url, 'compensate_debit', { account: 'a-0', amount: 300 }, 'undo');
  await first.close();
  const { url } = await served('bank');
  for (const [action, id] of [
    ['debit', 't-1'],
    ['debit', 't-2'],
    ['compensate_debit', 'undo'],
  ] as const) {
    expect((await post(url, action, { account: 'a-0', amount: 300 }, id)).body).toEqual(ALREADY);
  }
  await post(url, 'compensate_debit', { account: 'a-0', amount: 300 }, 'undo-the-other');
  expect(bankOf().balances).toMatchObject({ 'a-0': 1_000, 'clearing:transfers': 0 });
});

test.each([
  ['inventory', 'reserve', 'release', { productId: 'prod_123', quantity: 2 }],
  ['payment', 'charge', 'refund', { amount: 5 }],
  ['payment', 'authorize', 'void', { amount: 5 }],
  ['shipping', 'create', 'cancel', {}],
  ['ride', 'create_ride', 'cancel_ride', {}],
])('%s can be asked plainly: %s and %s under one id', async (service, action, compensation, payload) => {
  const { url } = await served(service);
  expect(await post(url, action, payload, 't-1')).toMatchObject({ status: 200, body: { status: 'success' } });
  expect((await post(url, action, payload, 't-1')).body).toEqual(ALREADY);
  expect((await post(url, compensation, payload, 't-1')).body).toMatchObject({ message: 'processed' });
  const { entries, participant, opening } = readParticipantFile(fileOf(service));
  expect(entries.map(({ entry }) => entry.direction)).toEqual(['forward', 'compensation']);
  expect([...participant.ledger.balances()]).toEqual([...opening.ledger.balances()]);
  expect([...participant.ledger.stock()]).toEqual([...opening.ledger.stock()]);
});

test('a plain request and a saga of the same name do not know of each other', async () => {
  const { url } = await served('bank');
  await post(url, 'debit', { account: 'a-0', amount: 300 }, 's-1');
  const debit = callOf('forward', 'debit', { account: 'a-0', amount: 300 }, { step: 'debit' });
  expect(await engineFor(url)(debit)).toEqual({ kind: 'applied' });
  const undo = callOf('compensation', 'compensate_debit', { account: 'a-0', amount: 300 }, { step: 'debit' });
  expect(await engineFor(url)(undo)).toEqual({ kind: 'applied' });
  expect(bankOf().balances['a-0']).toBe(700);
  const mimic = callOf('forward', 'debit', { account: 'a-0', amount: 1 }, { saga: 'plain:s-1' });
  expect(await engineFor(url)(mimic)).toMatchObject({ kind: 'rejected', failure: 'invalid_request' });
});

test('people can read the books', async () => {
  const { url } = await served('bank');
  await post(url, 'debit', { account: 'a-0', amount: 300 }, 't-1');
  const read = async (path: string) => (await answered(await fetch(`${url}/${path}`))).body;
  expect(await read('balances')).toMatchObject({ 'a-0': 700, 'clearing:transfers': 300 });
  expect(await read('ledger')).toMatchObject({ service: 'bank', total: FUNDS, stock: [] });
  expect(await read('health')).toEqual({ status: 'ok', service: 'bank', calls: 1 });
});
