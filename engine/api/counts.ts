// How many sagas there are, of which status, for those who ask often and together: one question to the store at a time.

import type { SagaCatalogue, StatusCount } from '../live/index.ts';

const FRESH_MS = 900;

export class Counts {
  readonly #catalogue: SagaCatalogue;
  #latest: { readonly atMs: number; readonly counts: Promise<readonly StatusCount[]> } | undefined;

  constructor(catalogue: SagaCatalogue) {
    this.#catalogue = catalogue;
  }

  /** As of now. @throws UserError `store-failed` */
  now(): Promise<readonly StatusCount[]> {
    return this.#catalogue.counts();
  }

  /** At most a second old. @throws UserError `store-failed` */
  recent(): Promise<readonly StatusCount[]> {
    const nowMs = performance.now();
    if (this.#latest !== undefined && nowMs - this.#latest.atMs < FRESH_MS) return this.#latest.counts;
    const counts = this.now();
    this.#latest = { atMs: nowMs, counts };
    counts.catch(() => {
      this.#latest = undefined;
    });
    return counts;
  }
}
