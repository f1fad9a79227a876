// Money from the outside world, where it is a decimal fraction, to the inside, where it is a whole number of minor
// units (E11). Exact or refused: nothing is ever rounded.

import { UserError } from './user-error.ts';

/** Digits after the point where they are not two (ISO 4217). */
const DIGITS: Readonly<Record<string, number>> = {
  BHD: 3,
  CLP: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  TND: 3,
  UGX: 0,
  VND: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};
const DIGITS_DEFAULT = 2;
/** A JSON number holds every decimal of up to 15 digits exactly; of a longer one, only the neighbourhood. */
const NUMBER_LIMIT = 1_000_000_000_000_000n;

/**
 * An amount in minor units: a whole number from 0 to 2^53 − 1.
 *
 * A JSON number is taken at its shortest decimal text, so 99.99 is 9,999 and 0.1 + 0.2, which is not 0.3, is
 * refused. A currency that is not known has two digits.
 *
 * @param currency a code of three capital letters, as in ISO 4217
 * @throws UserError `bad-amount` when the amount is negative, too fine, too large or not a decimal number.
 * @example
 * minorUnits(99.99, 'USD');  // 9_999
 * minorUnits('1200', 'JPY'); // 1_200
 */
export function minorUnits(amount: number | string, currency = 'USD'): number {
  const text = String(amount);
  const shown = typeof amount === 'string' ? JSON.stringify(amount) : text;
  if (!/^[A-Z]{3}$/.test(currency)) {
    const what = `currency ${JSON.stringify(currency)} is not a code of three capital letters`;
    throw new UserError('bad-amount', what, 'Write it like "USD".');
  }
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/i.exec(text);
  if (parts === null) throw bad(shown, 'is not a decimal number');
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  if (sign === '-' && /[1-9]/.test(whole + fraction)) throw bad(shown, 'is negative');
  const digits = DIGITS[currency] ?? DIGITS_DEFAULT;
  const value = shift(whole + fraction, fraction.length, Number(exponent) + digits);
  if (value === undefined)
    throw bad(shown, `has more than ${digits} decimals, the finest that ${currency} has`);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw bad(shown, 'is too large');
  if (typeof amount === 'number' && fraction !== '' && value >= NUMBER_LIMIT)
    throw bad(shown, 'has more digits than a number keeps exactly: write it as text');
  return Number(value);
}

/**
 * Minor units as decimal text, with all the digits that the currency has.
 *
 * @param minor a whole number from 0 to 2^53 − 1
 * @example
 * decimalText(9_999, 'USD'); // '99.99'
 * decimalText(1_200, 'JPY'); // '1200'
 */
export function decimalText(minor: number, currency = 'USD'): string {
  const digits = DIGITS[currency] ?? DIGITS_DEFAULT;
  const text = String(minor).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** `digits` × 10^(by − decimals), or undefined when that is not whole. */
function shift(digits: string, decimals: number, by: number): bigint | undefined {
  const places = by - decimals;
  if (places >= 0) return BigInt(digits) * 10n ** BigInt(places);
  const padded = digits.padStart(-places + 1, '0');
  const dropped = padded.slice(places);
  return /^0*$/.test(dropped) ? BigInt(padded.slice(0, places)) : undefined;
}

function bad(shown: string, what: string): UserError {
  return new UserError('bad-amount', `amount ${shown} ${what}`, 'Write it like 99.99, or as text: "99.99".');
}
