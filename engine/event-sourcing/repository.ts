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
import type { EventStreams, StreamAppend } from './event-streams.ts';

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

/** After so many writers in a row that were faster, a command is given up. */
export const ATTEMPTS_MAX = 10;

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
    const from = foldedFrom(this.#aggregate, this.#snapshots.get(stream));
    return foldedOn(this.#aggregate, from, this.#streams.read(stream, from.version));
  }

  /** From the first event, whatever snapshots say. */
  rebuild(stream: string): Loaded<State> {
    return foldedOn(this.#aggregate, foldedFrom(this.#aggregate, undefined), this.#streams.read(stream));
  }

  /**
   * Decides a command and writes what follows from it (V3).
   *
   * @throws Error when ten writers in a row were faster
   */
  handle(stream: string, command: Command): Handled<State, Event> | Refusal {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const before = this.load(stream);
      const decided = decidedOn(this.#aggregate, before, command);
      if (decided.kind === 'done') return decided.answer;
      if (this.#streams.append({ stream, ...decided.append }) === 'conflict') continue;
      if (isSnapshotDue(before.version, decided.after.version, this.#snapshotEvery)) {
        this.#snapshots.set(stream, snapshotOf(this.#aggregate, decided.after));
      }
      return decided.after;
    }
    throw overtaken(stream);
  }
}

/** What a repository begins with: the snapshot if it can be used (V1), else nothing. */
export function foldedFrom<State>(
  { initial, schema }: Pick<Aggregate<State, never, never>, 'initial' | 'schema'>,
  snapshot: Snapshot<State> | undefined,
): Loaded<State> {
  return snapshot === undefined || snapshot.schema !== schema ? { state: initial, version: 0 } : snapshot;
}

/** V2. */
export function foldedOn<State, Event extends DomainEvent>(
  aggregate: Aggregate<State, never, Event>,
  { state, version }: Loaded<State>,
  later: readonly StreamEvent[],
): Loaded<State> {
  return { state: evolved(aggregate, state, later), version: version + later.length };
}

/** What a command comes to: an answer at once, or an append and the answer when it is written. */
export type Decided<State, Event> =
  | { readonly kind: 'done'; readonly answer: Handled<State, Event> | Refusal }
  | {
      readonly kind: 'append';
      readonly append: Omit<StreamAppend, 'stream'>;
      readonly after: Handled<State, Event>;
    };

/** V3, for one attempt. */
export function decidedOn<State, Command, Event extends DomainEvent>(
  aggregate: Aggregate<State, Command, Event>,
  before: Loaded<State>,
  command: Command,
): Decided<State, Event> {
  const events = aggregate.decide(before.state, command);
  if (isRefusal(events)) return { kind: 'done', answer: events };
  if (events.length === 0) return { kind: 'done', answer: { ...before, events } };
  const { version: expectedVersion } = before;
  const state = events.reduce((folded, event) => aggregate.evolve(folded, event), before.state);
  return {
    kind: 'append',
    append: { expectedVersion, schema: aggregate.schema, events },
    after: { state, version: expectedVersion + events.length, events },
  };
}

/** Whether a stream has passed a multiple of `every`. */
export function isSnapshotDue(from: number, to: number, every: number): boolean {
  return Math.floor(from / every) !== Math.floor(to / every);
}

export function snapshotOf<State>(
  { schema }: { readonly schema: number },
  { state, version }: Loaded<State>,
): Snapshot<State> {
  return { state, version, schema };
}

export function overtaken(stream: string): Error {
  return new Error(`${ATTEMPTS_MAX} writers in a row were faster in ${stream}`);
}
