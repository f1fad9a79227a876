// Streams whose events say by which call they came to be: effect and memory of it are one append. What was settled without an
// event leaves a note. So the fence of a service on a disk can be told by the disk what was answered before (F5).

import type { DomainEvent, EventStreams, StreamAppend, StreamEvent } from '../engine/event-sourcing/index.ts';
import type { SettledCall } from '../engine/fence/index.ts';

/** An event as it stands in the log, with the call that it follows from, if it is the first that does. */
interface Stamped extends DomainEvent {
  readonly by?: SettledCall;
}

/** What a note of a settled call is called; its aggregate must know that it means nothing. */
const NOTE = 'call-settled';

/** The streams of one service, one for each saga; one process writes them at a time. */
export class StampedStreams implements EventStreams {
  readonly #streams: EventStreams;
  readonly #schema: number;
  #by: SettledCall | undefined;

  /** @param schema that of the aggregate */
  constructor(streams: EventStreams, schema: number) {
    this.#streams = streams;
    this.#schema = schema;
  }

  /** What is appended meanwhile follows from this call. */
  by<Result>(settled: SettledCall, work: () => Result): Result {
    this.#by = settled;
    try {
      return work();
    } finally {
      this.#by = undefined;
    }
  }

  append(append: StreamAppend): 'appended' | 'conflict' {
    const by = this.#by;
    if (by === undefined) return this.#streams.append(append);
    const events = append.events.map((event, i) => (i === 0 ? { ...event, by } : event));
    return this.#streams.append({ ...append, events });
  }

  read(stream: string, afterVersion?: number): readonly StreamEvent[] {
    return this.#streams.read(stream, afterVersion);
  }

  readAll(afterPosition: number, max: number): readonly StreamEvent[] {
    return this.#streams.readAll(afterPosition, max);
  }

  recall(stream: string): readonly SettledCall[] {
    return this.#streams.read(stream).flatMap(({ event }) => (event as Stamped).by ?? []);
  }

  /** @throws Error when another process writes the stream at the same time; nothing was written */
  keep(by: SettledCall): void {
    const expectedVersion = this.#streams.read(by.saga).at(-1)?.version ?? 0;
    const note: Stamped = { kind: NOTE, by };
    const append: StreamAppend = { stream: by.saga, expectedVersion, schema: this.#schema, events: [note] };
    if (this.#streams.append(append) === 'conflict')
      throw new Error(`two processes write the stream ${by.saga}`);
  }
}
