// What counts as getting into each other's way, rule by rule; that it is no more work among thousands of sagas than
// among few; and that nothing is kept of sagas that have ended.

import { describe, expect, test } from 'vitest';
import { defineSaga, type LedgerEntry, type SagaStatus, type Touch } from '../../../engine/index.ts';
import { CaseBook, OpenCase } from '../../../simulator/invariants/case-book.ts';
import { isolation } from '../../../simulator/invariants/isolation.ts';
import { NOWHERE } from '../../../simulator/invariants/nowhere.ts';

const definition = defineSaga({
  name: 'd',
  version: 1,
  steps: { a: { service: 's', action: 'do', compensation: 'undo' } },
});
const LOG = { length: 0, events: [], rows: () => [] };

/** Counts how often anybody asks whether a step still stands. */
class CountingCase extends OpenCase {
  static asked = 0;

  override stands(step: number): boolean {
    CountingCase.asked++;
    return super.stands(step);
  }
}

/** A world in which sagas touch records, and what isolation says of it. */
function world() {
  const said: string[] = [];
  CountingCase.asked = 0;
  const book = new CaseBook();
  const files = new Map<string, OpenCase>();
  const invariant = isolation({ violated: (message) => said.push(message) }, NOWHERE);
  const effect = (saga: string, what: Partial<LedgerEntry>): void => {
    const file = files.get(saga) ?? new CountingCase(book, saga, definition);
    files.set(saga, file);
    const entry: LedgerEntry = { saga, step: 'a', direction: 'forward', round: 0, action: 'do', ...what };
    file.enter(entry);
    invariant.onEffect!(entry, definition.steps[0]!, file, 's');
  };
  return {
    said,
    isExercised: () => invariant.isExercised!(),
    does: (saga: string, ...touched: readonly Touch[]) => effect(saga, { touched }),
    undoes: (saga: string, ...touched: readonly Touch[]) =>
      effect(saga, { direction: 'compensation', action: 'undo', touched }),
    stocks: (reserved: number) =>
      effect('A', { stock: { item: 'lamp', onHand: 0, reserved, sold: 2, total: 5 } }),
    ends: (saga: string, status: SagaStatus) => {
      const file = files.get(saga)!;
      const state = { status } as never;
      file.ending = { status, state, illegal: undefined };
      invariant.onEnded!(file.ending, LOG, file);
    },
  };
}

const update = (read: number, written: number): Touch => ({ record: 'x', read, written });

describe('lost updates', () => {
  test('an update of what is there is none', () => {
    const { does, undoes, said } = world();
    does('A', update(10, 7));
    does('B', update(7, 5));
    undoes('A', update(5, 8));
    expect(said).toEqual([]);
  });

  test('an update of what was there is one', () => {
    const { does, undoes, said } = world();
    does('A', update(10, 7));
    does('B', update(7, 5));
    undoes('A', update(7, 10));
    expect(said).toEqual(['undo wrote 10 from 7 in x of s, which held 5']);
  });

  test("a blind write may not cover another saga's that can still be undone", () => {
    const { does, ends, said } = world();
    does('A', { record: 'x', written: 1 });
    does('B', { record: 'x', written: 2 });
    expect(said).toEqual(['do wrote blindly over x of s, which A may still undo']);
    ends('A', 'completed');
    ends('B', 'completed');
    does('C', { record: 'x', written: 3 });
    expect(said).toHaveLength(1);
  });
});

describe('dirty reads', () => {
  test('what a saga relied on is undone', () => {
    const { does, undoes, said } = world();
    does('A', update(10, 20));
    does('B', { record: 'x', read: 20 });
    undoes('A', update(20, 10));
    expect(said).toEqual(['a was undone, on which B relied in a: x of s']);
  });

  test('that the reader has completed makes it no better', () => {
    const { does, undoes, ends, said } = world();
    does('A', update(10, 20));
    does('B', { record: 'x', read: 20 });
    ends('B', 'completed');
    undoes('A', update(20, 10));
    expect(said).toHaveLength(1);
  });

  test('a reader that was undone itself relies on nothing', () => {
    const { does, undoes, ends, said } = world();
    does('A', update(10, 20));
    does('B', { record: 'x', read: 20 });
    undoes('B');
    does('C', { record: 'x', read: 20 });
    undoes('C');
    ends('C', 'compensated');
    undoes('A', update(20, 10));
    expect(said).toEqual([]);
  });

  test('of several readers one that still relies on it is enough, whoever came first or last', () => {
    const { does, undoes, ends, said } = world();
    does('A', update(10, 20));
    does('B', { record: 'x', read: 20 });
    does('C', { record: 'x', read: 20 });
    does('D', { record: 'x', read: 20 });
    undoes('C');
    ends('C', 'compensated');
    does('A', { record: 'x', read: 20 });
    undoes('D');
    undoes('A', update(20, 10));
    expect(said).toEqual(['a was undone, on which B relied in a: x of s']);
  });

  test('who had relied on the record before the write did not rely on the write', () => {
    const { does, undoes, said } = world();
    does('C', update(5, 10));
    does('B', { record: 'x', read: 10 });
    does('A', update(10, 20));
    undoes('A', update(20, 10));
    expect(said).toEqual([]);
  });

  test('what was written for good may be relied on', () => {
    const { does, undoes, ends, said } = world();
    does('A', update(10, 20));
    ends('A', 'completed');
    does('B', { record: 'x', read: 20 });
    does('C', update(20, 30));
    undoes('C', update(30, 20));
    expect(said).toEqual([]);
  });
});

test('no more is reserved and sold than there is', () => {
  const { stocks, said } = world();
  stocks(3);
  expect(said).toEqual([]);
  stocks(4);
  expect(said).toEqual(['lamp: 4 reserved and 2 sold, of 5']);
});

test('among thousands of open sagas that write and read one record, each entry asks for a few steps only', () => {
  const { does, undoes, ends, said } = world();
  const SAGAS = 2_000;
  let held = 0;
  for (let i = 0; i < SAGAS; i++) {
    does(`w-${i}`, update(held, ++held));
    does(`r-${i}`, { record: 'x', read: held });
  }
  for (let i = 0; i < SAGAS; i++) undoes(`w-${i}`, update(held, --held));
  for (let i = 0; i < SAGAS; i++) ends(`r-${i}`, 'completed');
  expect(said).toHaveLength(SAGAS);
  expect(CountingCase.asked).toBeLessThan(10 * SAGAS);
});

test('a record that sagas keep coming to is not forgotten for those that are touched once', () => {
  const { does, ends, said } = world();
  does('A', update(10, 7));
  for (let i = 0; i < 240_000; i++) {
    does('B', { record: `own-${i}`, read: 0 });
    if (i % 40_000 === 0) does('B', { record: 'x', read: 7 });
  }
  ends('B', 'completed');
  does('C', update(10, 5));
  expect(said).toEqual(['do wrote 5 from 10 in x of s, which held 7']);
});

test('there is something to judge only when two sagas have met on a record', () => {
  const { does, stocks, isExercised } = world();
  stocks(3);
  does('A', update(10, 7));
  does('A', update(7, 5));
  does('B', { record: 'y', read: 1 });
  expect(isExercised()).toBe(false);
  does('B', { record: 'x', read: 5 });
  expect(isExercised()).toBe(true);
});
