// The books: every change is one entry, and what the entries say is what the balances say.

import { expect, test } from 'vitest';
import { AssertionError } from '../../engine/core/assert.ts';
import { LedgerBook } from '../../participants-mock/index.ts';
import { callOf } from '../engine/fence/call-of.ts';

const call = callOf('forward', 'pay', {}, { saga: 's-9', step: 'till', round: 2 });
const HEAD = { saga: 's-9', step: 'till', direction: 'forward', round: 2, action: 'pay' };

test('a move changes two balances and writes one entry, which adds up to zero', () => {
  const book = new LedgerBook();
  const cash = book.open('cash', 100);
  const till = book.open('till', 5);
  book.move(call, cash, till, 30);
  expect([...book.balances()]).toEqual([
    ['cash', 70],
    ['till', 35],
  ]);
  const postings = [
    { account: 'cash', amount: -30 },
    { account: 'till', amount: 30 },
  ];
  expect(book.drain()).toEqual([{ ...HEAD, postings }]);
});

test('an entry may have more than two legs', () => {
  const book = new LedgerBook();
  const [a, b, c] = [book.open('a', 0), book.open('b', 0), book.open('clearing:c', 10)];
  book.post(call, [
    { account: c, amount: -10 },
    { account: a, amount: 7 },
    { account: b, amount: 3 },
  ]);
  expect(Object.fromEntries(book.balances())).toEqual({ a: 7, b: 3, 'clearing:c': 0 });
  expect(book.drain()[0]?.postings).toHaveLength(3);
});

test('legs that do not add up are a bug of the service, and change nothing', () => {
  const book = new LedgerBook();
  const a = book.open('a', 1);
  expect(() => book.post(call, [{ account: a, amount: 1 }])).toThrow(AssertionError);
  expect([...book.balances()]).toEqual([['a', 1]]);
  expect(book.drain()).toEqual([]);
});

test('balances never leave the whole numbers', () => {
  const book = new LedgerBook();
  const rich = book.open('rich', Number.MAX_SAFE_INTEGER);
  const poor = book.open('poor', 1);
  expect(book.canMove(poor, rich, 1)).toBe(false);
  expect(book.canMove(rich, poor, 1)).toBe(true);
  expect(() => book.move(call, poor, rich, 1)).toThrow(AssertionError);
  expect(() => book.open('half', 0.5)).toThrow(AssertionError);
});

test('a clearing account is counted, but cannot be named', () => {
  const book = new LedgerBook();
  book.open('clearing:x', 0);
  book.open('open', 0);
  expect(book.account('clearing:x')).toBeUndefined();
  expect(book.account('open')).toBeDefined();
  expect([...book.balances()].map(([name]) => name)).toEqual(['open', 'clearing:x']);
});

test('stock moves between its parts, and the entry carries the level after it', () => {
  const book = new LedgerBook();
  book.store('prod', 10);
  book.moveStock(call, 'prod', 'onHand', 'reserved', 4);
  book.moveStock(call, 'prod', 'reserved', 'sold', 1);
  expect(book.drain().map(({ stock }) => stock)).toEqual([
    { item: 'prod', onHand: 6, reserved: 4, sold: 0, total: 10 },
    { item: 'prod', onHand: 6, reserved: 3, sold: 1, total: 10 },
  ]);
  expect([...book.stock()]).toEqual([{ item: 'prod', onHand: 6, reserved: 3, sold: 1, total: 10 }]);
});

test('no part of the stock becomes negative', () => {
  const book = new LedgerBook();
  book.store('prod', 10);
  expect(() => book.moveStock(call, 'prod', 'onHand', 'reserved', 11)).toThrow(AssertionError);
  expect(() => book.moveStock(call, 'other', 'onHand', 'reserved', 1)).toThrow(AssertionError);
  expect(book.level('prod')).toEqual({ item: 'prod', onHand: 10, reserved: 0, sold: 0, total: 10 });
});

test('drain hands entries over once, oldest first, and gives the same empty list when there are none', () => {
  const book = new LedgerBook();
  const empty = book.drain();
  book.note(call);
  book.note({ ...call, action: 'second' });
  expect(book.drain()).toEqual([HEAD, { ...HEAD, action: 'second' }]);
  expect(book.drain()).toBe(empty);
  expect(empty).toEqual([]);
});
