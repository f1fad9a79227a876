// What a choreography is: which events each service reacts to, by doing or undoing a step of a transaction, and which it
// publishes then. Nobody is in charge: a service knows its own reactions and nothing else. Checked here, compiled in
// event-bus.ts, played by reactive-service.ts.
//
// C1 An event is published at most once in a transaction: its type within the transaction is its identity.
// C2 Every branch ends. Whichever steps are refused, the events that follow lead to all done or to all undone.

import type { SagaDefinition } from '../core/define-saga.ts';
import { UserError } from '../core/user-error.ts';
import { refuseOpenEnds } from './open-ends.ts';

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

/**
 * Checks a choreography.
 *
 * @throws UserError `bad-choreography` when a reaction names a step of another service or hears what nobody publishes, or
 * when an event is published by two reactions; `open-end` when there is a branch that ends neither done nor undone, with
 * the branch (C2)
 * @example
 * defineChoreography({
 *   saga: order,
 *   starts: 'order-created',
 *   services: {
 *     payment: [
 *       { when: ['order-created'], does: 'charge', applied: 'payment-succeeded', rejected: 'payment-failed' },
 *       { when: ['stock-unavailable'], undoes: 'charge', applied: 'payment-refunded' },
 *     ],
 *     inventory: [
 *       { when: ['payment-succeeded'], does: 'reserve', applied: 'stock-reserved', rejected: 'stock-unavailable' },
 *     ],
 *   },
 *   completes: ['stock-reserved'],
 *   cancels: [['payment-failed', 'payment-refunded']],
 * });
 */
export function defineChoreography(spec: ChoreographySpec): Choreography {
  const choreography: Choreography = {
    ...spec,
    kind: 'choreography',
    name: `${spec.saga.name}-choreography`,
  };
  for (const [service, reactions] of Object.entries(spec.services))
    for (const reaction of reactions) checkReaction(choreography, service, reaction);
  refuseRepeated(choreography);
  refuseUnpublished(choreography);
  refuseOpenEnds(choreography);
  return choreography;
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

function checkReaction({ name, saga }: Choreography, service: string, reaction: Reaction): void {
  const where = `choreography "${name}", service "${service}"`;
  const { does, undoes, when } = reaction;
  if ((does === undefined) === (undoes === undefined)) {
    throw bad(`${where}: a reaction does a step or undoes one`, 'Give it `does` or `undoes`.');
  }
  const step = saga.steps.find((one) => one.name === (does ?? undoes));
  if (step?.service !== service) {
    const steps = saga.steps.filter((one) => one.service === service).map((one) => one.name);
    throw bad(
      `${where} has no step "${does ?? undoes}"`,
      `Its steps are: ${steps.join(', ') || 'none'}; a service does its own.`,
    );
  }
  if (when.length === 0)
    throw bad(`${where}: "${does ?? undoes}" waits for nothing`, 'Name an event in `when`.');
}

/** C1. */
function refuseRepeated(choreography: Choreography): void {
  const all = reactionsOf(choreography).flatMap(([, reaction]) => publishedBy(reaction));
  const twice = all.find((type, i) => all.indexOf(type) !== i);
  if (twice === undefined) return;
  throw bad(
    `choreography "${choreography.name}": "${twice}" is published by two reactions`,
    'Give each its own event, so that whoever hears it knows what happened.',
  );
}

function refuseUnpublished(choreography: Choreography): void {
  const { name, starts, cancelledBy, completes, cancels } = choreography;
  const reactions = reactionsOf(choreography);
  const known = new Set([starts, ...reactions.flatMap(([, reaction]) => publishedBy(reaction))]);
  if (cancelledBy !== undefined) known.add(cancelledBy);
  const heard = [
    ...reactions.flatMap(([, { when }]) => typesIn(when)),
    ...completes.flat(),
    ...cancels.flat(),
  ];
  const unknown = heard.find((type) => !known.has(type));
  if (unknown === undefined) return;
  throw bad(
    `choreography "${name}" waits for "${unknown}", which nobody publishes`,
    `Published are: ${[...known].join(', ')}.`,
  );
}

function bad(message: string, hint: string): UserError {
  return new UserError('bad-choreography', message, hint);
}
