// What a choreography is made of: which events each service reacts to, by doing or undoing a step of a transaction, and which
// it publishes then. Nobody is in charge: a service knows its own reactions and nothing else.
//
// C1 An event is published at most once in a transaction: its type within the transaction is its identity.

import type { SagaDefinition } from '../core/define-saga.ts';

/** Types of events that must all have been seen; a list in it stands for any one of its types. */
export type Condition = readonly (string | readonly string[])[];

/** What a service does about events. It fires once in a transaction, when its condition is met. */
export interface Reaction {
  readonly when: Condition;
  /** The step whose action is done. This or `undoes`. */
  readonly does?: string;
  /** The step that is undone; or, when it was not done yet, that never will be. */
  readonly undoes?: string;
  /** Published when it was done, or undone. */
  readonly applied: string;
  /** Published when the step was refused for good. Left out: it cannot be, and is asked for until it is done. */
  readonly rejected?: string;
  /**
   * After so many failures that may be tried again the service gives the step up, as after one for good: nobody else would. Only with
   * `rejected`. Default 5.
   */
  readonly attemptsMax?: number;
}

/** A type of event whose shape has changed. */
export interface EventShape {
  /** Counts its shapes, from 1. What is published says which one it has. */
  readonly schema: number;
  /** Brings data of an older schema to this one. Pure. */
  upcast?(data: unknown, schema: number): unknown;
}

/** What {@link defineChoreography} takes. */
export interface ChoreographySpec {
  /** The steps that services do and undo, and the order in which one depends on another. */
  readonly saga: SagaDefinition;
  /** The event that a transaction begins with. */
  readonly starts: string;
  /** Published when a client cancels, or the deadline passes; left out, neither is possible. */
  readonly cancelledBy?: string;
  /** By the name of the service, which is that of its steps. */
  readonly services: Readonly<Record<string, readonly Reaction[]>>;
  /** When this is met, and nothing is under way, the transaction has completed. */
  readonly completes: Condition;
  /** When this is met, and nothing is under way, it has been undone. Looked at first. */
  readonly cancels: Condition;
  /** Types whose shape has changed; the others are of schema 1. */
  readonly events?: Readonly<Record<string, EventShape>>;
  /**
   * `per-key` (default): a service is told of the events of one transaction one by one, in an order that agrees with what
   * caused what. `none`: all at once, as by a queue without partitions.
   */
  readonly order?: 'per-key' | 'none';
}

/** A choreography that passed {@link defineChoreography}. */
export interface Choreography extends ChoreographySpec {
  readonly kind: 'choreography';
  /** `<saga>-choreography`. */
  readonly name: string;
}

/** What happened, as services tell one another. */
export interface PublishedEvent {
  readonly type: string;
  readonly schema: number;
  /** A logical clock: greater than that of every event that its publisher had seen (Lamport 1978). */
  readonly time: number;
  readonly data: EventData;
}

/** Events carry what whoever reacts needs, so that nobody is asked for it (event-carried state transfer). */
export interface EventData {
  readonly input: unknown;
  /** What steps came to, by name. */
  readonly results: Readonly<Record<string, unknown>>;
  /** Why a step was refused. */
  readonly reason?: string;
}

/** All reactions, with their services. */
export function reactionsOf({
  services,
}: ChoreographySpec): readonly (readonly [service: string, reaction: Reaction])[] {
  return Object.entries(services).flatMap(([service, reactions]) =>
    reactions.map((reaction) => [service, reaction] as const),
  );
}

/** The types that a condition waits for. */
export function typesIn(condition: Condition): readonly string[] {
  return condition.flat();
}

/** Whether a condition is met by what was seen. */
export function isMet(condition: Condition, isSeen: (type: string) => boolean): boolean {
  return condition.every((one) => (typeof one === 'string' ? isSeen(one) : one.some(isSeen)));
}

/** The types that a reaction may publish. */
export function publishedBy({ applied, rejected }: Reaction): readonly string[] {
  return rejected === undefined ? [applied] : [applied, rejected];
}
