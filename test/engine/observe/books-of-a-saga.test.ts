// What books have of one saga: its stock, with who competed for it, and its money, with what is suspicious of it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SagaEvent, StoredEvent } from '../../../engine/core/saga-event.ts';
import {
  type Book,
  type BookEntry,
  diagnoseAll,
  effectsIn,
  paymentReport,
  stockReports,
} from '../../../engine/index.ts';
import { runOfBooks } from './books-of-runs.ts';

const SECOND_US = 1_000_000;

/** A log of one step that ended so, at a second. */
function logOf(saga: string, atS: number, end: SagaEvent, input: unknown = {}): readonly StoredEvent[] {
  const events: readonly SagaEvent[] = [
    { kind: 'saga-created', definition: 'order', definitionVersion: 1, input },
    { kind: 'step-requested', step: 'reserve' },
    end,
  ];
  return events.map((event, i) => ({ saga, version: i + 1, epoch: 1, atUs: atS * SECOND_US, event }));
}

const APPLIED: SagaEvent = { kind: 'step-applied', step: 'reserve' };
const REFUSED: SagaEvent = {
  kind: 'step-rejected',
  step: 'reserve',
  failure: 'business',
  reason: 'sold out',
};

/** Reservations in turn, of a shelf of ten lamps. */
function shelf(...moves: readonly (readonly [saga: string, quantity: number])[]): readonly BookEntry[] {
  let reserved = 0;
  return moves.map(([saga, quantity]) => {
    reserved += quantity;
    const stock = { item: 'lamp', onHand: 10 - reserved, reserved, sold: 0, total: 10 };
    const direction = quantity > 0 ? 'forward' : 'compensation';
    return { saga, step: 'reserve', direction, round: 0, action: 'reserve', stock };
  });
}

test('who competed for what was refused, and who holds it', () => {
  const log = logOf('late', 100, REFUSED, { lines: [{ productId: 'lamp', quantity: 5 }] });
  const others = [
    logOf('long-ago', 39, APPLIED),
    logOf('just-before', 40, APPLIED),
    logOf('just-after', 160, APPLIED),
    logOf('later', 161, APPLIED),
  ];
  const entries = shelf(['long-ago', 1], ['just-before', 5], ['unknown', 1], ['just-after', 2], ['later', 1]);
  const books: readonly Book[] = [{ service: 'stock', entries }];
  const byId = new Map(others.map((one) => [one[0]!.saga, one]));
  const [report, ...more] = stockReports({ log, books, logOf: (saga) => byId.get(saga) });
  expect(more).toEqual([]);
  expect(report).toMatchObject({ service: 'stock', item: 'lamp', own: [], computed: 0, onHand: 0 });
  expect(report!.concurrent.map(({ saga, reserved }) => [saga, reserved])).toEqual([
    ['just-before', 5],
    ['just-after', 2],
  ]);
  expect(report!.holders[0]).toEqual({ saga: 'just-before', reserved: 5 });
});

test('what is on hand and does not follow from the entries', () => {
  const entries = shelf(['a', 4], ['b', 1], ['a', -4]);
  const level = { item: 'lamp', onHand: 7, reserved: 3, sold: 0, total: 10 };
  const books: readonly Book[] = [{ service: 'stock', entries, stock: [level] }];
  const [report] = stockReports({ log: logOf('a', 1, APPLIED), books, logOf: () => undefined });
  expect(report).toMatchObject({ computed: 9, onHand: 7, holders: [{ saga: 'b', reserved: 1 }] });
  expect(report!.own.map(({ reserved }) => reserved)).toEqual([4, -4]);
});

/** An entry of the payments of an order. */
function paid(saga: string, step: string, amount: number, more: Partial<BookEntry> = {}): BookEntry {
  const postings = [
    { account: 'customer', amount: -amount },
    { account: 'merchant', amount },
  ];
  return { saga, step, direction: 'forward', round: 0, action: step, postings, ...more };
}

test('the chain of payments, with what was done twice and what came under one key with other words', () => {
  const refused: SagaEvent = {
    kind: 'step-rejected',
    step: 'capture',
    failure: 'invalid_request',
    reason: 'this key came with another request before',
  };
  const entries = [
    paid('a', 'authorize', 4_990, { payload: { amount: 4_990 } }),
    paid('b', 'authorize', 100),
    paid('a', 'capture', 4_990),
    paid('a', 'authorize', 4_990, { payload: { amount: 4_991 } }),
    paid('a', 'capture', 4_990, { direction: 'compensation', action: 'refund' }),
  ];
  const log = [...logOf('a', 1, APPLIED), ...logOf('a', 2, refused).slice(2)];
  const report = paymentReport({ log, books: [{ service: 'bank', entries }], logOf: () => undefined })!;
  expect(
    report.chain.map(({ action, amount, times, conflict }) => [action, amount, times, conflict]),
  ).toEqual([
    ['authorize', 4_990, 2, 'booked'],
    ['capture', 4_990, 1, 'refused'],
    ['refund', 4_990, 1, undefined],
  ]);
  expect(report.lookalikes).toEqual([]);
  const none = paymentReport({
    log: logOf('c', 1, APPLIED),
    books: [{ service: 'bank', entries }],
    logOf: () => undefined,
  });
  expect(none).toBeUndefined();
});

test('who asked for the same within a minute', () => {
  const payload = { customer: 'c-1', amount: 5 };
  const ask = (saga: string, amount = 5) =>
    paid(saga, 'reserve', amount, { payload: { ...payload, amount } });
  const entries = [ask('a'), ask('twin'), ask('twin'), ask('other', 6), ask('tomorrow'), ask('unknown')];
  const logs = new Map([
    ['twin', logOf('twin', 30, APPLIED)],
    ['other', logOf('other', 1, APPLIED)],
    ['tomorrow', logOf('tomorrow', 90_000, APPLIED)],
  ]);
  const books = [{ service: 'bank', entries }];
  const report = paymentReport({ log: logOf('a', 1, APPLIED), books, logOf: (saga) => logs.get(saga) })!;
  expect(report.lookalikes).toEqual([{ saga: 'twin', service: 'bank', step: 'reserve' }]);
});

test('in a storm in which everybody keeps to the rules nothing is suspicious, and books change no diagnosis for the worse', async () => {
  for (const name of ['order-processing', 'payment-chain']) {
    const run = await runOfBooks(name, { seed: 'books', sagas: 40 });
    const { logs, books } = run.at(run.endUs);
    const byId = new Map(logs.map((log) => [log[0]!.saga, log]));
    fc.assert(
      fc.property(fc.constantFrom(...logs), (log) => {
        const facts = { log, books, logOf: (saga: string) => byId.get(saga) };
        for (const { computed, onHand, own } of stockReports(facts)) {
          expect(computed).toBe(onHand);
          expect(own.every(({ atUs }) => atUs !== undefined)).toBe(true);
        }
        for (const { times, conflict } of paymentReport(facts)?.chain ?? [])
          expect([times, conflict]).toEqual([1, undefined]);
      }),
    );
    const classes = diagnoseAll({ logs, effectsOf: effectsIn(books), nowUs: run.endUs }).map(
      (one) => one.class,
    );
    for (const wrong of [
      'duplicate-processing',
      'missing-events',
      'inconsistent-state',
      'incomplete-rollback',
    ])
      expect(classes).not.toContain(wrong);
  }
});

test('what books tell outweighs the log', () => {
  const log = [...logOf('a', 1, APPLIED), ...logOf('a', 1, { kind: 'saga-completed' }).slice(2)].map(
    (one, i) => ({
      ...one,
      version: i + 1,
    }),
  );
  const classOf = (...entries: readonly BookEntry[]) =>
    diagnoseAll({
      logs: [log],
      effectsOf: effectsIn([{ service: 'stock', entries }]),
      nowUs: 2 * SECOND_US,
    })[0]!.class;
  expect(classOf(...shelf(['a', 1]))).toBe('none');
  expect(classOf(...shelf(['b', 1]))).toBe('missing-events');
  expect(classOf(...shelf(['a', 1], ['a', 1]))).toBe('duplicate-processing');
  expect(classOf()).toBe('none'); // no book has anything of such a step
});
