// What a choreography must be made of before anything is derived from it, for callers whose compiler did not look.

import { isRecord } from '../core/countermeasure.ts';
import { checkMembers } from '../core/step-shape.ts';
import { UserError } from '../core/user-error.ts';

const SPEC_MEMBERS = ['saga', 'starts', 'cancelledBy', 'services', 'completes', 'cancels', 'events', 'order'];
const REACTION_MEMBERS = ['when', 'does', 'undoes', 'applied', 'rejected', 'attemptsMax'];
const EVENT_MEMBERS = ['schema', 'upcast'];
const ORDERS = ['per-key', 'none'];
const ATTEMPTS_MAX = 1_000;
const TYPE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const CONDITION =
  'All of its events must be seen; a list within it stands for any one of its events: ["a", ["b", "c"]].';

/** @throws UserError `bad-choreography` that names the member */
export function checkChoreographyShape(spec: unknown): void {
  if (!isRecord(spec)) throw bad('a choreography is an object', 'See docs/protocols.md.');
  const { saga, starts, cancelledBy, services, completes, cancels, events = {}, order = 'per-key' } = spec;
  if (!isRecord(saga) || saga.kind !== 'saga')
    throw bad(
      'a choreography has a `saga`',
      'Its steps are what services do and undo: make it with defineSaga.',
    );
  const where = `choreography of "${String(saga.name)}"`;
  checkMembers(where, spec, SPEC_MEMBERS, 'bad-choreography');
  checkType(`${where}: \`starts\``, starts);
  if (cancelledBy !== undefined) checkType(`${where}: \`cancelledBy\``, cancelledBy);
  checkCondition(`${where}: \`completes\``, completes);
  checkCondition(`${where}: \`cancels\``, cancels);
  if (!ORDERS.includes(order as string))
    throw bad(`${where}: \`order\` is ${shown(order)}`, `It is one of ${ORDERS.join(', ')}.`);
  if (!isRecord(services) || Object.keys(services).length === 0)
    throw bad(`${where} has no services`, 'Give `services` a list of reactions for each.');
  for (const [service, reactions] of Object.entries(services)) {
    if (!Array.isArray(reactions))
      throw bad(`${where}: service "${service}" is ${shown(reactions)}`, 'It is a list of reactions.');
    for (const reaction of reactions) checkReactionShape(`${where}, service "${service}"`, reaction);
  }
  if (!isRecord(events)) throw bad(`${where}: \`events\` is ${shown(events)}`, 'It is an object, by event.');
  for (const [type, shape] of Object.entries(events)) checkEvent(`${where}: event "${type}"`, shape);
}

function checkReactionShape(where: string, reaction: unknown): void {
  if (!isRecord(reaction)) throw bad(`${where}: a reaction is ${shown(reaction)}`, 'It is an object.');
  checkMembers(where, reaction, REACTION_MEMBERS, 'bad-choreography');
  const { when, does, undoes, applied, rejected, attemptsMax } = reaction;
  if ((does === undefined) === (undoes === undefined))
    throw bad(`${where}: a reaction does a step or undoes one`, 'Give it `does` or `undoes`.');
  const what = `${where}: "${String(does ?? undoes)}"`;
  checkCondition(`${what}: \`when\``, when);
  checkType(`${what}: \`applied\``, applied);
  if (rejected !== undefined) checkType(`${what}: \`rejected\``, rejected);
  if (rejected !== undefined && does === undefined)
    throw bad(
      `${what}: an undo is not refused for good`,
      'Leave `rejected` out: it is asked for until it is done.',
    );
  if (attemptsMax !== undefined && (rejected === undefined || !isCount(attemptsMax, ATTEMPTS_MAX)))
    throw bad(
      `${what}: attemptsMax is ${shown(attemptsMax)}`,
      `It is 1 to ${ATTEMPTS_MAX}, beside \`rejected\`.`,
    );
}

function checkCondition(what: string, condition: unknown): void {
  if (!Array.isArray(condition) || condition.length === 0)
    throw bad(`${what} is ${shown(condition)}; it is a list of events`, CONDITION);
  for (const one of condition) {
    const types: readonly unknown[] = Array.isArray(one) ? one : [one];
    for (const type of types) checkType(what, type);
  }
}

function checkEvent(what: string, shape: unknown): void {
  if (!isRecord(shape)) throw bad(`${what} is ${shown(shape)}`, 'It is an object with its schema.');
  checkMembers(what, shape, EVENT_MEMBERS, 'bad-choreography');
  const { schema, upcast } = shape;
  if (!isCount(schema, Number.MAX_SAFE_INTEGER))
    throw bad(`${what}: schema is ${shown(schema)}`, 'It counts from 1.');
  if (upcast !== undefined && typeof upcast !== 'function')
    throw bad(`${what}: upcast is ${shown(upcast)}`, 'It is a function.');
}

function checkType(what: string, type: unknown): void {
  if (typeof type === 'string' && TYPE.test(type)) return;
  throw bad(`${what} is ${shown(type)}; it is no name of an event`, 'Use letters, digits, "-" and "_".');
}

function isCount(value: unknown, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'function') return 'a function';
  return JSON.stringify(value);
}

function bad(message: string, hint: string): UserError {
  return new UserError('bad-choreography', message, hint);
}
