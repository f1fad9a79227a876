// Whose the money is at every point of authorise, capture, void and refund.

import { describe, expect, test } from 'vitest';
import type { Call } from '../../engine/core/protocol.ts';
import { payment } from '../../participants-mock/index.ts';
import { client } from '../engine/fence/call-of.ts';

const AUTHORIZE: Partial<Call> = { step: 'authorize' };
const CAPTURE: Partial<Call> = { step: 'capture' };
const HUNDRED = { amount: 100 };

function open() {
  const at = client(payment({ customers: 2, openingBalance: 500 }));
  /** Customer, held, merchant. */
  const money = () => ['c-0', 'clearing:holds', 'merchant'].map(at.balance);
  return { ...at, money };
}

describe('authorise and capture', () => {
  test('an authorisation holds the money and names itself after the saga', () => {
    const at = open();
    expect(at.forward('authorize', HUNDRED, AUTHORIZE)).toEqual({
      kind: 'applied',
      result: { authorization: 'auth-s-1' },
    });
    expect(at.money()).toEqual([400, 100, 0]);
  });

  test('a capture needs no result of the authorisation to find it', () => {
    const at = open();
    at.forward('authorize', HUNDRED, AUTHORIZE);
    expect(at.forward('capture', {}, CAPTURE)).toEqual({
      kind: 'applied',
      result: { customer: 'c-0', amount: 100, authorization: 'auth-s-1' },
    });
    expect(at.money()).toEqual([400, 0, 100]);
  });

  test('what a partial capture leaves goes back to the customer at once, in one entry', () => {
    const at = open();
    at.forward('authorize', HUNDRED, AUTHORIZE);
    at.entries();
    at.forward('capture', { amount: 60 }, CAPTURE);
    expect(at.money()).toEqual([440, 0, 60]);
    expect(at.entries().map(({ postings }) => postings)).toEqual([
      [
        { account: 'clearing:holds', amount: -100 },
        { account: 'merchant', amount: 60 },
        { account: 'c-0', amount: 40 },
      ],
    ]);
  });

  test('one authorisation is captured once', () => {
    const at = open();
    at.forward('authorize', HUNDRED, AUTHORIZE);
    at.forward('capture', { amount: 60 }, CAPTURE);
    expect(at.forward('capture', { amount: 40 }, { step: 'again' })).toMatchObject({ failure: 'business' });
    expect(at.money()).toEqual([440, 0, 60]);
  });

  test('a saga with several payments names its authorisations', () => {
    const at = open();
    at.forward('authorize', { amount: 10, authorization: 'first' }, { step: 'a' });
    at.forward('authorize', { amount: 20, authorization: 'second', customer: 'c-1' }, { step: 'b' });
    at.forward('capture', { authorization: 'second' }, { step: 'c' });
    expect(at.money()).toEqual([490, 10, 20]);
    expect(at.balance('c-1')).toBe(480);
  });
});

describe('the undo', () => {
  test('voids what is held', () => {
    const at = open();
    at.forward('authorize', HUNDRED, AUTHORIZE);
    expect(at.undo('void', HUNDRED, AUTHORIZE).kind).toBe('applied');
    expect(at.money()).toEqual([500, 0, 0]);
  });

  test('after a capture is a refund, then a void that moves nothing, each one entry', () => {
    const at = open();
    at.forward('authorize', HUNDRED, AUTHORIZE);
    at.forward('capture', { amount: 60 }, CAPTURE);
    expect(at.undo('refund', { amount: 60 }, CAPTURE).kind).toBe('applied');
    expect(at.money()).toEqual([500, 0, 0]);
    expect(at.undo('void', HUNDRED, AUTHORIZE).kind).toBe('applied');
    expect(at.money()).toEqual([500, 0, 0]);
    expect(at.entries().map(({ action, postings }) => [action, postings?.length ?? 0])).toEqual([
      ['authorize', 2],
      ['capture', 3],
      ['refund', 2],
      ['void', 0],
    ]);
  });

  test('of a capture in doubt leaves the hold for the void', () => {
    const at = open();
    at.forward('authorize', HUNDRED, AUTHORIZE);
    expect(at.undo('refund', HUNDRED, CAPTURE).kind).toBe('applied');
    expect(at.forward('capture', HUNDRED, CAPTURE)).toMatchObject({ failure: 'business' });
    expect(at.money()).toEqual([400, 100, 0]);
    at.undo('void', HUNDRED, AUTHORIZE);
    expect(at.money()).toEqual([500, 0, 0]);
    expect(at.entries().map(({ action }) => action)).toEqual(['authorize', 'void']);
  });

  test('voids only what its own saga holds', () => {
    const at = open();
    const named = { amount: 10, authorization: 'shared' };
    at.forward('authorize', named, AUTHORIZE);
    at.forward('capture', named, CAPTURE);
    at.forward('authorize', named, { ...AUTHORIZE, saga: 's-2' });
    at.undo('void', named, AUTHORIZE);
    expect(at.money()).toEqual([480, 10, 10]);
    expect(at.forward('capture', named, { step: 'third' })).toMatchObject({ failure: 'business' });
  });

  test('after which a new round may authorise again', () => {
    const at = open();
    at.forward('authorize', HUNDRED, AUTHORIZE);
    at.undo('void', HUNDRED, AUTHORIZE);
    expect(at.forward('authorize', HUNDRED, { ...AUTHORIZE, round: 1 }).kind).toBe('applied');
    expect(at.money()).toEqual([400, 100, 0]);
  });
});

describe('charge and refund', () => {
  const CHARGE = { amount: 9999, currency: 'USD', customer: 'c-1' };
  const rich = () => client(payment({ customers: 2, openingBalance: 10_000 }));

  test('a charge moves the money at once, a refund moves it back', () => {
    const at = rich();
    expect(at.forward('charge', CHARGE)).toEqual({
      kind: 'applied',
      result: { customer: 'c-1', amount: 9999 },
    });
    expect([at.balance('c-1'), at.balance('merchant')]).toEqual([1, 9999]);
    expect(at.undo('refund', CHARGE).kind).toBe('applied');
    expect([at.balance('c-1'), at.balance('merchant')]).toEqual([10_000, 0]);
  });

  test('a refund without an amount gives all back, one with an amount that much', () => {
    const at = rich();
    at.forward('charge', CHARGE);
    at.undo('refund', { amount: 99 });
    expect(at.balance('c-1')).toBe(100);
    at.forward('charge', { ...CHARGE, amount: 100 }, { saga: 's-2' });
    at.undo('refund', null, { saga: 's-2' });
    expect(at.balance('c-1')).toBe(100);
  });

  test.each([
    [{ amount: 10_000 }, 'business'],
    [{ amount: 0 }, 'invalid_request'],
    [{ amount: 'all' }, 'invalid_request'],
  ])('a refund of %j is refused', (payload, failure) => {
    const at = rich();
    at.forward('charge', CHARGE);
    expect(at.undo('refund', payload)).toMatchObject({ kind: 'rejected', failure });
    expect(at.balance('merchant')).toBe(9999);
  });

  test('a compensation that does not fit its step is an invalid request', () => {
    const at = rich();
    at.forward('charge', CHARGE);
    expect(at.undo('void', CHARGE)).toMatchObject({ failure: 'invalid_request' });
    expect(at.undo('charge', CHARGE)).toMatchObject({ failure: 'invalid_request' });
    at.forward('authorize', HUNDRED, AUTHORIZE);
    expect(at.undo('refund', HUNDRED, AUTHORIZE)).toMatchObject({ failure: 'invalid_request' });
  });
});

describe('a refusal moves nothing', () => {
  test.each([
    ['authorize', { amount: 501 }, 'business'],
    ['charge', { amount: 501 }, 'business'],
    ['authorize', { amount: 0 }, 'invalid_request'],
    ['charge', {}, 'invalid_request'],
    ['charge', null, 'invalid_request'],
    ['charge', { amount: 1, currency: 'EUR' }, 'invalid_request'],
    ['charge', { amount: 1, customer: 'c-2' }, 'invalid_request'],
    ['charge', { amount: 1, customer: 'merchant' }, 'invalid_request'],
    ['charge', { amount: 1, customer: 'clearing:holds' }, 'invalid_request'],
    ['authorize', { amount: 1, authorization: 5 }, 'invalid_request'],
    ['capture', { amount: 1, authorization: 5 }, 'invalid_request'],
    ['capture', { amount: 1 }, 'business'],
    ['refund', { amount: 1 }, 'invalid_request'],
    ['void', {}, 'invalid_request'],
  ])('%s %j is refused as %s', (action, payload, failure) => {
    const at = open();
    expect(at.forward(action, payload)).toMatchObject({ kind: 'rejected', failure });
    expect(at.entries()).toEqual([]);
    expect(at.money()).toEqual([500, 0, 0]);
  });

  test.each(['authorize', 'charge'])('%s takes the last unit', (action) => {
    const at = open();
    expect(at.forward(action, { amount: 500 }).kind).toBe('applied');
    expect(at.balance('c-0')).toBe(0);
  });

  test('a capture of more than is held is refused, and the hold stays', () => {
    const at = open();
    at.forward('authorize', HUNDRED, AUTHORIZE);
    expect(at.forward('capture', { amount: 101 }, CAPTURE)).toMatchObject({ failure: 'business' });
    expect(at.forward('capture', { amount: -1 }, { step: 'b' })).toMatchObject({
      failure: 'invalid_request',
    });
    expect(at.money()).toEqual([400, 100, 0]);
  });

  test('an authorisation that is open is not opened again', () => {
    const at = open();
    at.forward('authorize', { ...HUNDRED, authorization: 'x' }, AUTHORIZE);
    expect(
      at.forward('authorize', { ...HUNDRED, authorization: 'x' }, { ...AUTHORIZE, saga: 's-2' }),
    ).toMatchObject({ failure: 'business' });
    expect(at.money()).toEqual([400, 100, 0]);
  });
});

test.each([{ customers: 0 }, { openingBalance: -1 }, { openingBalance: 2 ** 53 }])(
  '%j is refused as an option',
  (options) => {
    expect(() => payment(options)).toThrow(expect.objectContaining({ code: 'bad-option' }));
  },
);
