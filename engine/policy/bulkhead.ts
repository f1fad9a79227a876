// Bulkhead: at most so many calls to one service are under way from one process, so that a slow service cannot take
// everything (M. Nygard, "Release It!", 2007). Who finds no place waits, the most urgent first: undos, then sagas that
// have begun, then new work.

import type { DueCall } from '../core/policy.ts';

/** Whole numbers. */
export interface BulkheadSpec {
  /** Calls under way to one service, 1 to 1,000,000. */
  readonly callsMax: number;
  /** Forward calls that may wait for a place, 0 to 1,000,000; one more is refused as `resource_exhausted`. */
  readonly queueMax: number;
}

const UNDO = 0;
const BEGUN = 1;
const NEW = 2;

/** The places of one service. */
export class Bulkhead {
  readonly #spec: BulkheadSpec;
  #underWay = 0;
  /** Sagas that wait, by urgency: sets keep the order in which they came, and nobody stands in line twice. */
  readonly #waiting = [new Set<string>(), new Set<string>(), new Set<string>()] as const;

  constructor(spec: BulkheadSpec) {
    this.#spec = spec;
  }

  get underWay(): number {
    return this.#underWay;
  }

  get waiting(): number {
    return this.#waiting[UNDO].size + this.#waiting[BEGUN].size + this.#waiting[NEW].size;
  }

  get hasPlace(): boolean {
    return this.#underWay < this.#spec.callsMax;
  }

  enter(): void {
    this.#underWay++;
  }

  leave(): void {
    this.#underWay--;
  }

  /** False when the queue is full. Undos always find a place in it, and whoever waits in it already keeps one. */
  wait({ saga, direction, isFirst }: DueCall): boolean {
    const urgency = direction === 'compensation' ? UNDO : isFirst ? NEW : BEGUN;
    const [, begun, fresh] = this.#waiting;
    const isIn = begun.has(saga) || fresh.has(saga);
    if (urgency !== UNDO && !isIn && begun.size + fresh.size >= this.#spec.queueMax) return false;
    this.#waiting.forEach((line, i) => {
      if (i !== urgency) line.delete(saga); // what it waited for before, it does not any more
    });
    this.#waiting[urgency].add(saga);
    return true;
  }

  forget(saga: string): void {
    for (const line of this.#waiting) line.delete(saga);
  }

  /** Who is next, if there is a place. Its call asks again, and may find that it has become needless. */
  next(): string | undefined {
    if (!this.hasPlace) return undefined;
    for (const line of this.#waiting) {
      for (const saga of line) {
        line.delete(saga);
        return saga;
      }
    }
    return undefined;
  }
}
