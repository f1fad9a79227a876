// E11: money comes in as a decimal and is held as a whole number of minor units, exactly or not at all.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalText, minorUnits } from '../../../engine/core/money.ts';
import { UserError } from '../../../engine/core/user-error.ts';

test.each<[amount: number | string, currency: string, minor: number]>([
  [99.99, 'USD', 9_999],
  [0.1, 'USD', 10],
  [0.07, 'EUR', 7],
  [1.1, 'USD', 110],
  [19.99, 'USD', 1_999],
  [100, 'USD', 10_000],
  [0, 'USD', 0],
  [-0, 'USD', 0],
  ['-0.00', 'USD', 0],
  ['99.99', 'USD', 9_999],
  ['0099.9', 'USD', 9_990],
  ['99.9900', 'USD', 9_999],
  ['1.5e1', 'USD', 1_500],
  ['1500e-2', 'USD', 1_500],
  ['1E+2', 'USD', 10_000],
  [1200, 'JPY', 1_200],
  [1.234, 'KWD', 1_234],
  [1.5, 'ZZZ', 150], // a currency that is not known has two digits
  ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
  [Number.MAX_SAFE_INTEGER, 'JPY', Number.MAX_SAFE_INTEGER],
  [9999999999999.99, 'USD', 999_999_999_999_999],
])('E11: %s %s is %d minor units', (amount, currency, minor) => {
  expect(minorUnits(amount, currency)).toBe(minor);
});

test.each<[amount: number | string, currency: string, sentence: string]>([
  [0.1 + 0.2, 'USD', 'amount 0.30000000000000004 has more than 2 decimals, the finest that USD has'],
  [99.999, 'USD', 'amount 99.999 has more than 2 decimals, the finest that USD has'],
  [1e-7, 'USD', 'amount 1e-7 has more than 2 decimals, the finest that USD has'],
  [0.5, 'JPY', 'amount 0.5 has more than 0 decimals, the finest that JPY has'],
  [1.2345, 'KWD', 'amount 1.2345 has more than 3 decimals, the finest that KWD has'],
  [-1, 'USD', 'amount -1 is negative'],
  ['-0.01', 'USD', 'amount "-0.01" is negative'],
  ['90071992547409.92', 'USD', 'amount "90071992547409.92" is too large'],
  [
    12345678901234.57,
    'USD',
    'amount 12345678901234.57 has more digits than a number keeps exactly: write it as text',
  ],
  [1e21, 'USD', 'amount 1e+21 is too large'],
  ['1e999', 'USD', 'amount "1e999" is too large'],
  [Number.NaN, 'USD', 'amount NaN is not a decimal number'],
  [Number.POSITIVE_INFINITY, 'USD', 'amount Infinity is not a decimal number'],
  ['', 'USD', 'amount "" is not a decimal number'],
  [' 1', 'USD', 'amount " 1" is not a decimal number'],
  ['1,50', 'USD', 'amount "1,50" is not a decimal number'],
  ['.5', 'USD', 'amount ".5" is not a decimal number'],
  ['5.', 'USD', 'amount "5." is not a decimal number'],
  ['0x10', 'USD', 'amount "0x10" is not a decimal number'],
  ['1e9999', 'USD', 'amount "1e9999" is not a decimal number'],
  ['١٢', 'USD', 'amount "١٢" is not a decimal number'],
  [1, 'jpy', 'currency "jpy" is not a code of three capital letters'],
  [1, '', 'currency "" is not a code of three capital letters'],
  [1, 'constructor', 'currency "constructor" is not a code of three capital letters'],
])('E11: %s %s is refused: %s', (amount, currency, sentence) => {
  expect(() => minorUnits(amount, currency)).toThrow(UserError);
  expect(() => minorUnits(amount, currency)).toThrow(sentence);
});

const anyMinor = fc.nat(Number.MAX_SAFE_INTEGER);

/** `minor` with a point before its last `digits` digits. */
function decimal(minor: number, digits: number): string {
  const text = String(minor).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

test('E11: as text, every amount goes there and back, in every currency', () => {
  fc.assert(
    fc.property(
      anyMinor,
      fc.constantFrom<[string, number]>(['JPY', 0], ['USD', 2], ['KWD', 3]),
      (minor, unit) => {
        expect(minorUnits(decimal(minor, unit[1]), unit[0])).toBe(minor);
      },
    ),
    { numRuns: 1000 },
  );
});

test('E11: as a JSON number, every amount of up to 15 digits goes there and back', () => {
  fc.assert(
    fc.property(fc.nat(999_999_999_999_999), (minor) => {
      expect(minorUnits(JSON.parse(decimal(minor, 2)) as number, 'USD')).toBe(minor);
    }),
    { numRuns: 1000 },
  );
});

test('E11: a number is never rounded: what is not whole in minor units is refused', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (amount) => {
      let minor: number | undefined;
      try {
        minor = minorUnits(amount, 'USD');
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        return;
      }
      expect(Number(decimal(minor, 2))).toBe(amount);
      expect(minor < 10 ** 15 || Number.isInteger(amount)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  [9_999, 'USD', '99.99'],
  [5, 'USD', '0.05'],
  [0, 'USD', '0.00'],
  [1_200, 'JPY', '1200'],
  [1_234, 'KWD', '1.234'],
  [Number.MAX_SAFE_INTEGER, 'USD', '90071992547409.91'],
])('%i minor units of %s are %s, and back', (minor, currency, text) => {
  expect(decimalText(minor, currency)).toBe(text);
  expect(minorUnits(text, currency)).toBe(minor);
});
