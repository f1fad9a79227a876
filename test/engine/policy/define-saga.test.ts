// The public `defineSaga` and `sagaFromJson`: those of core, with the default policy where none is named (E12), and
// with the same types.

import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import * as engine from '../../../engine/index.ts';
import { defineSaga, policies, sagaFromJson, UserError } from '../../../engine/index.ts';
import order from '../../../scenarios/order.json' with { type: 'json' };

const A = { service: 'svc', action: 'do', compensation: 'undo' };

test('a saga that names no policy runs under the default one', () => {
  expect(defineSaga({ name: 'x', version: 1, steps: { a: A } }).policy).toBe(policies.default);
});

test('a saga that names a policy keeps it', () => {
  const saga = defineSaga({ name: 'x', version: 1, steps: { a: A }, policy: policies.impatient });
  expect(saga.policy).toBe(policies.impatient);
});

test('E12: the budget is always checked, by the policy that the saga has', () => {
  const spec = { name: 'x', version: 1, deadlineMs: 20_000, steps: { a: A } };
  expect(() => defineSaga(spec)).toThrow(UserError);
  expect(() => defineSaga(spec)).toThrow('its steps may need 36.6 s under policy "default"');
  expect(() => defineSaga({ ...spec, policy: policies.impatient })).not.toThrow();
});

test('E12: a saga from JSON is checked, too', () => {
  expect(sagaFromJson(order).definition.policy).toBe(policies.default);
  expect(() => sagaFromJson({ ...order, timeout: 60 })).toThrow(
    'saga "order_processing": its steps may need 73.2 s under policy "default", its deadline is 60 s',
  );
});

test('types: the input comes from the schema', () => {
  defineSaga({
    name: 'x',
    version: 1,
    input: z.object({ from: z.string() }),
    steps: {
      a: { ...A, payload: ({ input }) => expectTypeOf(input).toEqualTypeOf<{ from: string }>() },
      b: {
        ...A,
        after: ['a'],
        compensationPayload: (context) => {
          expectTypeOf(context.input.from).toBeString();
          expectTypeOf(context.result).toBeUnknown();
          return null;
        },
      },
    },
  });
});

test('types: `after` names steps of the same saga only', () => {
  const wrong = () =>
    defineSaga({
      name: 'x',
      version: 1,
      // @ts-expect-error: there is no step "credit"
      steps: { debit: A, notify: { ...A, after: ['credit'] } },
    });
  expect(wrong).toThrow('after names "credit"');
});

test('types: a kind is one of three', () => {
  const wrong = () =>
    defineSaga({
      name: 'x',
      version: 1,
      // @ts-expect-error: not a kind
      steps: { a: { ...A, kind: 'optional' } },
    });
  expectTypeOf(wrong).toBeFunction();
});

test('the public API is what it was: a change here is a change for users', () => {
  expect(Object.keys(engine).sort()).toEqual([
    'CLEARING_PREFIX',
    'FAILURE_CLASSES',
    'Orchestrator',
    'REPAIR_KINDS',
    'STANDARD_TABLE',
    'UserError',
    'adaptiveRetries',
    'advance',
    'checkAct',
    'circuitBreakers',
    'created',
    'deadlineOf',
    'decide',
    'decideRepair',
    'definePolicy',
    'defineSaga',
    'diagnose',
    'diagnoseAll',
    'effectsIn',
    'evolve',
    'fold',
    'forwardBudgetUs',
    'idempotencyKey',
    'initialState',
    'isAtRest',
    'isEnded',
    'isFinal',
    'isReconciled',
    'isWritten',
    'lasting',
    'minorUnits',
    'otlpOf',
    'payloadHash',
    'paymentReport',
    'pending',
    'policies',
    'rebuiltLog',
    'reconcile',
    'retryBudgets',
    'sagaFromJson',
    'sagaStateSummary',
    'spansOf',
    'stockReports',
    'summaryOf',
    'summaryRows',
  ]);
});
