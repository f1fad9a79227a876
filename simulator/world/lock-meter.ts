// How long participants hold locks for their sagas: from when a step is prepared, or has put its records under a semantic lock,
// to when its participant has heard how the saga goes on.

import type { LedgerEntry } from '../../engine/core/protocol.ts';
import type { RunResult } from '../run-result.ts';

export class LockMeter {
  /** When they were taken, by transaction and step. */
  readonly #takenAtUs = new Map<string, number>();
  readonly #heldUs: number[] = [];

  note({ saga, round, lock }: LedgerEntry, nowUs: number): void {
    if (lock === undefined) return;
    for (const step of lock.by) {
      const key = `${saga}/${step}/${round}`;
      if (lock.is === 'taken') this.#takenAtUs.set(key, nowUs);
      else this.#release(key, nowUs);
    }
  }

  #release(key: string, nowUs: number): void {
    const takenAtUs = this.#takenAtUs.get(key);
    if (takenAtUs !== undefined) this.#heldUs.push(nowUs - takenAtUs);
    this.#takenAtUs.delete(key);
  }

  /** One number per prepared step, in microseconds; locks that are still held at `nowUs` count until then. */
  result(nowUs: number): Pick<RunResult, 'lockedUs'> {
    const lockedUs = [
      ...this.#heldUs,
      ...[...this.#takenAtUs.values()].map((takenAtUs) => nowUs - takenAtUs),
    ];
    return lockedUs.length === 0 ? {} : { lockedUs };
  }
}
