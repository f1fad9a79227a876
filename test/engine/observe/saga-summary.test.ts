// What the summary of sagas shows, and what it insists on.

import { expect, test } from 'vitest';
import { rowsOf, type SagaEvent } from '../../../engine/core/saga-event.ts';
import { type SagaSummary, sagaStateSummary, summaryRows } from '../../../engine/observe/index.ts';

const { empty, apply, toJson, fromJson } = sagaStateSummary;
const created = (definition = 'order'): SagaEvent => ({
  kind: 'saga-created',
  definition,
  definitionVersion: 1,
  input: {},
});
const requested = (step: string): SagaEvent => ({ kind: 'step-requested', step });
const STARTED: SagaEvent = { kind: 'compensation-started', reason: { kind: 'cancelled' } };

function after(view: SagaSummary, saga: string, atUs: number, ...events: readonly SagaEvent[]): SagaSummary {
  const expectedVersion = view.get(saga)?.version ?? 0;
  return rowsOf({ saga, expectedVersion, epoch: 1, atUs, events }).reduce(apply, view);
}

test.each([
  ['begun', [], 'running', ''],
  ['at a step', [requested('pay')], 'running', 'pay'],
  ['past a step', [requested('pay'), { kind: 'step-applied', step: 'pay' }], 'running', 'pay'],
  ['being undone', [requested('pay'), STARTED], 'compensating', 'pay'],
  ['undoing a step', [STARTED, { kind: 'compensation-requested', step: 'stock' }], 'compensating', 'stock'],
  ['waiting for a person', [STARTED, { kind: 'saga-compensation-failed' }], 'compensation_failed', ''],
  ['failed', [{ kind: 'saga-failed', reason: { kind: 'deadline' } }], 'failed', ''],
] as const)('a saga that is %s is shown', (_what, events, status, step) => {
  expect(summaryRows(after(empty(), 's', 5, created(), ...events), 15)).toEqual([
    {
      definition: 'order',
      status,
      step,
      count: 1,
      averageAgeUs: 10,
      oldestCreatedAtUs: 5,
      newestCreatedAtUs: 5,
    },
  ]);
});

test.each(['saga-completed', 'saga-resolved'] as const)('a saga is forgotten with %s', (kind) => {
  expect(after(empty(), 's', 5, created(), { kind }).size).toBe(0);
});

test('ages are as of the question, on average, and never negative', () => {
  let view = after(empty(), 'a', 100, created());
  view = after(view, 'b', 200, created());
  view = after(view, 'c', 900, created());
  expect(summaryRows(view, 1_000)).toMatchObject([
    { count: 3, averageAgeUs: 600, oldestCreatedAtUs: 100, newestCreatedAtUs: 900 },
  ]);
  expect(summaryRows(view, 2_000)).toMatchObject([{ averageAgeUs: 1_600 }]);
  expect(summaryRows(view, 0)).toMatchObject([{ averageAgeUs: 0 }]);
});

test('a view comes back from JSON as it was, whatever sagas are called', () => {
  let view = after(empty(), '__proto__', 1, created('constructor'));
  view = after(view, 'b', 2, created(), STARTED, { kind: 'saga-compensated' });
  const back = fromJson!(JSON.parse(JSON.stringify(toJson!(view))));
  expect(back).toEqual(view);
  expect(after(back, 'b', 9, { kind: 'saga-retried', round: 1 })).toEqual(
    after(view, 'b', 9, { kind: 'saga-retried', round: 1 }),
  );
});

test('an event that is left out, or comes twice, is no view of the log', () => {
  const [, second, third] = rowsOf({
    saga: 's',
    expectedVersion: 0,
    epoch: 1,
    atUs: 1,
    events: [created(), requested('a'), requested('b')],
  });
  const begun = () => after(empty(), 's', 1, created());
  expect(() => apply(begun(), third!)).toThrow('follows none');
  expect(() => apply(apply(begun(), second!), second!)).toThrow('follows none');
  expect(() => apply(empty(), second!)).toThrow('follows none');
});
