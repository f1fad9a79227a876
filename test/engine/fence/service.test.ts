// A service, with and without its fence.

import { expect, test } from 'vitest';
import { fenced } from '../../../engine/fence/index.ts';
import { Bank, bank } from '../../../participants-mock/index.ts';
import { at, callOf } from './call-of.ts';

const OPTIONS = { accounts: 1, openingBalance: 100 };
const debit = callOf('forward', 'debit', { account: 'a-0', amount: 10 });

test('without a fence, what is called twice happens twice and stands in the ledger twice', () => {
  const service = new Bank(OPTIONS);
  service.apply(debit, at(0));
  service.apply(debit, at(0));
  expect(service.ledger.drain()).toHaveLength(2);
  expect(service.ledger.account('a-0')?.balance).toBe(80);
});

test('behind a fence it happens once; actions and ledger are those of the service', () => {
  const service = new Bank(OPTIONS);
  const participant = fenced(service);
  participant.handle(debit, at(0));
  participant.handle(debit, at(0));
  expect(participant.ledger).toBe(service.ledger);
  expect(participant.actions).toBe(service.actions);
  expect(participant.ledger.drain()).toHaveLength(1);
});

test('the factory of a participant hands the retention to its fence', () => {
  const participant = bank({ ...OPTIONS, retentionUs: 10 });
  for (const nowUs of [0, 10, 100]) participant.handle(debit, at(nowUs));
  expect(participant.ledger.drain()).toHaveLength(2);
  expect(() => bank({ ...OPTIONS, retentionUs: 0 })).toThrow(
    expect.objectContaining({ code: 'bad-retention' }),
  );
});

test('a restart reaches a service that has memory to lose, and the fence remembers all the same', () => {
  let restarts = 0;
  const service = Object.assign(new Bank(OPTIONS), { restart: () => void restarts++ });
  const participant = fenced(service);
  participant.handle(debit, at(0));
  participant.restart?.();
  participant.handle(debit, at(0));
  expect([restarts, participant.ledger.drain().length]).toEqual([1, 1]);
  expect(fenced(new Bank(OPTIONS)).restart).toBe(undefined);
});
