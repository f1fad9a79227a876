// A saga from plain JSON, in the shape of the REST API's create request:
//
//   { "name", "version"?, "timeout"? (s), "maxRetries"?, "steps": [{ "id", "service", "action", "compensation"?,
//     "payload"?, "after"?, "kind"?, "effects"?, "isolation"?, "timeout"? (s), "maxRetries"? }] }
//
// Steps that do not say what they come after run one after another, in the order of the list. The same JSON gives
// the same definition, so a saga can be taken up again after a restart.

import type { Countermeasure } from './countermeasure.ts';
import { defineSaga, type SagaDefinition, type StepSpec } from './define-saga.ts';
import { minorUnits } from './money.ts';
import { suggestion } from './nearest.ts';
import type { Policy } from './policy.ts';
import { STEP_KINDS } from './step-shape.ts';
import { UserError } from './user-error.ts';

/** A saga that came as JSON, ready to be started. */
export interface JsonSaga {
  readonly definition: SagaDefinition;
  /** What every step of it is given; the payloads stand in the definition. */
  readonly input: unknown;
}

const SAGA_MEMBERS = ['name', 'version', 'timeout', 'maxRetries', 'steps'];
const STEP_MEMBERS = [
  'id',
  'service',
  'action',
  'compensation',
  'payload',
  'after',
  'kind',
  'effects',
  'isolation',
  'timeout',
  'maxRetries',
];
/** A payload that is nested deeper could not be hashed, so its calls could not be made. */
const DEPTH_MAX = 64;

/**
 * Checks the JSON and compiles it. In a payload, `amount` is money in the unit of its `currency` (default USD) and
 * becomes minor units; every other number must be whole.
 *
 * @param policy what the saga runs under
 * @throws UserError `bad-json-saga`, `bad-amount`, or any of {@link defineSaga}; the message names the place.
 * @example
 * sagaFromJson(JSON.parse(text), policies.default).definition.steps.map((step) => step.name);
 */
export function sagaFromJson(body: unknown, policy: Policy): JsonSaga {
  const definition = { ...definitionFromJson(body), policy };
  policy.check(definition);
  return { definition, input: {} };
}

/** The same without a policy, and so without asking whether one could run it: for a saga that has begun. */
export function definitionFromJson(body: unknown): SagaDefinition {
  const saga = recordAt(body, 'the saga', SAGA_MEMBERS);
  const name = textAt(saga.name, 'name');
  const list = saga.steps;
  if (!Array.isArray(list) || list.length === 0) throw bad('steps', 'must be a list of at least one step');
  const retries = countAt(saga.maxRetries, 'maxRetries', 0, 999);
  const steps = new Map<string, StepSpec<unknown>>();
  let before: string | undefined;
  list.forEach((value: unknown, i) => {
    const step = recordAt(value, `steps[${i}]`, STEP_MEMBERS);
    const id = textAt(step.id, `steps[${i}].id`);
    if (steps.has(id)) throw bad(`steps[${i}].id`, `is "${id}", like that of an earlier step`);
    steps.set(id, stepOf(step, `steps[${i}]`, before, retries));
    before = id;
  });
  const timeout = countAt(saga.timeout, 'timeout', 1, 366 * 86_400);
  return defineSaga({
    name,
    version: countAt(saga.version, 'version', 1, 1_000_000) ?? 1,
    ...(timeout === undefined ? {} : { deadlineMs: timeout * 1000 }),
    steps: Object.fromEntries(steps),
  });
}

type JsonRecord = Readonly<Record<string, unknown>>;

function stepOf(
  step: JsonRecord,
  at: string,
  before: string | undefined,
  sagaRetries: number | undefined,
): StepSpec<unknown> {
  const payload = payloadAt(objectAt(step.payload ?? {}, `${at}.payload`), `${at}.payload`);
  const timeout = countAt(step.timeout, `${at}.timeout`, 1, 86_400);
  const retries = countAt(step.maxRetries, `${at}.maxRetries`, 0, 999) ?? sagaRetries;
  const after =
    step.after === undefined ? (before === undefined ? [] : [before]) : namesAt(step.after, `${at}.after`);
  const kind = step.kind === undefined ? undefined : STEP_KINDS.find((known) => known === step.kind);
  if (step.kind !== undefined && kind === undefined)
    throw bad(`${at}.kind`, `must be one of ${STEP_KINDS.join(', ')}`);
  if (step.effects !== undefined && step.effects !== 'none') throw bad(`${at}.effects`, 'can only be "none"');
  return {
    service: textAt(step.service, `${at}.service`),
    action: textAt(step.action, `${at}.action`),
    after,
    payload: () => payload,
    ...(step.compensation === undefined
      ? {}
      : { compensation: textAt(step.compensation, `${at}.compensation`) }),
    ...(kind === undefined ? {} : { kind }),
    ...(step.effects === undefined ? {} : { effects: 'none' }),
    ...(step.isolation === undefined ? {} : { isolation: step.isolation as Countermeasure }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
    ...(retries === undefined ? {} : { attemptsMax: retries + 1 }),
  };
}

/** The payload with its money in minor units. */
function payloadAt(value: unknown, at: string, depth = 0): unknown {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return value;
    throw bad(at, `is ${value}; it must be a whole number, since only \`amount\` may have decimals`);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object') throw bad(at, 'is not JSON');
  if (depth >= DEPTH_MAX) throw bad(at.slice(0, at.indexOf('.payload') + 8), 'is nested too deeply');
  if (Array.isArray(value)) return value.map((item, i) => payloadAt(item, `${at}[${i}]`, depth + 1));
  return recordPayloadAt(value as JsonRecord, at, depth);
}

function recordPayloadAt(record: JsonRecord, at: string, depth: number): unknown {
  return Object.fromEntries(
    Object.entries(record).map(([name, member]) => [
      name,
      name === 'amount'
        ? amountAt(member, record.currency, at)
        : payloadAt(member, `${at}.${name}`, depth + 1),
    ]),
  );
}

function amountAt(amount: unknown, currency: unknown, at: string): number {
  if (typeof amount !== 'number' && typeof amount !== 'string')
    throw bad(`${at}.amount`, 'must be a number or a decimal text');
  if (currency !== undefined && typeof currency !== 'string')
    throw bad(`${at}.currency`, 'must be a text such as "USD"');
  try {
    return minorUnits(amount, currency);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(error.code, `${at}: ${error.message}`, error.hint);
    throw error;
  }
}

/** A JSON object, with whatever members. */
function objectAt(value: unknown, at: string): JsonRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonRecord;
  throw bad(at, 'must be a JSON object');
}

/** A JSON object with these members only. */
function recordAt(value: unknown, at: string, members: readonly string[]): JsonRecord {
  const record = objectAt(value, at);
  const stranger = Object.keys(record).find((name) => !members.includes(name));
  if (stranger === undefined) return record;
  throw new UserError(
    'bad-json-saga',
    `${at} has a member "${stranger}" that is not known`,
    suggestion(stranger, members),
  );
}

function textAt(value: unknown, at: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw bad(at, value === undefined ? 'is missing' : 'must be a text that is not empty');
}

function namesAt(value: unknown, at: string): readonly string[] {
  if (!Array.isArray(value)) throw bad(at, 'must be a list of step ids');
  return value.map((name: unknown, i) => textAt(name, `${at}[${i}]`));
}

function countAt(value: unknown, at: string, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw bad(at, `is ${JSON.stringify(value)}; it must be a whole number from ${min} to ${max}`);
}

function bad(at: string, what: string): UserError {
  return new UserError(
    'bad-json-saga',
    `${at} ${what}`,
    'A saga is { "name": "…", "steps": [{ "id": "…", "service": "…", "action": "…", "compensation": "…" }] }.',
  );
}
