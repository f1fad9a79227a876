// E12 for callers whose compiler did not look: what a step must be made of before anything is derived from it.

import { suggestion } from './nearest.ts';
import { UserError } from './user-error.ts';

/**
 * What may become of a step: `compensatable` ones are undone; after the `pivot` the saga only goes forward (E8), by
 * steps that are `retriable` until they succeed.
 */
export type StepKind = (typeof STEP_KINDS)[number];

export const STEP_KINDS = ['compensatable', 'pivot', 'retriable'] as const;

type Shape = readonly [demand: string, holds: (value: unknown) => boolean];

const OBJECT: Shape = [
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
];
const TEXT: Shape = ['a text that is not empty', (value) => typeof value === 'string' && value !== ''];
const FUNCTION: Shape = ['a function', (value) => typeof value === 'function'];
const LIST: Shape = ['a list of step names', Array.isArray];

const REQUIRED: Readonly<Record<string, Shape>> = { service: TEXT, action: TEXT };
const OPTIONAL: Readonly<Record<string, Shape>> = {
  compensation: TEXT,
  after: LIST,
  payload: FUNCTION,
  compensationPayload: FUNCTION,
};

const STEP_MEMBERS = [
  ...Object.keys({ ...REQUIRED, ...OPTIONAL }),
  'kind',
  'effects',
  'timeoutMs',
  'attemptsMax',
  'isolation',
];

/**
 * Looks at the steps of a saga as they were written.
 *
 * @throws UserError `no-steps` when `steps` is no object, `bad-step` when a member of a step is missing or of another
 * type, `bad-kind` for an unknown kind.
 */
export function checkShapes(saga: string, steps: unknown): void {
  if (!OBJECT[1](steps)) {
    throw new UserError(
      'no-steps',
      `saga "${saga}": steps is ${shown(steps)}; it must be an object`,
      'Write steps: { name: { service, action, … }, … }.',
    );
  }
  for (const [name, step] of Object.entries(steps as object))
    checkShape(`saga "${saga}", step "${name}"`, step);
}

function checkShape(where: string, step: unknown): void {
  check(`${where}: it`, step, OBJECT);
  checkMembers(where, step as object, STEP_MEMBERS, 'bad-step');
  const members = step as Readonly<Record<string, unknown>>;
  for (const [member, shape] of Object.entries(REQUIRED))
    check(`${where}: ${member}`, members[member], shape);
  for (const [member, shape] of Object.entries(OPTIONAL)) {
    if (members[member] !== undefined) check(`${where}: ${member}`, members[member], shape);
  }
  const { kind } = members;
  if (kind === undefined || STEP_KINDS.some((known) => known === kind)) return;
  throw new UserError(
    'bad-kind',
    `${where}: kind is ${shown(kind)}; it must be one of ${STEP_KINDS.join(', ')}`,
    typeof kind === 'string'
      ? suggestion(kind, STEP_KINDS, 'Kinds')
      : 'Leave it out for a step that can be undone.',
  );
}

/**
 * Refuses members that nothing reads: a limit with a misspelt name would be no limit.
 *
 * @throws UserError with this code, and the nearest known name as a hint.
 */
export function checkMembers(where: string, value: object, known: readonly string[], code: string): void {
  const unknown = Object.keys(value).find((member) => !known.includes(member));
  if (unknown === undefined) return;
  throw new UserError(code, `${where}: unknown member "${unknown}"`, suggestion(unknown, known, 'Members'));
}

function check(subject: string, value: unknown, [demand, holds]: Shape): void {
  if (holds(value)) return;
  throw new UserError('bad-step', `${subject} is ${shown(value)}; it must be ${demand}`);
}

function shown(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'missing';
    case 'string':
      return JSON.stringify(value);
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
    default:
      return String(value);
  }
}
