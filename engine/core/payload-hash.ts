// The hash of a payload, sent with every attempt: the same key with another hash is not the same operation (E4).
// Members of an object are joined by addition, so their order does not matter and nothing is sorted.

import { isPlain, jsonFault } from './json.ts';
import { hash32, join32, mix32 } from './mix.ts';
import { UserError } from './user-error.ts';

const DEPTH_MAX = 64;
const NULL = 1;
const TRUE = 2;
const FALSE = 3;
const NUMBER = 4;
const TEXT = 5;
const LIST = 6;
const RECORD = 7;

/**
 * Hashes JSON to 31 bits, independent of the order of an object's members. Two different payloads under one key
 * are told apart but for one case in two thousand million; it is no defence against an attacker.
 *
 * @throws UserError `bad-payload` when the value is not JSON of whole numbers (E11), names the place.
 * @example
 * payloadHash({ a: 1, b: 2 }) === payloadHash({ b: 2, a: 1 }); // true
 */
export function payloadHash(value: unknown): number {
  return mix32(hashOf(value, value, 0)) >>> 1;
}

/** `root` is the whole payload: what is wrong is looked for from there, so that no path is built for what is right. */
function hashOf(value: unknown, root: unknown, depth: number): number {
  switch (typeof value) {
    case 'string':
      return join32(TEXT, hash32(value));
    case 'number':
      if (!Number.isSafeInteger(value)) throw bad(root);
      return join32(join32(NUMBER, value | 0), Math.floor(value / 0x1_0000_0000));
    case 'boolean':
      return mix32(value ? TRUE : FALSE);
    case 'object':
      if (value === null) return mix32(NULL);
      if (depth >= DEPTH_MAX) throw bad(root);
      if (Array.isArray(value)) return hashOfList(value, root, depth);
      if (!isPlain(value)) throw bad(root);
      return hashOfRecord(value, root, depth);
    default:
      throw bad(root);
  }
}

function hashOfList(list: readonly unknown[], root: unknown, depth: number): number {
  let hash = join32(LIST, list.length);
  for (let i = 0; i < list.length; i++) hash = join32(hash, hashOf(list[i], root, depth + 1));
  return hash;
}

function hashOfRecord(record: object, root: unknown, depth: number): number {
  let sum = RECORD;
  for (const name in record) {
    const member = (record as Readonly<Record<string, unknown>>)[name];
    if (member === undefined) continue;
    sum = (sum + mix32(join32(hash32(name), hashOf(member, root, depth + 1)))) | 0;
  }
  return mix32(sum);
}

function bad(root: unknown): UserError {
  const { path, what } = jsonFault(root, Number.isSafeInteger) ?? {
    path: '',
    what: 'it changes while it is read',
  };
  return new UserError(
    'bad-payload',
    path === '' ? what : `${path}: ${what}`,
    'Send whole numbers, text, lists and records.',
  );
}
