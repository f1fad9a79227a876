// Checks a choreography before anything runs.
//
// C2 Every branch ends. Whichever steps are refused, the events that follow lead to all done or to all undone.

import { UserError } from '../core/user-error.ts';
import { checkChoreographyShape } from './choreography-shape.ts';
import { refuseOpenEnds } from './open-ends.ts';
import {
  type Choreography,
  type ChoreographySpec,
  publishedBy,
  type Reaction,
  reactionsOf,
  typesIn,
} from './reaction.ts';

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
  checkChoreographyShape(spec);
  const choreography: Choreography = {
    ...spec,
    kind: 'choreography',
    name: `${spec.saga.name}-choreography`,
  };
  for (const [service, reactions] of Object.entries(spec.services))
    for (const reaction of reactions) checkReaction(choreography, service, reaction);
  refuseRepeated(choreography);
  refuseUnpublished(choreography);
  refuseUnheard(choreography);
  refuseOpenEnds(choreography);
  return choreography;
}

function checkReaction({ name, saga }: Choreography, service: string, reaction: Reaction): void {
  const where = `choreography "${name}", service "${service}"`;
  const { does, undoes } = reaction;
  const services = [...new Set(saga.steps.map((one) => one.service))];
  if (!services.includes(service))
    throw bad(
      `${where}: no step of the saga is of this service`,
      `Its services are: ${services.join(', ')}.`,
    );
  const step = saga.steps.find((one) => one.name === (does ?? undoes));
  if (step?.service !== service) {
    const steps = saga.steps.filter((one) => one.service === service).map((one) => one.name);
    throw bad(
      `${where} has no step "${does ?? undoes}"`,
      `Its steps are: ${steps.join(', ') || 'none'}; a service does its own.`,
    );
  }
}

/** C1. */
function refuseRepeated(choreography: Choreography): void {
  const { starts, cancelledBy } = choreography;
  const given = cancelledBy === undefined ? [starts] : [starts, cancelledBy];
  const all = [...given, ...reactionsOf(choreography).flatMap(([, reaction]) => publishedBy(reaction))];
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

/** What is said of an event, or cancelled, and nobody hears. */
function refuseUnheard(choreography: Choreography): void {
  const { name, cancelledBy, events = {}, starts } = choreography;
  const reactions = reactionsOf(choreography);
  const heard = new Set(reactions.flatMap(([, { when }]) => typesIn(when)));
  if (cancelledBy !== undefined && !heard.has(cancelledBy))
    throw bad(
      `choreography "${name}": nobody hears "${cancelledBy}"`,
      'Give it a reaction, or leave `cancelledBy` out.',
    );
  const known = [starts, cancelledBy, ...reactions.flatMap(([, reaction]) => publishedBy(reaction))];
  const unknown = Object.keys(events).find((type) => !known.includes(type));
  if (unknown !== undefined)
    throw bad(
      `choreography "${name}": \`events\` names "${unknown}", which nobody publishes`,
      `Published are: ${known.filter((type) => type !== undefined).join(', ')}.`,
    );
}

function bad(message: string, hint: string): UserError {
  return new UserError('bad-choreography', message, hint);
}
