// What counts as exercised: an invariant that had something to judge.

import { expect, test } from 'vitest';
import { defineSaga } from '../../../engine/index.ts';
import { CaseBook, OpenCase } from '../../../simulator/invariants/case-book.ts';
import { everySagaEnds } from '../../../simulator/invariants/every-saga-ends.ts';
import type { Invariant } from '../../../simulator/invariants/invariant.ts';
import { Judge } from '../../../simulator/invariants/judge.ts';
import { NOWHERE } from '../../../simulator/invariants/nowhere.ts';

function judgeOf(...hooks: readonly Omit<Invariant, 'id' | 'statement'>[]): Judge {
  const factories = hooks.map((hook, i) => () => ({ id: `i-${i}`, statement: 'Holds', ...hook }));
  return new Judge([...factories, everySagaEnds], NOWHERE, () => 0);
}

test('that quiescence came does not count, unless the invariant says so', () => {
  const judge = judgeOf(
    { onQuiescence: () => undefined },
    { onQuiescence: () => undefined, onEnded: () => undefined },
    { onQuiescence: () => undefined, isExercised: () => true },
  );
  expect(judge.exercised).toEqual(['i-2']);
  judge.quiescence(NOWHERE);
  expect(judge.exercised).toEqual(['i-2', 'every-saga-ends']);
});

test('E4: a retried saga is counted anew from the first call of its round', () => {
  const definition = defineSaga({
    name: 'd',
    version: 1,
    steps: { a: { service: 's', action: 'do', compensation: 'undo' } },
  });
  const file = new OpenCase(new CaseBook(), 's-0', definition);
  const log = { length: 1, events: [], rows: () => [] };
  const retried = { kind: 'saga-retried', round: 1 } as const;
  const append = { kind: 'append', saga: 's-0', number: 1, expectedVersion: 0, epoch: 1, atUs: 0 } as const;
  file.enter({ saga: 's-0', step: 'a', direction: 'forward', round: 0, action: 'do' });
  judgeOf().appended({ ...append, events: [retried] }, log, file);
  expect([file.round, file.applied(0)]).toEqual([1, 0]);
});
