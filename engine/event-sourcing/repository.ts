// From streams to states and back: a command is decided against the state of its stream, and what is decided is appended if
// nobody else was faster.
//
// V1 A snapshot is nothing but a fold that was kept: a state, the version up to which it was folded, and the schema under which.
//    One of another schema is not used, and the stream is folded from its beginning.
// V2 Later events are those after the snapshot's version, each once.
// V3 A writer that was overtaken reads again and decides again; the guards see what the other one did.

import {
  type Aggregate,
  type DomainEvent,
  evolved,
  isRefusal,
  type Refusal,
  type StreamEvent,
} from './aggregate.ts';
import type { EventStreams } from './event-streams.ts';

/** A fold that was kept (V1). */
export interface Snapshot<State> {
  readonly version: number;
  readonly schema: number;
  readonly state: State;
}

/** Where snapshots are kept; losing one costs time and nothing else. */
export interface Snapshots<State> {
  get(stream: string): Snapshot<State> | undefined;
  set(stream: string, snapshot: Snapshot<State>): void;
}

/** When and where a repository keeps snapshots. */
export interface RepositoryOptions<State> {
  /** A snapshot after so many events of a stream, from 1. Default 100. */
  readonly snapshotEvery?: number;
  /** Default: in memory. */
  readonly snapshots?: Snapshots<State>;
}

/** A stream as it is now. */
export interface Loaded<State> {
  readonly state: State;
  readonly version: number;
}

/** What became of a command: the events that were written, which may be none. */
export interface Handled<State, Event> extends Loaded<State> {
  readonly events: readonly Event[];
}

const ATTEMPTS_MAX = 10;

/**
 * Loads and changes the streams of one aggregate.
 *
 * @example
 * const orders = new Repository(orderAggregate, new MemoryStreams());
 * orders.handle('order-7', { kind: 'create', total: 99_99 }); // { state, version: 1, events: […] }
 * orders.handle('order-7', { kind: 'ship' });                 // { refused: 'the stock must be reserved first' }
 */
export class Repository<State, Command, Event extends DomainEvent> {
  readonly #aggregate: Aggregate<State, Command, Event>;
  readonly #streams: EventStreams;
  readonly #snapshots: Snapshots<State>;
  readonly #snapshotEvery: number;

  constructor(
    aggregate: Aggregate<State, Command, Event>,
    streams: EventStreams,
    { snapshotEvery = 100, snapshots = new Map() }: RepositoryOptions<State> = {},
  ) {
    this.#aggregate = aggregate;
    this.#streams = streams;
    this.#snapshots = snapshots;
    this.#snapshotEvery = snapshotEvery;
  }

  /** From the last snapshot that can be used, and what came after it (V1, V2). */
  load(stream: string): Loaded<State> {
    const snapshot = this.#snapshots.get(stream);
    if (snapshot === undefined || snapshot.schema !== this.#aggregate.schema) return this.rebuild(stream);
    return this.#foldFrom(snapshot, this.#streams.read(stream, snapshot.version));
  }

  /** From the first event, whatever snapshots say. */
  rebuild(stream: string): Loaded<State> {
    return this.#foldFrom({ state: this.#aggregate.initial, version: 0 }, this.#streams.read(stream));
  }

  /**
   * Decides a command and writes what follows from it (V3).
   *
   * @throws Error when ten writers in a row were faster
   */
  handle(stream: string, command: Command): Handled<State, Event> | Refusal {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const before = this.load(stream);
      const events = this.#aggregate.decide(before.state, command);
      if (isRefusal(events)) return events;
      if (events.length === 0) return { ...before, events };
      const { version: expectedVersion } = before;
      const { schema } = this.#aggregate;
      if (this.#streams.append({ stream, expectedVersion, schema, events }) === 'conflict') continue;
      const state = events.reduce((folded, event) => this.#aggregate.evolve(folded, event), before.state);
      const after = { state, version: expectedVersion + events.length };
      this.#keep(stream, before.version, after);
      return { ...after, events };
    }
    throw new Error(`${ATTEMPTS_MAX} writers in a row were faster in ${stream}`);
  }

  #foldFrom({ state, version }: Loaded<State>, events: readonly StreamEvent[]): Loaded<State> {
    return { state: evolved(this.#aggregate, state, events), version: version + events.length };
  }

  #keep(stream: string, from: number, { state, version }: Loaded<State>): void {
    const every = this.#snapshotEvery;
    if (Math.floor(from / every) === Math.floor(version / every)) return;
    this.#snapshots.set(stream, { state, version, schema: this.#aggregate.schema });
  }
}
