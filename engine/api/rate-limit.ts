// How often one asker may ask: a bucket of tokens for each, filled at a steady rate.
//
// R1. Askers are kept in bounded memory: whoever was not seen for longest is forgotten first, and begins anew.

import { isIPv6 } from 'node:net';

const ASKERS_MAX = 10_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #nowMs: () => number;
  /** Whoever asked last stands last. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param nowMs a clock that does not go back, in milliseconds */
  constructor({
    perSecond,
    burst,
    nowMs = () => performance.now(),
  }: {
    readonly perSecond: number;
    readonly burst: number;
    readonly nowMs?: () => number;
  }) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#nowMs = nowMs;
  }

  /** Takes one token. 0 when there was one; otherwise the seconds until there is. */
  take(asker: string): number {
    const nowMs = this.#nowMs();
    const { tokens, atMs } = this.#buckets.get(asker) ?? { tokens: this.#burst, atMs: nowMs };
    const filled = Math.min(this.#burst, tokens + ((nowMs - atMs) / 1_000) * this.#perSecond);
    this.#buckets.delete(asker);
    this.#buckets.set(asker, { tokens: filled >= 1 ? filled - 1 : filled, atMs: nowMs });
    if (this.#buckets.size > ASKERS_MAX) this.#buckets.delete(this.#buckets.keys().next().value!); // R1
    return filled >= 1 ? 0 : (1 - filled) / this.#perSecond;
  }

  /** Askers that are remembered. */
  get size(): number {
    return this.#buckets.size;
  }
}

/** An address as an asker: of IPv6 the network, for one machine has all of its addresses. */
export function askerOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) while (groups.length < 8 - tail.split(':').filter(Boolean).length) groups.push('0');
  return `${groups.slice(0, 4).join(':')}::/64`;
}
