// The log of one saga as the simulated store holds it: a chain of appends. It is written at every turn of its saga,
// and read when the saga ends or somebody recovers it.

import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { StoredEvent } from '../../engine/core/ports.ts';
import type { SagaEvent } from '../../engine/core/saga.ts';

/** One append; its lists of events are mostly shared among all sagas. */
interface Link {
  readonly events: readonly SagaEvent[];
  readonly epoch: number;
  readonly atUs: number;
  readonly before: Link | undefined;
}

export class SagaLog {
  /** How many events it holds. */
  length = 0;
  #last: Link | undefined = undefined;
  readonly saga: string;

  constructor(saga: string) {
    this.saga = saga;
  }

  push({ events, epoch, atUs }: AppendOutput): void {
    this.#last = { events, epoch, atUs, before: this.#last };
    this.length += events.length;
  }

  /** Oldest first; the one at place `i` has version `i + 1`. */
  get events(): readonly SagaEvent[] {
    const all = new Array<SagaEvent>(this.length);
    let end = this.length;
    for (let link = this.#last; link !== undefined; link = link.before) {
      const { events } = link;
      end -= events.length;
      for (let i = 0; i < events.length; i++) all[end + i] = events[i]!;
    }
    return all;
  }

  /** As a reader of the store gets it; from a replica that lags, without the last appends. Never half of one. */
  rows(missing = 0): readonly StoredEvent[] {
    const { saga } = this;
    const rows: StoredEvent[] = [];
    let version = this.length;
    let left = missing;
    for (let link = this.#last; link !== undefined; link = link.before) {
      const { events, epoch, atUs } = link;
      if (left-- > 0) version -= events.length;
      else {
        for (let i = events.length - 1; i >= 0; i--) {
          rows.push({ saga, version: version--, epoch, atUs, event: events[i]! });
        }
      }
    }
    return rows.reverse();
  }
}
