// Which saga an Idempotency-Key means: its id is a hash of the key, so that whoever asks again, anywhere, asks for the same
// saga, and whoever knows the key of a request finds what it began.

import { createHash } from 'node:crypto';

/** What the API begins under keys: keys of different kinds of requests do not meet. */
export const KEY_SCOPES = ['sagas', 'orders'] as const;
/** What kind of request a key was used for. */
export type KeyScope = (typeof KEY_SCOPES)[number];

/**
 * The id of the saga that a key means: a UUID of version 8, from the first half of a SHA-256.
 *
 * @param key as it came in the header `Idempotency-Key`
 * @param scope `sagas` for what came as `POST /api/sagas`, `orders` for `POST /api/orders`
 * @example
 * const log = await store.logOf(sagaOfKey('order-4711'));
 */
export function sagaOfKey(key: string, scope: KeyScope = 'sagas'): string {
  const bytes = createHash('sha256').update(`${scope}\n${key}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
