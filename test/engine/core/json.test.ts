// E9: what counts as JSON comes back from a log as it was; what does not is named, with its place.

import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlain, isSameJson, jsonFault } from '../../../engine/core/json.ts';

class Money {
  readonly cents = 5;
}

const anyValue = fc.anything({
  withDate: true,
  withMap: true,
  withSet: true,
  withBigInt: true,
  withSparseArray: true,
  withNullPrototype: true,
  withTypedArray: true,
  maxDepth: 4,
});

test('E9: what has no fault is the same after a restart, whatever it is', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      if (value === undefined || jsonFault(value) !== undefined) return;
      const back: unknown = JSON.parse(JSON.stringify(value));
      expect(isSameJson(back, value)).toBe(true);
      expect(jsonFault(back)).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

test('E9: JSON has no fault', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(jsonFault(value)).toBeUndefined();
    }),
  );
});

test.each<[what: string, value: unknown, path: string, words: string]>([
  ['a date', { at: [new Date(0)] }, 'at[0]', 'a Date is not JSON'],
  ['an object of a class', { price: new Money() }, 'price', 'a Money is not JSON'],
  ['a map', new Map(), '', 'a Map is not JSON'],
  ['a bigint', [1n], '[0]', 'a bigint is not JSON'],
  ['a function', { a: { f: () => 1 } }, 'a.f', 'a function is not JSON'],
  ['no number', { n: Number.NaN }, 'n', 'NaN is not a whole number'],
  ['a hole', Object.assign([], { length: 1 }), '[0]', 'a undefined is not JSON'],
])('%s is refused, and its place is named', (_what, value, path, what) => {
  expect(jsonFault(value)).toEqual({ path, what });
});

test('a record of another realm is one, and a member that is undefined is not there', () => {
  const foreign = runInNewContext('({ a: [{ b: 1 }], c: undefined })') as object;
  expect(isPlain(foreign)).toBe(true);
  expect(jsonFault(foreign)).toBeUndefined();
  expect(isSameJson(foreign, { a: [{ b: 1 }] })).toBe(true);
});

test('the order of members does not matter, that of a list does', () => {
  expect(isSameJson({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true);
  expect(isSameJson([1, 2], [2, 1])).toBe(false);
  expect(isSameJson({ a: 1 }, { a: 1, b: null })).toBe(false);
});
