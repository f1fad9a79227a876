// Streams that have to be waited for, because they are on the other side of a network, and the repository over them. The rules
// are those of repository.ts (V1–V3), and so is the code that keeps them: what is here only waits.
//
// A port of its own, beside `EventStreams`: participants of the simulator are synchronous machines, and a port that may be
// waited for would make all of them asynchronous. What is synchronous can be waited for; so everything here takes both.

import type { Aggregate, DomainEvent, Refusal, StreamEvent } from './aggregate.ts';
import type { EventStreams, StreamAppend } from './event-streams.ts';
import {
  ATTEMPTS_MAX,
  decidedOn,
  foldedFrom,
  foldedOn,
  type Handled,
  isSnapshotDue,
  type Loaded,
  overtaken,
  type Snapshot,
  snapshotOf,
} from './repository.ts';

/** {@link EventStreams}, to be waited for. */
export interface AsyncEventStreams {
  /** `conflict`: the stream has another version than expected, and nothing was written. */
  append(append: StreamAppend): Promise<'appended' | 'conflict'>;
  /** The events of a stream after a version, oldest first. */
  read(stream: string, afterVersion?: number): Promise<readonly StreamEvent[]>;
  /** The events of all streams after a position, oldest first, at most `max`. */
  readAll(afterPosition: number, max: number): Promise<readonly StreamEvent[]>;
}

/** Where snapshots are kept; a `Map` will do. Losing one costs time and nothing else. */
export interface AsyncSnapshots<State> {
  get(stream: string): Snapshot<State> | undefined | Promise<Snapshot<State> | undefined>;
  set(stream: string, snapshot: Snapshot<State>): unknown;
}

/** When and where an {@link AsyncRepository} keeps snapshots. */
export interface AsyncRepositoryOptions<State> {
  /** A snapshot after so many events of a stream, from 1. Default 100. */
  readonly snapshotEvery?: number;
  /** Default: in memory. */
  readonly snapshots?: AsyncSnapshots<State>;
}

/**
 * Loads and changes the streams of one aggregate, as `Repository` does, on streams that have to be waited for.
 *
 * @example
 * const orders = new AsyncRepository(orderAggregate, await PostgresStreams.connect({ url: process.env.DATABASE_URL! }));
 * await orders.handle('order-7', { kind: 'create', total: 99_99 }); // { state, version: 1, events: […] }
 */
export class AsyncRepository<State, Command, Event extends DomainEvent> {
  readonly #aggregate: Aggregate<State, Command, Event>;
  readonly #streams: EventStreams | AsyncEventStreams;
  readonly #snapshots: AsyncSnapshots<State>;
  readonly #snapshotEvery: number;

  constructor(
    aggregate: Aggregate<State, Command, Event>,
    streams: EventStreams | AsyncEventStreams,
    { snapshotEvery = 100, snapshots = new Map() }: AsyncRepositoryOptions<State> = {},
  ) {
    this.#aggregate = aggregate;
    this.#streams = streams;
    this.#snapshots = snapshots;
    this.#snapshotEvery = snapshotEvery;
  }

  /** From the last snapshot that can be used, and what came after it. */
  async load(stream: string): Promise<Loaded<State>> {
    const from = foldedFrom(this.#aggregate, await this.#snapshots.get(stream));
    return foldedOn(this.#aggregate, from, await this.#streams.read(stream, from.version));
  }

  /** From the first event, whatever snapshots say. */
  async rebuild(stream: string): Promise<Loaded<State>> {
    return foldedOn(
      this.#aggregate,
      foldedFrom(this.#aggregate, undefined),
      await this.#streams.read(stream),
    );
  }

  /**
   * Decides a command and writes what follows from it.
   *
   * @throws Error when ten writers in a row were faster; what the streams throw
   */
  async handle(stream: string, command: Command): Promise<Handled<State, Event> | Refusal> {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const before = await this.load(stream);
      const decided = decidedOn(this.#aggregate, before, command);
      if (decided.kind === 'done') return decided.answer;
      if ((await this.#streams.append({ stream, ...decided.append })) === 'conflict') continue;
      if (isSnapshotDue(before.version, decided.after.version, this.#snapshotEvery)) {
        await this.#snapshots.set(stream, snapshotOf(this.#aggregate, decided.after));
      }
      return decided.after;
    }
    throw overtaken(stream);
  }
}
