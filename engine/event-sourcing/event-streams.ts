// Where events are kept: streams with optimistic versions, in one order over all of them.

import type { DomainEvent, StreamEvent } from './aggregate.ts';

/** Events that a writer adds to a stream, all or none. */
export interface StreamAppend {
  readonly stream: string;
  /** How many events the writer believes to be there. */
  readonly expectedVersion: number;
  readonly schema: number;
  readonly events: readonly DomainEvent[];
}

/** A durable log of streams. */
export interface EventStreams {
  /** `conflict`: the stream has another version than expected, and nothing was written. */
  append(append: StreamAppend): 'appended' | 'conflict';
  /** The events of a stream after a version, oldest first. */
  read(stream: string, afterVersion?: number): readonly StreamEvent[];
  /** The events of all streams after a position, oldest first, at most `max`. */
  readAll(afterPosition: number, max: number): readonly StreamEvent[];
}

/** Streams in memory: for participants of the simulator, whose objects outlive a restart as a disk does, and for tests. */
export class MemoryStreams implements EventStreams {
  readonly #all: StreamEvent[] = [];
  readonly #streams = new Map<string, StreamEvent[]>();

  append({ stream, expectedVersion, schema, events }: StreamAppend): 'appended' | 'conflict' {
    const kept = this.#streams.get(stream) ?? [];
    if (kept.length !== expectedVersion) return 'conflict';
    for (const event of events) {
      const stored = { stream, version: kept.length + 1, position: this.#all.length + 1, schema, event };
      kept.push(stored);
      this.#all.push(stored);
    }
    this.#streams.set(stream, kept);
    return 'appended';
  }

  read(stream: string, afterVersion = 0): readonly StreamEvent[] {
    return this.#streams.get(stream)?.slice(afterVersion) ?? [];
  }

  readAll(afterPosition: number, max: number): readonly StreamEvent[] {
    return this.#all.slice(afterPosition, afterPosition + max);
  }

  /** Names of all streams. */
  names(): Iterable<string> {
    return this.#streams.keys();
  }
}
