// A rate limit in whole microseconds: requests are taken at even distances, or later.

const SECOND_US = 1_000_000;

export class RateLimiter {
  readonly #distanceUs: number;
  #nextAtUs = 0;

  /** @param perSecond from 1 */
  constructor(perSecond: number) {
    this.#distanceUs = Math.ceil(SECOND_US / perSecond);
  }

  /** Takes a request and returns 0; or the microseconds until one would be taken. */
  take(nowUs: number): number {
    if (nowUs < this.#nextAtUs) return this.#nextAtUs - nowUs;
    this.#nextAtUs = nowUs + this.#distanceUs;
    return 0;
  }
}
