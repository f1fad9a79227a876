// E4, E11: the same payload has the same hash however it was written down; another payload has another; and what is
// not whole numbers, text, lists and records has none.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { payloadHash } from '../../../engine/core/payload-hash.ts';
import { UserError } from '../../../engine/core/user-error.ts';

const anyPayload = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.maxSafeInteger(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('json'), { maxKeys: 4 }),
  ),
})).json;

/** The same JSON with the members of every record in reverse. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, reversed(member)] as const);
  return Object.fromEntries(members.reverse());
}

/** JSON with members sorted: equal texts are equal payloads. −0 is written as 0. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`,
  );
  return `{${members.sort().join()}}`;
}

test('E4: the order of members does not matter', () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      expect(payloadHash(reversed(payload))).toBe(payloadHash(payload));
    }),
  );
});

test('E4: a payload that went through JSON has the same hash', () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      expect(payloadHash(JSON.parse(JSON.stringify(payload)))).toBe(payloadHash(payload));
    }),
  );
});

test('E4: different payloads have different hashes, in all of thousands of pairs', () => {
  const seen = new Map<number, string>();
  fc.assert(
    fc.property(anyPayload, (payload) => {
      const text = canonical(payload);
      const hash = payloadHash(payload);
      expect(seen.get(hash) ?? text).toBe(text);
      seen.set(hash, text);
    }),
    { numRuns: 3000, seed: 1 }, // fixed: among 4.5 million pairs of 31 bits, two in a thousand runs would meet
  );
  expect(seen.size).toBeGreaterThan(1000);
});

test.each<[a: unknown, b: unknown]>([
  [0, false],
  [0, null],
  [0, ''],
  [0, []],
  [[], {}],
  [1, '1'],
  [1, [1]],
  [
    [1, 2],
    [2, 1],
  ],
  [[[1], 2], [[1, 2]]],
  [1, 1 + 2 ** 32],
  [-1, 1],
  [
    { a: 1, b: 2 },
    { a: 2, b: 1 },
  ],
  [{ a: { b: 1 } }, { b: { a: 1 } }],
  [{ a: 1 }, { a: [1] }],
  [{ a: null }, {}],
  ['ab', 'ba'],
])('E4: %j and %j are told apart', (a, b) => {
  expect(payloadHash(a)).not.toBe(payloadHash(b));
});

test('E4: a member that is undefined is not there, as in JSON', () => {
  expect(payloadHash({ a: 1, b: undefined })).toBe(payloadHash({ a: 1 }));
});

const ring: Record<string, unknown> = {};
ring.ring = ring;

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

function errorOf(payload: unknown): UserError {
  try {
    payloadHash(payload);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test.each<[what: string, value: unknown, message: string]>([
  ['a fraction', 0.5, '0.5 is not a whole number'],
  ['a sum of fractions', { amount: 0.1 + 0.2 }, 'amount: 0.30000000000000004 is not a whole number'],
  ['NaN', [Number.NaN], '[0]: NaN is not a whole number'],
  ['infinity', { a: [Number.POSITIVE_INFINITY] }, 'a[0]: Infinity is not a whole number'],
  ['a number beyond 2^53', 2 ** 53, '9007199254740992 is not a whole number'],
  ['undefined', undefined, 'a undefined is not JSON'],
  ['a function', { f: () => 1 }, 'f: a function is not JSON'],
  ['a bigint', { n: 1n }, 'n: a bigint is not JSON'],
  ['a date', { at: [new Date(0)] }, 'at[0]: a Date is not JSON'],
  ['a map', new Map(), 'a Map is not JSON'],
  ['a price', { lines: [{}, {}, { price: 0.1 }] }, 'lines[2].price: 0.1 is not a whole number'],
  ['a list in lists', { a: { b: [[1], [1, { c: 1.5 }]] } }, 'a.b[1][1].c: 1.5 is not a whole number'],
  ['a hole in a list', { a: [{ b: [1, undefined] }] }, 'a[0].b[1]: a undefined is not JSON'],
  ['the second of two', { a: { n: 1 }, b: { n: Number.NaN } }, 'b.n: NaN is not a whole number'],
  ['a circle', ring, 'ring: it contains itself'],
  ['a circle further down', { order: { lines: [{ ring }] } }, 'order.lines[0].ring.ring: it contains itself'],
  ['a payload too deep', nested(65), `${'[0]'.repeat(20)}…: nested too deeply`],
])('E11: %s is refused, and its place is named', (_what, value, message) => {
  expect(errorOf(value)).toMatchObject({ code: 'bad-payload', message });
});

test('E11: what stands in two places of a payload is no circle', () => {
  const shared = { a: [1] };
  expect(payloadHash([shared, shared])).toBe(payloadHash([{ a: [1] }, { a: [1] }]));
  expect(errorOf([shared, { b: shared, c: 0.5 }]).message).toBe('[1].c: 0.5 is not a whole number');
});

test('E11: a payload that changes while it is read is refused as such', () => {
  let reads = 0;
  const fickle = {
    get amount() {
      return reads++ === 0 ? 0.5 : 1;
    },
  };
  expect(errorOf(fickle).message).toBe('it changes while it is read');
});
