// An aggregate whose state is the fold of its events: commands are decided against the state, and what is decided are events.
// Pure; where events are kept is event-streams.ts, how they become a state again is repository.ts.
//
// The shape is the decider (J. Chassaing, Functional Event Sourcing Decider, 2021): decide, evolve, initial.

/** A command that the state does not allow. Nothing has happened. */
export interface Refusal {
  readonly refused: string;
}

/** What an event is to everybody but its aggregate. */
export interface DomainEvent {
  readonly kind: string;
}

/** What an aggregate is: its guards, and what its events mean. */
export interface Aggregate<State, Command, Event extends DomainEvent> {
  /** Kebab-case. */
  readonly name: string;
  /**
   * Counts the shapes that events and state have had, from 1. Events of an older shape are upcast when they are read; a
   * snapshot of another shape is not used.
   */
  readonly schema: number;
  readonly initial: State;
  /** The guards: what follows from a command, which may be nothing, or why it is refused. Pure. */
  decide(state: State, command: Command): readonly Event[] | Refusal;
  /** Pure and total: an event that was written happened, whatever one would decide today. */
  evolve(state: State, event: Event): State;
  /** An event as it was written under an older schema, as it would be written now. Needed from schema 2 on. */
  upcast?(event: DomainEvent, schema: number): Event;
}

/** An event of a stream, as it stands in the log. */
export interface StreamEvent {
  readonly stream: string;
  /** 1, 2, 3, … within its stream. */
  readonly version: number;
  /** 1, 2, 3, … over all streams. */
  readonly position: number;
  /** Of the aggregate that wrote it. */
  readonly schema: number;
  readonly event: DomainEvent;
}

/** Whether a command was refused. */
export function isRefusal(decided: unknown): decided is Refusal {
  return typeof decided === 'object' && decided !== null && 'refused' in decided;
}

/**
 * The state after some events, beginning with the oldest.
 *
 * @throws Error when an event has a schema that the aggregate does not know yet, or an older one and there is no upcaster
 */
export function evolved<State, Event extends DomainEvent>(
  aggregate: Aggregate<State, never, Event>,
  from: State,
  events: Iterable<StreamEvent>,
): State {
  let state = from;
  for (const stored of events) state = aggregate.evolve(state, presentEvent(aggregate, stored));
  return state;
}

/**
 * The event as its aggregate would write it now: for projections, which see events as they were written. Repositories do this
 * by themselves.
 *
 * @throws Error when the event has a schema that the aggregate does not know yet, or an older one and there is no upcaster
 * @example
 * const revenue: ProjectionSpec<number> = {
 *   name: 'revenue',
 *   version: 1,
 *   empty: () => 0,
 *   apply(total, stored) {
 *     const event = presentEvent(orderAggregate, stored);
 *     return event.kind === 'payment-applied' ? total + event.amount : total;
 *   },
 * };
 */
export function presentEvent<Event extends DomainEvent>(
  { name, schema, upcast }: Pick<Aggregate<never, never, Event>, 'name' | 'schema' | 'upcast'>,
  stored: StreamEvent,
): Event {
  if (stored.schema === schema) return stored.event as Event;
  const where = `event ${stored.version} of ${stored.stream} has schema ${stored.schema}`;
  if (stored.schema > schema) throw new Error(`${where}, and this version of ${name} knows ${schema}`);
  if (upcast === undefined) throw new Error(`${where}, and ${name} has no upcaster`);
  return upcast(stored.event, stored.schema);
}
