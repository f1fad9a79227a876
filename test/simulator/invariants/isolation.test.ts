// What counts as getting into each other's way, rule by rule; that it is no more work among thousands of sagas than
// among few; and that nothing is kept of sagas that have ended.

import { describe, expect, test } from 'vitest';
import {
  type Call,
  defineSaga,
  type LedgerEntry,
  type SagaStatus,
  type Touch,
} from '../../../engine/index.ts';
import { CaseBook, OpenCase } from '../../../simulator/invariants/case-book.ts';
import { isolation } from '../../../simulator/invariants/isolation.ts';
import { NOWHERE } from '../../../simulator/invariants/nowhere.ts';

const definition = defineSaga({
  name: 'd',
  version: 1,
  steps: { a: { service: 's', action: 'do', compensation: 'undo' } },
});
const commuting = defineSaga({
  name: 'd',
  version: 1,
  steps: {
    a: { service: 's', action: 'do', compensation: 'undo', isolation: { kind: 'commutative-update' } },
  },
});
const NOBODY = undefined as never;
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
function world(of = definition) {
  const said: string[] = [];
  CountingCase.asked = 0;
  const book = new CaseBook();
  const files = new Map<string, OpenCase>();
  const invariant = isolation({ violated: (message) => said.push(message) }, NOWHERE);
  const effect = (saga: string, what: Partial<LedgerEntry>): void => {
    const file = files.get(saga) ?? new CountingCase(book, saga, of);
    files.set(saga, file);
    const entry: LedgerEntry = { saga, step: 'a', direction: 'forward', round: 0, action: 'do', ...what };
    file.enter(entry);
    invariant.onEffect!(entry, of.steps[0]!, file, 's');
  };
  return {
    said,
    isExercised: () => invariant.isExercised!(),
    does: (saga: string, ...touched: readonly Touch[]) => effect(saga, { touched }),
    asks: (saga: string, payloadHash: number) =>
      invariant.onCall!({ saga, step: 'a', direction: 'forward', payloadHash } as Call, of.steps[0]!, NOBODY),
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

describe('fuzzy reads', () => {
  const rely = (read: number): Touch => ({ record: 'x', read });

  test('a saga that relies on a record twice finds the same, unless another has changed it', () => {
    const { does, said } = world();
    does('A', rely(5));
    does('A', rely(5));
    does('B', update(5, 6));
    does('A', rely(6));
    expect(said).toEqual(['a relied on 6 in x of s, and a on 5: B changed it in between']);
  });

  test('what it changed itself, and what was changed back, is the same', () => {
    const { does, undoes, said } = world();
    does('A', rely(5));
    does('A', update(5, 6));
    does('A', rely(6));
    does('C', rely(6));
    does('B', update(6, 9));
    undoes('B', update(9, 6));
    does('C', rely(6));
    expect(said).toEqual([]);
  });

  test('an update from what is there holds on to nothing', () => {
    const { does, said } = world();
    does('A', rely(5));
    does('B', update(5, 6));
    does('A', update(6, 7));
    expect(said).toEqual([]);
  });

  test('an undo, and another saga, may find something else', () => {
    const { does, undoes, ends, said } = world();
    does('A', rely(5));
    does('B', update(5, 6));
    undoes('A', rely(6));
    ends('A', 'compensated');
    does('A2', rely(6));
    expect(said).toEqual([]);
  });
});

describe('numbered changes', () => {
  const change = (place: number, written: number): Touch => ({ record: 'x', place, written });

  test('the greatest that stands shows, in whatever order they come and are undone', () => {
    const { does, undoes, said } = world();
    does('B', change(2, 2));
    does('A', change(1, 2));
    undoes('B', change(2, 1));
    undoes('A', change(1, 0));
    expect(said).toEqual([]);
  });

  test('one that comes late may not show, and neither may one that is undone', () => {
    const { does, undoes, said } = world();
    does('B', change(2, 2));
    does('A', change(1, 1));
    undoes('A', change(1, 0));
    undoes('B', change(2, 2));
    expect(said).toEqual([
      'change 1 came to x of s, which shows change 1: change 2 is the last that stands',
      'change 1 was undone in x of s, which shows change 0: change 2 is the last that stands',
      'change 2 was undone in x of s, which shows change 2: none stands',
    ]);
  });

  test('what came before a change that stands for ever is forgotten, and the change is not', () => {
    const { does, ends, said } = world();
    for (const [saga, place] of [
      ['A', 1],
      ['B', 2],
    ] as const) {
      does(saga, change(place, place));
      ends(saga, 'completed');
    }
    does('C', change(1, 2));
    does('D', change(1, 1));
    expect(said).toHaveLength(1);
  });
});

describe('commutative updates', () => {
  const add = (added: number, written: number): Touch => ({ record: 'x', added, written });

  test('who adds, adds to what is there, and covers nothing that may be undone', () => {
    const { does, undoes, said } = world();
    does('A', add(5, 5));
    does('B', add(3, 8));
    undoes('A', add(-5, 3));
    expect(said).toEqual([]);
    does('C', add(2, 7));
    expect(said).toEqual(['do added 2 to x of s, which held 3 and now 7']);
  });

  test('a step that is declared to commute may not rely on what is there', () => {
    const { does, said } = world(commuting);
    does('A', update(0, 5));
    expect(said).toEqual(['do is declared commutative, and relies on what is in x']);
  });

  test('the same request adds the same, wherever it comes in the line', () => {
    const { asks, does, said } = world(commuting);
    asks('A', 77);
    does('A', add(5, 5));
    asks('B', 77);
    does('B', add(5, 10));
    asks('C', 78);
    does('C', add(1, 11));
    expect(said).toEqual([]);
    asks('D', 77);
    does('D', add(6, 17));
    expect(said).toEqual(['do is declared commutative, and added 6 to x where the same request added 5']);
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
