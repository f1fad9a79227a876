// Reconciliation when a book, a definition or a log is not there: what cannot be judged is told, not guessed.

import { expect, test } from 'vitest';
import type { SagaEvent } from '../../../engine/core/saga-event.ts';
import { rowsOf } from '../../../engine/core/saga-event.ts';
import { type BookEntry, defineSaga, reconcile } from '../../../engine/index.ts';
import threeAm from '../../../scenarios/three-am.ts';
import { runOfBooks } from './books-of-runs.ts';

const CREATED: SagaEvent = { kind: 'saga-created', definition: 'd', definitionVersion: 1, input: {} };
const PAID: readonly SagaEvent[] = [
  CREATED,
  { kind: 'step-requested', step: 'pay' },
  { kind: 'step-applied', step: 'pay' },
  { kind: 'saga-completed' },
];
const DONE: BookEntry = { saga: 's', step: 'pay', direction: 'forward', round: 0, action: 'pay' };
const log = (saga: string) => rowsOf({ saga, expectedVersion: 0, epoch: 1, atUs: 5, events: PAID });

test('a book that is missing is told as steps not judged, though others have steps of that name', async () => {
  const { at, endUs } = await runOfBooks(threeAm, { seed: 'no wallet', profile: 'calm', sagas: 60 });
  const { logs, books } = at(endUs);
  expect(reconcile({ logs, books })).toMatchObject({ differences: [], unchecked: [] });
  const without = books.filter(({ service }) => service !== 'wallet');
  const found = reconcile({ logs, books: without });
  const sagas = logs.filter(
    ([first]) => (first!.event as { definition?: string }).definition === 'checkout-wallet',
  );
  const unchecked = [{ definition: 'checkout-wallet', step: 'charge', sagas: expect.any(Number) }];
  expect(found).toMatchObject({ differences: [], unchecked });
  expect(found.unchecked[0]!.sagas).toBeGreaterThan(1);
  expect(found.unchecked[0]!.sagas).toBeLessThanOrEqual(sagas.length);
});

test('a service that lost all entries of a step is seen with its definition, and without it so many sagas are not judged', () => {
  const logs = [log('s'), log('t')];
  const steps = { pay: { service: 'payment', action: 'pay', compensation: 'refund' } };
  const definition = defineSaga({ name: 'd', version: 1, steps });
  const definitionOf = () => definition;
  const empty = [{ service: 'payment', entries: [] }];
  expect(reconcile({ logs, books: empty })).toMatchObject({
    differences: [],
    unchecked: [{ definition: 'd', step: 'pay', sagas: 2 }],
  });
  expect(reconcile({ logs, books: empty, definitionOf })).toMatchObject({
    differences: [{ kind: 'logged-not-done' }, { kind: 'logged-not-done' }],
    unchecked: [],
  });
  const elsewhere = reconcile({ logs, books: [{ service: 'other', entries: [] }], definitionOf });
  expect(elsewhere).toMatchObject({
    differences: [],
    unchecked: [{ definition: 'd', step: 'pay', service: 'payment', sagas: 2 }],
  });
});

test('R6: what the books say of a saga that was retired is counted, and not judged', () => {
  const undone: BookEntry = { ...DONE, direction: 'compensation', action: 'refund' };
  const entries = [DONE, undone, DONE, { ...DONE, saga: 'lost' }];
  const found = reconcile({
    logs: [],
    books: [{ service: 'payment', entries }],
    retired: new Map([['s', 7]]),
  });
  expect(found.retired).toEqual([{ saga: 's', retiredAtUs: 7, entries: 3 }]);
  expect(found.differences).toMatchObject([{ kind: 'unknown-saga', saga: 'lost' }]);
});

test('R6: a saga whose name was free again is judged by its log', () => {
  const books = [{ service: 'payment', entries: [DONE, DONE] }];
  const found = reconcile({ logs: [log('s')], books, retired: new Map([['s', 7]]) });
  expect(found).toMatchObject({ differences: [{ kind: 'done-twice' }], retired: [] });
});
