// What a participant's author can do wrong, and what is said of it; and that an effect is part of the fingerprint.

import { expect, test } from 'vitest';
import { type Call, defineSaga, type Outcome, UserError } from '../../../engine/index.ts';
import { LedgerBook } from '../../../participants-mock/index.ts';
import { defineScenario, profiles, simulate } from '../../../simulator/index.ts';

function run(handle: (call: Call, ledger: LedgerBook) => unknown) {
  const saga = defineSaga({
    name: 'pay',
    version: 1,
    steps: { pay: { service: 'wallet', action: 'pay', compensation: 'pay-back' } },
  });
  const wallet = () => {
    const ledger = new LedgerBook();
    const from = ledger.open('from', 1_000);
    ledger.open('to', 0);
    return {
      actions: ['pay', 'pay-back'],
      ledger,
      from,
      handle: (call: Call) => handle(call, ledger) as Outcome,
    };
  };
  return simulate(
    defineScenario({
      name: 'pay',
      title: 'Pay',
      sagas: [saga],
      participants: () => ({ wallet: wallet() }),
      workload: () => ({ saga, input: {} }),
    }),
    { seed: 'mistakes', sagas: 3, profile: profiles.calm },
  );
}

test.each<[what: string, handle: () => unknown, message: RegExp]>([
  [
    'throws',
    () => {
      throw new Error('no such wallet');
    },
    /participant "wallet", asked for "pay", threw Error: no such wallet \(at test\/simulator\/world\/participant-mistakes\.test\.ts:\d+:\d+\)$/,
  ],
  ['answers nothing', () => undefined, /answered nothing/],
  ['answers in its own words', () => ({ kind: 'ok' }), /answered \{"kind":"ok"\}/],
  ['promises an answer', async () => ({ kind: 'applied' }), /answered with a Promise/],
  ['names no failure class', () => ({ kind: 'rejected', failure: 'bussiness', reason: '' }), /"bussiness"/],
])('a participant that %s is told so in one sentence', (_what, handle, message) => {
  const { verdict, violations } = run(handle);
  expect(verdict).toBe('violated');
  expect(violations).toMatchObject([{ invariant: 'nothing-thrown', saga: expect.stringMatching(/^s-/) }]);
  expect(violations[0]!.message).toMatch(message);
});

test('what is thrown in different sagas and places is one failure', () => {
  const signatureOf = (handle: (call: Call) => unknown) => run(handle).violations[0]!.signature;
  const one = signatureOf(({ saga }) => {
    throw new RangeError(`no wallet 17 of ${saga}`);
  });
  const other = signatureOf(({ saga }) => {
    throw new RangeError(`no wallet 4 of ${saga}`);
  });
  expect(one).toBe(other);
  expect(one).not.toMatch(/mistakes|:\d/);
});

test('what is no mistake of the code in a run is thrown on', () => {
  const handle = (): never => {
    throw new UserError('bad-account', 'there is no such account');
  };
  expect(() => run(handle)).toThrow('there is no such account');
});

test('S6: two runs that differ only in what was booked have different fingerprints', () => {
  const booking = (amount: number) =>
    run((call, ledger) => {
      ledger.move(call, ledger.account('from')!, ledger.account('to')!, amount);
      return { kind: 'applied' };
    });
  expect(booking(5).fingerprint).toBe(booking(5).fingerprint);
  expect(booking(5).fingerprint).not.toBe(booking(6).fingerprint);
});
