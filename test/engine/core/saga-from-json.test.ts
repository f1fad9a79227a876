// E11, E12: a saga from plain JSON. What is right becomes a definition, the same each time; what is wrong is refused in
// one sentence that names the place.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SagaDefinition } from '../../../engine/core/define-saga.ts';
import { payloadHash } from '../../../engine/core/payload-hash.ts';
import { sagaFromJson } from '../../../engine/core/saga-from-json.ts';
import { UserError } from '../../../engine/core/user-error.ts';
import { THREE_TIMES } from './given.ts';

const RESERVE = {
  id: 'reserve_inventory',
  service: 'inventory',
  action: 'reserve',
  compensation: 'release',
  payload: { productId: 'prod_123', quantity: 2 },
};
const CHARGE = {
  id: 'process_payment',
  service: 'payment',
  action: 'charge',
  compensation: 'refund',
  payload: { amount: 99.99, currency: 'USD' },
};
const ORDER = { name: 'order_processing', steps: [RESERVE, CHARGE], timeout: 300 };

function compile(body: unknown): SagaDefinition {
  return sagaFromJson(body, THREE_TIMES).definition;
}

function payloadsOf(definition: SagaDefinition): readonly unknown[] {
  return definition.steps.map((step) => step.payload({ saga: 's-1', input: {}, results: {} }));
}

/** One step, changed. */
function step(change: object): unknown {
  return { name: 'x', steps: [{ ...CHARGE, ...change }] };
}

function errorOf(body: unknown): UserError {
  try {
    compile(body);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('the create request becomes a saga of two steps, one after the other', () => {
  const definition = compile(ORDER);
  expect(definition).toMatchObject({
    name: 'order_processing',
    version: 1,
    deadlineUs: 300_000_000,
    policy: THREE_TIMES,
    steps: [
      {
        name: 'reserve_inventory',
        service: 'inventory',
        action: 'reserve',
        compensation: 'release',
        after: [],
      },
      { name: 'process_payment', service: 'payment', action: 'charge', compensation: 'refund', after: [0] },
    ],
  });
});

test('E11: amounts become minor units, and every payload can be hashed', () => {
  const payloads = payloadsOf(compile(ORDER));
  expect(payloads).toEqual([
    { productId: 'prod_123', quantity: 2 },
    { amount: 9_999, currency: 'USD' },
  ]);
  for (const payload of payloads) expect(payloadHash(payload)).toBeGreaterThanOrEqual(0);
});

test('E11: amounts are found wherever they stand, each with its own currency', () => {
  const payload = {
    lines: [{ amount: 0.1 }, { amount: '7', currency: 'JPY' }],
    tax: { amount: 1.234, currency: 'KWD' },
  };
  expect(payloadsOf(compile(step({ payload })))).toEqual([
    { lines: [{ amount: 10 }, { amount: 7, currency: 'JPY' }], tax: { amount: 1_234, currency: 'KWD' } },
  ]);
});

test('the same JSON gives the same saga again, so it can be taken up after a restart', () => {
  const again = compile(JSON.parse(JSON.stringify(ORDER)));
  expect(JSON.stringify(again)).toBe(JSON.stringify(compile(ORDER)));
  expect(payloadsOf(again)).toEqual(payloadsOf(compile(ORDER)));
});

test('the saga does not change when the JSON it came from does', () => {
  const body = structuredClone(ORDER);
  const definition = compile(body);
  body.steps[0]!.payload = { productId: 'other', quantity: 9 };
  (body.steps[1]!.payload as { amount: number }).amount = 1;
  expect(payloadsOf(definition)).toEqual(payloadsOf(compile(ORDER)));
});

test('with `after`, steps run in parallel as written; without, after the one before in the list', () => {
  const named = (id: string, more: object = {}) => ({ ...RESERVE, id, ...more });
  const { steps } = compile({
    name: 'x',
    steps: [named('a'), named('b', { after: [] }), named('c', { after: ['a', 'b'] }), named('d')],
  });
  expect(steps.map(({ after }) => after)).toEqual([[], [], [0, 1], [2]]);
});

test('every other member finds its place', () => {
  const definition = compile({
    name: 'x',
    version: 3,
    maxRetries: 4,
    steps: [
      { id: 'look', service: 's', action: 'a', effects: 'none', timeout: 7 },
      { id: 'pay', service: 's', action: 'a', kind: 'pivot', maxRetries: 0 },
    ],
  });
  expect(definition).toMatchObject({
    version: 3,
    deadlineUs: undefined,
    steps: [
      { hasEffects: false, timeoutUs: 7_000_000, attemptsMax: 5, kind: 'compensatable' },
      { hasEffects: true, timeoutUs: undefined, attemptsMax: 1, kind: 'pivot' },
    ],
  });
});

test.each<[sentence: string, body: unknown]>([
  ['the saga must be a JSON object', null],
  ['the saga must be a JSON object', [ORDER]],
  ['the saga must be a JSON object', 'order'],
  ['name is missing', { steps: [RESERVE] }],
  ['name must be a text that is not empty', { ...ORDER, name: 7 }],
  ['name must be a text that is not empty', { ...ORDER, name: '' }],
  ['saga name "two words" is not usable', { ...ORDER, name: 'two words' }],
  ['steps must be a list of at least one step', { name: 'x' }],
  ['steps must be a list of at least one step', { name: 'x', steps: { a: RESERVE } }],
  ['steps must be a list of at least one step', { name: 'x', steps: [] }],
  ['steps[0] must be a JSON object', { name: 'x', steps: ['reserve'] }],
  ['steps[0].id is missing', { name: 'x', steps: [{ service: 's', action: 'a' }] }],
  [
    'steps[1].id is "reserve_inventory", like that of an earlier step',
    { ...ORDER, steps: [RESERVE, RESERVE] },
  ],
  ['steps[0].service is missing', step({ service: undefined })],
  ['steps[0].action must be a text that is not empty', step({ action: null })],
  ['steps[0].compensation must be a text that is not empty', step({ compensation: 1 })],
  ['saga "x", step "process_payment": there is no compensation', step({ compensation: undefined })],
  ['steps[0].kind must be one of compensatable, pivot, retriable', step({ kind: 'Pivot' })],
  ['steps[0].effects can only be "none"', step({ effects: true })],
  ['steps[0].after must be a list of step ids', step({ after: 'reserve_inventory' })],
  ['steps[0].after[0] must be a text that is not empty', step({ after: [1] })],
  [
    'saga "x", step "process_payment": after names "nobody", which is not a step',
    step({ after: ['nobody'] }),
  ],
  [
    'saga "x": steps wait for one another: process_payment → process_payment',
    step({ after: ['process_payment'] }),
  ],
  ['steps[0].timeout is 0; it must be a whole number from 1 to 86400', step({ timeout: 0 })],
  ['steps[0].maxRetries is -1; it must be a whole number from 0 to 999', step({ maxRetries: -1 })],
  ['timeout is "300"; it must be a whole number from 1 to 31622400', { ...ORDER, timeout: '300' }],
  ['timeout is 0.5; it must be a whole number from 1 to 31622400', { ...ORDER, timeout: 0.5 }],
  ['version is 0; it must be a whole number from 1 to 1000000', { ...ORDER, version: 0 }],
  ['steps[0].payload must be a JSON object', step({ payload: 7 })],
  ['steps[0].payload must be a JSON object', step({ payload: [1] })],
  ['steps[0].payload: amount -1 is negative', step({ payload: { amount: -1 } })],
  [
    'steps[0].payload: amount 0.30000000000000004 has more than 2 decimals, the finest that USD has',
    step({ payload: { amount: 0.1 + 0.2 } }),
  ],
  ['steps[0].payload.amount must be a number or a decimal text', step({ payload: { amount: null } })],
  ['steps[0].payload.currency must be a text such as "USD"', step({ payload: { amount: 1, currency: 840 } })],
  [
    'steps[0].payload: currency "usd" is not a code of three capital letters',
    step({ payload: { amount: 1, currency: 'usd' } }),
  ],
  [
    'steps[0].payload.items[1].weight is 1.5; it must be a whole number, since only `amount` may have decimals',
    step({ payload: { items: [{ weight: 1 }, { weight: 1.5 }] } }),
  ],
  ['steps[0].payload.f is not JSON', step({ payload: { f: () => 1 } })],
])('E12: %s', (sentence, body) => {
  expect(errorOf(body).message).toBe(sentence);
});

test('E12: a member that is not known is refused, and the nearest known one is named', () => {
  expect(errorOf(step({ compensaton: 'refund' }))).toMatchObject({
    code: 'bad-json-saga',
    message: 'steps[0] has a member "compensaton" that is not known',
    hint: expect.stringMatching(/^Did you mean "compensation"\? Known: id, service, /),
  });
  expect(errorOf({ ...ORDER, max_retries: 3 }).hint).toMatch(/^Did you mean "maxRetries"\?/);
  expect(errorOf({ ...ORDER, zzz: 3 }).hint).toMatch(/^Known: name, version, /);
});

test('E12: a payload that could not be hashed is refused at once, however deep it is', () => {
  const nested = (depth: number): unknown => (depth === 0 ? {} : { n: nested(depth - 1) });
  expect(payloadHash(payloadsOf(compile(step({ payload: nested(63) })))[0])).toBeGreaterThan(0);
  for (const depth of [64, 5_000])
    expect(errorOf(step({ payload: nested(depth) })).message).toBe('steps[0].payload is nested too deeply');
});

test('E12: the policy may refuse it', () => {
  const policy = {
    ...THREE_TIMES,
    check: () => {
      throw new UserError('deadline-too-short', 'too short');
    },
  };
  expect(() => sagaFromJson(ORDER, policy)).toThrow('too short');
});

test('E12: whatever the JSON, the answer is a saga or a UserError of one sentence', () => {
  const mutant = fc.oneof(
    fc.jsonValue(),
    fc.record({ name: fc.jsonValue(), steps: fc.jsonValue() }),
    fc.record({
      name: fc.constant('x'),
      steps: fc.array(fc.record({ id: fc.string(), payload: fc.jsonValue() })),
    }),
    fc
      .tuple(fc.constantFrom(...Object.keys(CHARGE), 'after', 'kind', 'timeout', '__proto__'), fc.jsonValue())
      .map(([name, value]) => step(Object.fromEntries([[name, value]]))),
  );
  fc.assert(
    fc.property(mutant, (body) => {
      let error: unknown;
      try {
        compile(body);
      } catch (thrown) {
        error = thrown;
      }
      if (error === undefined) return;
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).not.toContain('\n');
    }),
    { numRuns: 1000 },
  );
});
