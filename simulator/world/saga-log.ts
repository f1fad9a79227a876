// The log of one saga as the simulated store holds it: its events, most of which all sagas share, and a mark per
// append. It is written at every turn of its saga, and read as rows only when somebody recovers it.

import type { AppendOutput } from '../../engine/core/orchestrator.ts';
import type { StoredEvent } from '../../engine/core/ports.ts';
import type { SagaEvent } from '../../engine/core/saga.ts';

/** Who appended the events after `after`, and when. */
interface Mark {
  readonly after: number;
  readonly epoch: number;
  readonly atUs: number;
  readonly before: Mark | undefined;
}

export class SagaLog {
  readonly saga: string;
  /** Oldest first; the one at place `i` has version `i + 1`. */
  readonly events: SagaEvent[] = [];
  #last: Mark | undefined = undefined;

  constructor(saga: string) {
    this.saga = saga;
  }

  get length(): number {
    return this.events.length;
  }

  push({ events, epoch, atUs }: AppendOutput): void {
    this.#last = { after: this.events.length, epoch, atUs, before: this.#last };
    for (const event of events) this.events.push(event);
  }

  /** As a reader of the store gets it. */
  rows(): readonly StoredEvent[] {
    const { saga, events } = this;
    const rows: StoredEvent[] = [];
    for (let mark = this.#last; mark !== undefined; mark = mark.before) {
      const { after, epoch, atUs } = mark;
      while (rows.length < events.length - after) {
        const version = events.length - rows.length;
        rows.push({ saga, version, epoch, atUs, event: events[version - 1]! });
      }
    }
    return rows.reverse();
  }
}
