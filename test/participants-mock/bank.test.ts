// What the bank answers, and where the money then is.

import { describe, expect, test } from 'vitest';
import type { ParticipantEnv } from '../../engine/core/protocol.ts';
import { type BankOptions, bank, type CreditFails } from '../../participants-mock/index.ts';
import { client } from '../engine/fence/call-of.ts';

const CLEARING = 'clearing:transfers';
const A = { step: 'debit' };
const B = { step: 'credit' };

function open(options: Partial<BankOptions> = {}, env?: ParticipantEnv) {
  return client(bank({ accounts: 3, openingBalance: 100, ...options }), env);
}

describe('a transfer', () => {
  test('moves the money through clearing, one entry a step', () => {
    const at = open();
    expect(at.forward('debit', { account: 'a-0', amount: 30 }, A)).toEqual({ kind: 'applied' });
    expect([at.balance('a-0'), at.balance(CLEARING), at.balance('a-1')]).toEqual([70, 30, 100]);
    expect(at.forward('credit', { account: 'a-1', amount: 30 }, B)).toEqual({ kind: 'applied' });
    expect([at.balance('a-0'), at.balance(CLEARING), at.balance('a-1')]).toEqual([70, 0, 130]);
    expect(at.entries().map(({ step, action }) => [step, action])).toEqual([
      ['debit', 'debit'],
      ['credit', 'credit'],
    ]);
  });

  test('that is undone leaves every account as it was', () => {
    const at = open();
    at.forward('debit', { account: 'a-0', amount: 30 }, A);
    at.forward('credit', { account: 'a-1', amount: 30 }, B);
    at.undo('compensate_credit', { account: 'a-1', amount: 30 }, B);
    expect(at.balance(CLEARING)).toBe(30);
    at.undo('compensate_debit', { account: 'a-0', amount: 30 }, A);
    expect([at.balance('a-0'), at.balance(CLEARING), at.balance('a-1')]).toEqual([100, 0, 100]);
    expect(at.entries().map(({ direction }) => direction)).toEqual([
      'forward',
      'forward',
      'compensation',
      'compensation',
    ]);
  });

  test('is undone even when the receiver has spent the money: the account goes into the red', () => {
    const at = open();
    at.forward('debit', { account: 'a-0', amount: 100 }, A);
    at.forward('credit', { account: 'a-1', amount: 100 }, B);
    at.forward('debit', { account: 'a-1', amount: 200 }, { saga: 'spender' });
    expect(at.undo('compensate_credit', { account: 'a-1', amount: 100 }, B).kind).toBe('applied');
    expect(at.balance('a-1')).toBe(-100);
  });

  test('that never happened is undone without an entry', () => {
    const at = open();
    expect(at.undo('compensate_debit', { account: 'a-0', amount: 30 }, A).kind).toBe('applied');
    expect(at.forward('debit', { account: 'a-0', amount: 30 }, A)).toMatchObject({ failure: 'business' });
    expect(at.entries()).toEqual([]);
    expect(at.balance('a-0')).toBe(100);
  });
});

describe('a refusal moves nothing', () => {
  test('debit takes the last unit, and not one more', () => {
    const at = open();
    expect(at.forward('debit', { account: 'a-0', amount: 101 })).toMatchObject({
      kind: 'rejected',
      failure: 'business',
    });
    expect(at.forward('debit', { account: 'a-0', amount: 100 }, { saga: 's-2' }).kind).toBe('applied');
  });

  test.each([
    ['an account that is not open', { account: 'a-3', amount: 1 }],
    ['no account', { amount: 1 }],
    ['an account that is not a name', { account: 7, amount: 1 }],
    ['a clearing account', { account: CLEARING, amount: 1 }],
    ['the name of a method', { account: 'constructor', amount: 1 }],
    ['no amount', { account: 'a-0' }],
    ['nothing at all', { account: 'a-0', amount: 0 }],
    ['a negative amount', { account: 'a-0', amount: -1 }],
    ['text', { account: 'a-0', amount: '5' }],
    ['a payload that is no record', 'a-0'],
    ['no payload', null],
  ])('%s is an invalid request', (_, payload) => {
    for (const action of ['debit', 'credit']) {
      const at = open();
      expect(at.forward(action, payload)).toMatchObject({ kind: 'rejected', failure: 'invalid_request' });
      expect(at.entries()).toEqual([]);
    }
  });

  test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no amount (E11)', (amount) => {
    const at = open();
    const payload = { account: 'a-0', amount };
    expect(at.forward('debit', payload, { payloadHash: 1 })).toMatchObject({ failure: 'invalid_request' });
  });

  test('an amount that no account could hold is an invalid request', () => {
    const at = open();
    const payload = { account: 'a-0', amount: Number.MAX_SAFE_INTEGER };
    expect(at.forward('credit', payload)).toMatchObject({ failure: 'invalid_request' });
    expect([at.balance('a-0'), at.balance(CLEARING)]).toEqual([100, 0]);
  });

  test('a wrong compensation of an applied debit is an invalid request, and a right one still undoes it', () => {
    const at = open();
    at.forward('debit', { account: 'a-0', amount: 30 });
    expect(at.undo('compensate_debit', { amount: 30 })).toMatchObject({ failure: 'invalid_request' });
    expect(at.undo('credit', { account: 'a-0', amount: 30 })).toMatchObject({ failure: 'invalid_request' });
    expect(at.undo('compensate_debit', { account: 'a-0', amount: 30 }).kind).toBe('applied');
    expect(at.balance('a-0')).toBe(100);
  });

  test.each(['compensate_debit', 'transfer', ''])('"%s" is no forward action', (action) => {
    expect(open().forward(action, { account: 'a-0', amount: 1 })).toMatchObject({
      failure: 'invalid_request',
    });
  });
});

describe('credits that fail', () => {
  const CREDIT = { account: 'a-1', amount: 5 };

  /** Chance says yes to the subjects in `unlucky`. */
  function unlucky(subjects: readonly string[], creditFails?: CreditFails) {
    const drawn: unknown[] = [];
    const chance: ParticipantEnv['chance'] = (...draw) => {
      drawn.push(draw);
      return subjects.includes(draw[1]);
    };
    const env: ParticipantEnv = { nowUs: 0, chance, commit: () => undefined };
    return { drawn, ...open(creditFails === undefined ? {} : { creditFails }, env) };
  }

  test('by default 300 of 1,000, in every attempt, with nobody knowing', () => {
    const at = unlucky(['s-1/credit/forward']);
    for (const attempt of [1, 2, 3]) {
      expect(at.forward('credit', CREDIT, { ...B, attempt })).toMatchObject({
        kind: 'unknown',
        failure: 'transient',
      });
    }
    expect(at.drawn[0]).toEqual(['credit-fails', 's-1/credit/forward', 300]);
    expect(at.entries()).toEqual([]);
    expect(at.forward('credit', CREDIT, { ...B, saga: 's-2' }).kind).toBe('applied');
  });

  test('per attempt, a retry may succeed', () => {
    const fails: CreditFails = { permille: 500, per: 'attempt', answer: 'rejected' };
    const at = unlucky(['s-1/credit/forward/attempt-1'], fails);
    expect(at.forward('credit', CREDIT, B)).toMatchObject({ kind: 'rejected', failure: 'transient' });
    expect(at.forward('credit', CREDIT, { ...B, attempt: 2 }).kind).toBe('applied');
    expect(at.drawn).toHaveLength(2);
  });

  test('a failed credit that is compensated has no entry, and cannot arrive later', () => {
    const at = unlucky(['s-1/credit/forward/attempt-1'], { permille: 1, per: 'attempt', answer: 'unknown' });
    at.forward('credit', CREDIT, B);
    expect(at.undo('compensate_credit', CREDIT, B).kind).toBe('applied');
    expect(at.forward('credit', CREDIT, { ...B, attempt: 2 })).toMatchObject({ failure: 'business' });
    expect(at.entries()).toEqual([]);
  });

  test('nothing is drawn when none shall fail', () => {
    const at = unlucky(['s-1/credit/forward'], { permille: 0, per: 'transfer', answer: 'unknown' });
    expect(at.forward('credit', CREDIT, B).kind).toBe('applied');
    expect(at.drawn).toEqual([]);
  });

  test('debits and undos never fail by chance', () => {
    const at = unlucky(['s-1/step/forward', 's-1/step/compensation']);
    expect(at.forward('debit', CREDIT).kind).toBe('applied');
    expect(at.undo('compensate_debit', CREDIT).kind).toBe('applied');
    expect(at.drawn).toEqual([]);
  });
});

test.each([
  { accounts: 0 },
  { accounts: 1.5 },
  { openingBalance: -1 },
  { accounts: 2, openingBalance: Number.MAX_SAFE_INTEGER },
  { creditFails: { permille: 1001, per: 'attempt', answer: 'unknown' } as const },
  { creditFails: { permille: 1, per: 'call', answer: 'unknown' } as unknown as CreditFails },
  { creditFails: { permille: 1, per: 'attempt', answer: 'applied' } as unknown as CreditFails },
])('%j is refused as an option', (options) => {
  expect(() => open(options)).toThrow(expect.objectContaining({ code: 'bad-option' }));
});
