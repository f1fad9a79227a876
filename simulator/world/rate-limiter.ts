// A service's rate limit: a token bucket in whole microseconds.

import type { RateLimit } from '../service-load.ts';

const SECOND_US = 1_000_000;

export class RateLimiter {
  /** What one request costs, in microseconds of refilling. */
  readonly #costUs: number;
  readonly #fullUs: number;
  /** The bucket was, or will be, full at this time. */
  #fullAtUs = 0;

  constructor({ perSecond, burst }: RateLimit) {
    this.#costUs = Math.ceil(SECOND_US / perSecond);
    this.#fullUs = burst * this.#costUs;
  }

  /** Takes a request and returns 0; or the microseconds until one would be taken. */
  take(nowUs: number): number {
    const fullAtUs = Math.max(nowUs, this.#fullAtUs) + this.#costUs;
    const waitUs = fullAtUs - nowUs - this.#fullUs;
    if (waitUs > 0) return waitUs;
    this.#fullAtUs = fullAtUs;
    return 0;
  }
}
