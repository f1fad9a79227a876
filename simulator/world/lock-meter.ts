// How long participants of two-phase commit hold their locks: from when a step is prepared to when its participant has heard
// the decision.

import type { LedgerEntry } from '../../engine/core/protocol.ts';
import type { RunResult } from '../run-result.ts';

export class LockMeter {
  /** When they were taken, by transaction and step. */
  readonly #takenAtUs = new Map<string, number>();
  readonly #heldUs: number[] = [];

  note({ saga, round, lock }: LedgerEntry, nowUs: number): void {
    if (lock === undefined) return;
    const key = `${saga}/${lock.by}/${round}`;
    if (lock.is === 'taken') {
      this.#takenAtUs.set(key, nowUs);
      return;
    }
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
